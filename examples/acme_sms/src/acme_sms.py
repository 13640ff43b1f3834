"""ACME's message API: one JSON object each way. Copy this file to begin a backend of your own."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from portal.sms_backends.base import Accepted, Setting, SmsBackend, SmsMessage, SmsUnavailable
from portal.sms_backends.deadline import Deadline
from portal.sms_backends.outcomes import CERTAIN, REJECTED, Table, failure, http_names

# https://acme.example/docs/errors
OUTCOMES: Table = {
    "no_such_number": (REJECTED, "the number is not in use"),
    "opted_out": (REJECTED, "the number has opted out of texts"),
    "HTTP 401": (CERTAIN, "ACME_SMS_TOKEN is wrong"),
    "HTTP 4xx": (CERTAIN, "the request was refused"),
    "HTTP 5xx": (CERTAIN, "an error inside ACME"),
    "URLError": (CERTAIN, "no connection"),
}


class NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """A text is posted once, to the address in the settings."""


class AcmeBackend(SmsBackend):
    name = "acme"
    settings = (
        Setting("ACME_SMS_TOKEN", "the token from your ACME account page", required=True, secret=True),
        Setting("ACME_SMS_URL", "where ACME takes messages", "https://api.acme.example/v1/messages"),
    )

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._url: str = config["ACME_SMS_URL"]
        self._headers = {"Authorization": f"Bearer {config['ACME_SMS_TOKEN']}", "Content-Type": "application/json"}
        self._seconds: int = config["SMS_TIMEOUT_SECONDS"]
        self._deadline = Deadline(self._seconds)

    def send(self, message: SmsMessage) -> Accepted:
        body = {"to": message.to, "from": message.sender, "text": message.text, "reference": message.reference}
        request = Request(self._url, json.dumps(body).encode(), self._headers)  # noqa: S310 - the shop chose it
        try:
            return Accepted(self._deadline.run(lambda: self._post(request))["id"])
        except SmsUnavailable:
            raise
        except HTTPError as error:
            with error:
                names = [error.headers.get("X-Acme-Error", ""), *http_names(error.code)]
        except URLError:
            names = ["URLError"]
        except Exception:  # noqa: BLE001 - whatever else comes is in no table, which makes it a possible send
            names = []
        raise failure("ACME", OUTCOMES, names)

    def _post(self, request: Request) -> Any:
        with build_opener(NoRedirect).open(request, timeout=self._seconds) as answer:
            return json.load(answer)
