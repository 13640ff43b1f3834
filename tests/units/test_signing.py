"""How requests between the portal and a shop's systems are signed."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from portal import signing

NOW = datetime(2026, 11, 24, 9, 0, 0, 500_000, UTC)
SECRET = "s" * 32
BODY = '{"id": 7, "name": "Zürich"}'.encode()


def test_the_signature_is_that_of_the_time_a_dot_and_the_body() -> None:
    expected = hmac.new(SECRET.encode(), b"1795510800." + BODY, hashlib.sha256).hexdigest()
    header = signing.sign(SECRET, BODY, NOW)
    assert header == f"t=1795510800,v1={expected}"
    signing.check(SECRET, BODY, header, NOW)


@pytest.mark.parametrize("seconds", [-300, -299, 0, 299, 300])
def test_it_holds_for_five_minutes_either_way(seconds: int) -> None:
    whole = NOW.replace(microsecond=0)
    signing.check(SECRET, BODY, signing.sign(SECRET, BODY, whole), whole + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-301, 301, 10**8])
def test_after_that_it_is_old(seconds: int) -> None:
    whole = NOW.replace(microsecond=0)
    with pytest.raises(signing.SignatureError, match="5 minutes"):
        signing.check(SECRET, BODY, signing.sign(SECRET, BODY, whole), whole + timedelta(seconds=seconds))


def test_a_sender_that_changes_its_secret_signs_with_both() -> None:
    old, new = signing.sign("o" * 32, BODY, NOW), signing.sign(SECRET, BODY, NOW)
    for header in (f"{old},{new.partition(',')[2]}", f"{new}, {old.partition(',')[2]}", f"{new},v2=x,note=hello"):
        signing.check(SECRET, BODY, header, NOW)


@pytest.mark.parametrize("change", ["body", "secret", "time", "signature"])
def test_whatever_is_changed_breaks_it(change: str) -> None:
    header = signing.sign(SECRET, BODY, NOW)
    secret = "t" * 32 if change == "secret" else SECRET
    body = BODY.replace(b"7", b"8") if change == "body" else BODY
    if change == "time":
        header = header.replace("t=1795510800", "t=1795510801")
    if change == "signature":
        header = header[:-1] + ("0" if header[-1] != "0" else "1")
    with pytest.raises(signing.SignatureError, match="another secret"):
        signing.check(secret, body, header, NOW)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "t=1795510800",
        f"v1={'0' * 64}",
        f"t=1795510800,t=1795510800,v1={'0' * 64}",
        f"t=-1,v1={'0' * 64}",
        f"t=1e9,v1={'0' * 64}",
        f"t=١٢٣,v1={'0' * 64}",
        f"t=1795510800,v1={'0' * 63}",
        f"t=1795510800,v1={'0' * 63}é",
        f"t=1795510800,v0={'0' * 64}",
        f"t=1795510800{',v1=' + '0' * 64}" + f",v1={'0' * 64}" * 20,
    ],
)
def test_a_header_of_another_form_is_refused(header: str | None) -> None:
    with pytest.raises(signing.SignatureError, match="has no Portal-Signature"):
        signing.check(SECRET, BODY, header, NOW)
