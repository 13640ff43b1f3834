"""How long others may keep an answer: TTLs as forms and zone files have them, and in words."""

import re

from portal.dns.records import RecordError

SHORTEST = 60
LONGEST = 604800
USUAL = 3600
"""What a form starts with."""
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_UNITS = {"week": 604800, "day": 86400, "hour": 3600, "minute": 60, "second": 1}
_PART = re.compile(r"(\d+)([a-z]?)", re.ASCII)
_LONGEST_TOKEN = 40
_IN_FILES = re.compile(r"(?:\d++[smhdw]?+)++", re.ASCII | re.IGNORECASE)
"""Each `+` more than is needed to match: 30 digits and one wrong letter can be cut into numbers in 2^29 ways."""


def typed(text: str) -> int:
    """Raises RecordError."""
    text = text.strip()
    if not re.fullmatch(r"\d{1,10}", text, re.ASCII):
        raise RecordError("Type the TTL as a whole number of seconds, such as 3600 for one hour.")
    check(int(text))
    return int(text)


def check(seconds: int) -> None:
    """Raises RecordError for one that is out of range."""
    if seconds < SHORTEST:
        raise RecordError(f"A TTL of {spoken(seconds)} is too short. The shortest is {SHORTEST} seconds.")
    if seconds > LONGEST:
        raise RecordError(f"A TTL of {spoken(seconds)} is too long. The longest is {LONGEST} seconds, which is 1 week.")


def in_file(token: str) -> int | None:
    """The seconds of a TTL as zone files have it: 3600, and BIND's 1h30m too. None for anything else."""
    if not token[0].isdigit() or len(token) > _LONGEST_TOKEN or not _IN_FILES.fullmatch(token):
        return None
    if token.isdigit():
        return int(token)
    return sum(int(number) * _SECONDS[unit or "s"] for number, unit in _PART.findall(token.lower()))


def spoken(seconds: int) -> str:
    """In the largest unit that divides it: "1 hour", "90 minutes"."""
    for unit, length in _UNITS.items():
        if seconds and seconds % length == 0:
            return f"{seconds // length} {unit}{'s' * (seconds != length)}"
    return "0 seconds"
