"""Vonage's SMS API, chosen because it takes the portal's own text and needs no more than a key and a secret."""

import logging
import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from vonage_http_client import Auth, HttpClient, HttpClientOptions
from vonage_http_client.errors import HttpRequestError
from vonage_sms import PartialFailureError, Sms, SmsError
from vonage_sms import SmsMessage as VonageMessage

from portal.sms_backends import gsm7
from portal.sms_backends.base import Accepted, Setting, SmsBackend, SmsConfigError, SmsMessage, SmsUnavailable
from portal.sms_backends.deadline import Deadline
from portal.sms_backends.outcomes import CERTAIN, POSSIBLE, REJECTED, Table, error_names, failure, http_names

# Statuses: https://developer.vonage.com/en/messaging/sms/guides/troubleshooting-sms
# Only 0 means that Vonage took the text; all of these come with HTTP 200.
OUTCOMES: Table = {
    "status 1": (CERTAIN, "texts are sent faster than the account allows"),
    "status 2": (CERTAIN, "a parameter is missing"),
    "status 3": (CERTAIN, "a parameter is invalid"),
    "status 4": (CERTAIN, "VONAGE_API_KEY or VONAGE_API_SECRET is wrong"),
    "status 5": (CERTAIN, "an error inside Vonage"),
    # "Invalid message, for example an unrecognized number prefix": all else about our texts is always alike.
    "status 6": (REJECTED, "the number has a prefix that no text can be sent to"),
    "status 7": (REJECTED, "the number is barred"),
    "status 8": (CERTAIN, "the account is suspended"),
    "status 9": (CERTAIN, "the account has no credit left"),
    "status 10": (CERTAIN, "the account has too many connections"),
    "status 11": (CERTAIN, "the account may not use the SMS API"),
    "status 12": (CERTAIN, "the text is too long"),
    "status 14": (CERTAIN, "the signature is wrong"),
    "status 15": (CERTAIN, "SMS_SENDER may not be used in the number's country"),
    "status 22": (CERTAIN, "the network code is wrong"),
    "status 23": (CERTAIN, "the callback address is wrong"),
    "status 29": (CERTAIN, "a trial account sends to listed numbers only"),
    "status 32": (CERTAIN, "the account wants signed requests"),
    "status 33": (REJECTED, "the number is no longer in use"),
    "partly": (POSSIBLE, "only a part of the text was taken"),
    "HTTP 401": (CERTAIN, "VONAGE_API_KEY or VONAGE_API_SECRET is wrong"),
    "HTTP 403": (CERTAIN, "the account may not use the SMS API"),
    "HTTP 429": (CERTAIN, "texts are sent faster than the account allows"),
    "HTTP 4xx": (CERTAIN, "the request was refused"),
    "HTTP 5xx": (CERTAIN, "an error inside Vonage"),
    # What the libraries under the SDK raise.
    "NewConnectionError": (CERTAIN, "no connection"),
    "NameResolutionError": (CERTAIN, "VONAGE_API_HOST can't be looked up"),
    "ConnectTimeout": (CERTAIN, "no connection in time"),
    "ProxyError": (CERTAIN, "no connection through the proxy"),
    "SSLEOFError": (POSSIBLE, "the connection was dropped"),
    "SSLError": (CERTAIN, "no secure connection"),
    "ReadTimeout": (POSSIBLE, "no answer in time"),
    "ConnectionError": (POSSIBLE, "the connection was dropped"),
}

MIN_TTL, MAX_TTL = 20_000, 604_800_000
"""Milliseconds: https://developer.vonage.com/en/api/sms"""


def host(text: str) -> str:
    match = re.fullmatch(r"[A-Za-z0-9.-]+(?::(\d{1,5}))?", text, re.ASCII)
    if not match or not 0 < int(match[1] or 443) < 2**16:
        raise ValueError("must be a host such as rest.nexmo.com, or host:port, without https://")
    return text


class VonageBackend(SmsBackend):
    name = "vonage"
    settings = (
        Setting("VONAGE_API_KEY", "the key of your Vonage account, on the dashboard's first page", required=True),
        Setting("VONAGE_API_SECRET", "the secret beside that key", required=True, secret=True),
        Setting("VONAGE_SIGNATURE_SECRET", "checks signed delivery reports; texts are sent without it", secret=True),
        Setting("VONAGE_API_HOST", "where the SMS API is", "rest.nexmo.com", host),
    )

    def __init__(self, config: Mapping[str, Any]) -> None:
        if not config["SMS_SENDER"]:
            raise SmsConfigError(
                "SMS_SENDER must be set for vonage: a number you rent there, or 1 to 11 letters and digits."
            )
        # The SDK logs each text at DEBUG and the body of a refusal, which may repeat the number, at WARNING.
        logging.getLogger("vonage").setLevel(logging.CRITICAL)
        # One pooled connection for several threads makes it warn at each text, to no use.
        logging.getLogger("urllib3").setLevel(logging.ERROR)
        self._sender: str = config["SMS_SENDER"]
        self._deadline = Deadline(config["SMS_TIMEOUT_SECONDS"])
        # Given the signature secret too, the SDK would sign instead, and wrongly: it signs fields it doesn't send.
        auth = Auth(api_key=config["VONAGE_API_KEY"], api_secret=config["VONAGE_API_SECRET"])
        options = HttpClientOptions(
            rest_host=config["VONAGE_API_HOST"],
            timeout=config["SMS_TIMEOUT_SECONDS"],
            max_retries=0,
            # The SDK posts again after a dropped connection, as often as the pool is large.
            pool_maxsize=1,
        )
        # One client for all threads holds only while it is used for one API with one kind of sign-in.
        self._sms = Sms(_OneRequest(auth, options))

    def send(self, message: SmsMessage) -> Accepted:
        try:
            answer = self._deadline.run(partial(self._sms.send, self._request(message)))
            return Accepted(answer.messages[0].message_id)
        except SmsUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - the SDK lets errors of five libraries through
            failed = failure("Vonage", OUTCOMES, _names(error))
        raise failed

    def _request(self, message: SmsMessage) -> VonageMessage:
        return VonageMessage.model_validate(
            {
                "to": message.to.removeprefix("+"),
                "from_": (message.sender or self._sender).removeprefix("+"),
                "text": message.text,
                # As "text", what is outside the alphabet would arrive as question marks.
                "type": "text" if gsm7.ALPHABET.issuperset(message.text) else "unicode",
                "ttl": min(max(message.ttl_seconds * 1000, MIN_TTL), MAX_TTL),
                "client_ref": message.reference,
            }
        )


class _OneRequest(HttpClient):
    """Follows no redirect: the text would be posted again, to whatever address was answered."""

    def __init__(self, auth: Auth, options: HttpClientOptions) -> None:
        super().__init__(auth, options)
        self._session.max_redirects = 0


def _names(error: Exception) -> list[str]:
    """What the table may call this error, the most telling name first."""
    match error:
        case PartialFailureError():
            answer: Any = error.response  # the parsed body, whatever the SDK's annotation says
            statuses = [str(part["status"]) for part in answer["messages"]]
            return ["partly"] if "0" in statuses else [f"status {status}" for status in statuses[:1]]
        case SmsError():
            return [f"status {status}" for status in re.findall(r"error code (\d+):", str(error))[:1]]
        case HttpRequestError():
            return http_names(error.response.status_code)
    return error_names(error)
