"""How a name in SMS_BACKENDS becomes a backend."""

import subprocess
import sys

import pytest

from portal import sms_backends
from portal.sms_backends.base import SmsConfigError
from portal.sms_backends.console import ConsoleBackend
from portal.sms_backends.sns import SnsBackend
from portal.sms_backends.vonage import VonageBackend


@pytest.mark.parametrize(
    ("name", "backend"),
    [
        ("console", ConsoleBackend),
        ("vonage", VonageBackend),
        ("sns", SnsBackend),
        ("portal.sms_backends.console:ConsoleBackend", ConsoleBackend),
    ],
)
def test_a_name_or_a_path_finds_its_class(name: str, backend: type) -> None:
    assert sms_backends.find(name) is backend
    if name in sms_backends.BUILT_IN:
        assert sms_backends.find(name).name == name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("twilio", "neither one of console, vonage, sns nor"),
        ("portal.sms_backends.console", "neither one of"),
        ("", "neither one of"),
        ("no_such_module:Backend", "can't be imported"),
        ("portal.sms_backends.console:NoSuchClass", "can't be imported"),
        ("json:dumps", "is not an SmsBackend class"),
        ("json:JSONDecoder", "is not an SmsBackend class"),
    ],
)
def test_what_is_no_backend_is_refused_by_its_name(name: str, said: str) -> None:
    with pytest.raises(SmsConfigError, match=said) as refused:
        sms_backends.find(name)
    assert repr(name) in str(refused.value)


def test_loading_keeps_the_order_of_preference() -> None:
    config = {"SMS_CONSOLE_FILE": None, "SMS_SENDER": None, "SMS_TIMEOUT_SECONDS": 5}
    (backend,) = sms_backends.load([ConsoleBackend], config)
    assert isinstance(backend, ConsoleBackend)


def test_console_costs_no_sdk() -> None:
    code = (
        "import sys; from portal import sms_backends; sms_backends.find('console');"
        "print({'boto3', 'botocore', 'vonage_sms', 'vonage_http_client', 'requests'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
