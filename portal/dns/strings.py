"""The character strings of TXT and CAA records (RFC 1035, 3.3 and 5.1)."""

import re
from collections.abc import Iterable

from portal.dns.records import RecordError

LONGEST = 255
"""Bytes of one string. A longer text is several, which its readers join again."""
_ESCAPED = {code: f"\\{code:03d}" for code in (*range(32), *range(127, 256))} | {34: '\\"', 92: "\\\\"}
_QUOTED = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_SEVERAL = re.compile(rf"{_QUOTED}(?:\s*{_QUOTED})*")
_ONE = re.compile(_QUOTED)
_ESCAPE = re.compile(rb"\\(?:([0-9]{3})|([^0-9]))", re.DOTALL)


def canonical(strings: Iterable[bytes]) -> str:
    """The strings in presentation format, long ones cut."""
    return " ".join(quoted(piece) for string in strings for piece in pieces(string))


def pieces(string: bytes) -> list[bytes]:
    return [string[start : start + LONGEST] for start in range(0, len(string) or 1, LONGEST)]


def quoted(string: bytes) -> str:
    return f'"{string.decode("latin-1").translate(_ESCAPED)}"'


def several(text: str) -> list[bytes]:
    """The strings of a text such as `"one" "two"`. Raises RecordError."""
    if not _SEVERAL.fullmatch(text):
        raise RecordError(
            "What starts with a quotation mark must end with one, and each one inside needs a \\ before it. "
            "Or leave the outer ones out: they are not part of the text."
        )
    return [unescaped(found) for found in _ONE.findall(text)]


def unescaped(token: str) -> bytes:
    """The bytes of one string in presentation format, quoted or not. Raises RecordError."""
    if token.startswith('"'):
        token = token[1:-1]
    raw = token.encode()
    if b"\\" not in raw:
        return raw
    if b"\\" in _ESCAPE.sub(b"", raw):
        raise RecordError("A \\ must be followed by the character it protects, or by three digits.")
    return _ESCAPE.sub(_byte, raw)


def _byte(escape: re.Match[bytes]) -> bytes:
    if escape[1] is None:
        return escape[2]
    if int(escape[1]) > 255:  # noqa: PLR2004 - a byte
        raise RecordError(f"\\{escape[1].decode()} is no character: the numbers after a \\ end at 255.")
    return bytes([int(escape[1])])
