"""Amazon SNS. Credentials, endpoint and the like are boto3's own business: its variables and files work as ever."""

import logging
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import ClientError

from portal.sms_backends.base import Accepted, Setting, SmsBackend, SmsConfigError, SmsMessage, SmsUnavailable
from portal.sms_backends.deadline import Deadline
from portal.sms_backends.outcomes import CERTAIN, POSSIBLE, REJECTED, Table, error_names, failure, http_names

# Codes: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors
#        https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html
OUTCOMES: Table = {
    "OptedOut": (REJECTED, "the number has opted out of texts"),
    # InvalidParameter alone may be about anything; see _names.
    "InvalidParameter of the number": (REJECTED, "the number is not one that texts can be sent to"),
    "AuthorizationError": (CERTAIN, "the AWS credentials don't allow sns:Publish"),
    "ExpiredToken": (CERTAIN, "the AWS credentials have expired"),
    "InvalidClientTokenId": (CERTAIN, "the AWS credentials are wrong"),
    "SignatureDoesNotMatch": (CERTAIN, "the AWS credentials are wrong"),
    "Throttled": (CERTAIN, "texts are sent faster than the account allows"),
    "Throttling": (CERTAIN, "texts are sent faster than the account allows"),
    "HTTP 4xx": (CERTAIN, "the request was refused"),
    "HTTP 5xx": (CERTAIN, "an error inside AWS"),
    # What the SDK raises by itself.
    "NoCredentialsError": (CERTAIN, "no AWS credentials"),
    "CredentialRetrievalError": (CERTAIN, "the AWS credentials can't be had"),
    "ParamValidationError": (CERTAIN, "the SDK refuses the request"),
    "EndpointConnectionError": (CERTAIN, "no connection"),
    "ConnectTimeoutError": (CERTAIN, "no connection in time"),
    "ProxyConnectionError": (CERTAIN, "no connection through the proxy"),
    "SSLEOFError": (POSSIBLE, "the connection was dropped"),
    "SSLError": (CERTAIN, "no secure connection"),
    "ReadTimeoutError": (POSSIBLE, "no answer in time"),
    "ConnectionClosedError": (POSSIBLE, "the connection was dropped"),
}


def region(text: str) -> str:
    if not re.fullmatch(r"[a-z]+(-[a-z]+)+-\d+", text):
        raise ValueError("must be an AWS region such as eu-west-1")
    return text


def price(text: str) -> Decimal:
    """US dollars."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(0)
    if not (amount.is_finite() and amount > 0):
        raise ValueError("must be US dollars, such as 0.10")
    return amount


class SnsBackend(SmsBackend):
    name = "sns"
    settings = (
        Setting("AWS_REGION", "the AWS region that sends your texts, such as eu-west-1", parse=region, required=True),
        Setting("SNS_MAX_PRICE", "the most one text may cost, in US dollars; dearer ones are not sent", parse=price),
    )

    def __init__(self, config: Mapping[str, Any]) -> None:
        # botocore logs each text at DEBUG.
        for sdk in ("boto3", "botocore", "urllib3"):
            logging.getLogger(sdk).setLevel(logging.WARNING)
        seconds: int = config["SMS_TIMEOUT_SECONDS"]
        self._deadline = Deadline(seconds)
        self._max_price: Decimal | None = config["SNS_MAX_PRICE"]
        session = Session(region_name=config["AWS_REGION"])
        if session.get_credentials() is None:
            raise SmsConfigError(
                "AWS credentials must be set for sns: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
                "a profile or a role, as for any AWS tool."
            )
        self._client = session.client(
            "sns",
            config=Config(
                # Half, so that being unable to connect is known as such and not as a call that got no answer.
                connect_timeout=seconds / 2,
                read_timeout=seconds,
                # The default is 3, and SNS would send the text each time.
                retries={"mode": "standard", "total_max_attempts": 1},
            ),
        )

    def send(self, message: SmsMessage) -> Accepted:
        publish = partial(
            self._client.publish,
            PhoneNumber=message.to,
            Message=message.text,
            MessageAttributes=self._attributes(message),
        )
        try:
            return Accepted(self._deadline.run(publish)["MessageId"])
        except SmsUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - a body that is no XML raises what is no error of botocore's
            failed = failure("SNS", OUTCOMES, _names(error))
        raise failed

    def _attributes(self, message: SmsMessage) -> dict[str, Any]:
        # https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html
        values = {"AWS.SNS.SMS.SMSType": ("String", "Transactional")}
        if message.sender and re.fullmatch(r"\+?\d+", message.sender):
            values["AWS.MM.SMS.OriginationNumber"] = ("String", message.sender)
        elif message.sender:
            values["AWS.SNS.SMS.SenderID"] = ("String", message.sender)
        if self._max_price is not None:
            values["AWS.SNS.SMS.MaxPrice"] = ("Number", f"{self._max_price:f}")
        return {name: {"DataType": kind, "StringValue": value} for name, (kind, value) in values.items()}


def _names(error: Exception) -> list[str]:
    """What the table may call this error, the most telling name first."""
    if not isinstance(error, ClientError):
        return error_names(error)
    # A refusal that is no XML, such as a proxy's page, has no code.
    said = error.response.get("Error", {})
    code = said.get("Code", "")
    about_number = re.search("phone ?number", said.get("Message", ""), re.IGNORECASE)
    names = [f"{code} of the number"] if about_number else []
    return [*names, code, *http_names(error.response["ResponseMetadata"]["HTTPStatusCode"])]
