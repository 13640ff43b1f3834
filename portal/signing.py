"""How the portal and a shop's own systems sign what they send each other: HMAC-SHA256 over the time and the body."""

import hashlib
import hmac
import re
from datetime import datetime, timedelta

HEADER = "Portal-Signature"
TOLERANCE = timedelta(minutes=5)
"""How far the sender's clock may be from ours. What was overheard can be sent again for so long, no longer."""
_LONGEST = 1000
"""Characters of the header: room for more signatures than secrets are ever in use side by side."""


class SignatureError(Exception):
    """It is not from one who knows the secret, or not of now. The message is half a sentence without secrets."""


def sign(secret: str, body: bytes, now: datetime) -> str:
    """The header's value: "t=<unix seconds>,v1=<HMAC in hex>"."""
    at = str(int(now.timestamp()))
    return f"t={at},v1={_mac(secret, at, body)}"


def check(secret: str, body: bytes, header: str | None, now: datetime) -> None:
    """Return if one of the header's signatures is right for this body and time. Raises SignatureError.

    A sender that is changing its secret signs with the old and the new: "t=...,v1=...,v1=...".
    """
    at, signatures = _read(header or "")
    expected = _mac(secret, at, body)
    # A list: all are compared, so that the time it takes tells nothing.
    if not any([hmac.compare_digest(expected, signature) for signature in signatures]):  # noqa: C419
        raise SignatureError("is signed with another secret")
    if abs(now.timestamp() - int(at)) > TOLERANCE.total_seconds():
        raise SignatureError("was signed more than 5 minutes ago or ahead: it is old, or a clock is wrong")


def _mac(secret: str, at: str, body: bytes) -> str:
    return hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()


def _read(header: str) -> tuple[str, list[str]]:
    """The time as it was written, and every v1. Other names are for signatures of later versions."""
    parts = [part.strip() for part in header.split(",")] if len(header) <= _LONGEST else []
    times = [part[2:] for part in parts if re.fullmatch(r"t=\d{1,12}", part, re.ASCII)]
    signatures = [part[3:] for part in parts if re.fullmatch(r"v1=[0-9a-f]{64}", part)]
    if len(times) != 1 or not signatures:
        raise SignatureError(f"has no {HEADER} of the form t=<unix seconds>,v1=<64 hex digits>")
    return times[0], signatures
