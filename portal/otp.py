"""The code of a challenge: derived, never stored.

A code is the HMAC of what the challenge is, under a key that is not in the database, so a copy of the database gives
no code away, and every resend by any provider carries the same one.
"""

import hashlib
import hmac
import unicodedata

DIGITS = 6


def make_key(secret_key: str) -> bytes:
    """The key of all codes, kept apart from the other uses of SECRET_KEY."""
    return hmac.digest(secret_key.encode(), b"portal: codes", hashlib.sha256)


def derive(key: bytes, purpose: str, challenge_id: str, salt: bytes) -> str:
    """Six digits. Reducing 256 bits mod 10^6 favours no code by more than 2^-236."""
    digest = hmac.digest(key, b"\0".join([purpose.encode(), challenge_id.encode(), salt]), hashlib.sha256)
    return f"{int.from_bytes(digest, 'big') % 10**DIGITS:0{DIGITS}d}"


def matches(typed: str, code: str) -> bool:
    """Compares in constant time."""
    return hmac.compare_digest(typed.encode(), code.encode())


def normalise(typed: str) -> str | None:
    """What a person typed as six ASCII digits, or None.

    Spaces and dashes go, and digits of other scripts (full-width, Arabic-Indic) become ASCII.
    """
    kept = [c for c in typed if not c.isspace() and unicodedata.category(c) != "Pd"]
    values = [unicodedata.digit(c, None) if c.isdecimal() else None for c in kept]
    if len(values) != DIGITS or None in values:
        return None
    return "".join(str(value) for value in values)
