"""What people type, as it is kept: plain text, in which numbers of six digits, as codes have, are masked.

It helps whoever sends a code by mistake. It is no guard: whoever wants to send one finds a way to write it.
"""

import re
import unicodedata
from dataclasses import dataclass

MASK = "·"
_BREAK = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Turn the direction of what follows, so that one text looks like another."""

# In the text with its digits as ASCII. Groups of digits that stand together are one number, or may be: an invoice
# (2026-123456), an amount (123456.78), a phone number (+49 30 123456). A letter before it makes it a name (ns123456).
_JOINED = r"\d+(?:[-.,/]\d+)*"
_CHAIN = re.compile(rf"(?<![A-Za-z0-9_])\+?{_JOINED}(?:(?: {{1,8}}| {{0,8}}[-/] {{1,8}}| {{1,8}}[-/]){_JOINED})*")
_CODE = 6
_SHORTEST_PHONE = 9
"""Digits."""
_LONGEST_AREA = 5
_PAIRS = {(6,), (3, 3), (2, 2, 2), (1, 1, 1, 1, 1, 1)}
"""How people write a code, with spaces between the groups."""
_HYPHENED = {(3, 3), (1, 1, 1, 1, 1, 1)}
"""And with hyphens. Two and two and two are a date."""


def plain(text: str) -> str:
    """Line breaks as one character, and nothing else that can't be seen or turns the text round."""
    lines = _BREAK.sub("\n", text)
    return "".join(c for c in lines if c in "\n\t" or (unicodedata.category(c) not in {"Cc", "Cs"} and c not in _TURNS))


def one_line(text: str) -> str:
    return " ".join(plain(text).split())


def mask_codes(text: str) -> str:
    """The same text, each digit of what may be a code a dot; digits of all scripts, also written "123 456"."""
    ascii_text, places = _in_ascii(text)
    characters = list(text)
    for chain in _CHAIN.finditer(ascii_text):
        for start, end in _codes(chain):
            for i in range(start, end):
                if ascii_text[i].isdigit():
                    characters[places[i]] = MASK
    return "".join(characters)


def _in_ascii(text: str) -> tuple[str, list[int]]:
    """The text with its digits, dashes and spaces as ASCII, without what takes no room; and where each stood."""
    found: list[str] = []
    places: list[int] = []
    for place, c in enumerate(text):
        if unicodedata.category(c) not in {"Cf", "Mn", "Me"}:  # Between digits, or on one: it is the same number.
            found.append(_plainer(c))
            places.append(place)
    return "".join(found), places


def _plainer(c: str) -> str:
    category, digit = unicodedata.category(c), unicodedata.digit(c, None)
    if digit is not None:
        return str(digit)
    if category == "Pd" or c == "\N{MINUS SIGN}":
        return "-"
    return " " if category == "Zs" or c in "\t()" else c


@dataclass(frozen=True)
class _Part:
    """Groups of digits joined by signs."""

    start: int
    end: int
    groups: tuple[int, ...]
    signs: str

    @property
    def may_be_codes(self) -> bool:
        return set(self.groups) == {_CODE}

    @property
    def is_hyphened(self) -> bool:
        return self.groups in _HYPHENED and set(self.signs) == {"-"}


def _codes(chain: re.Match[str]) -> list[tuple[int, int]]:
    """Where in the text of the chain codes may stand."""
    parts = [
        _Part(
            chain.start() + found.start(),
            chain.start() + found.end(),
            tuple(len(group) for group in re.findall(r"\d+", found[0])),
            re.sub(r"\d", "", found[0]),
        )
        for found in re.finditer(_JOINED, chain[0])
    ]
    total = sum(sum(part.groups) for part in parts)
    all_codes = all(part.may_be_codes or part.is_hyphened for part in parts)
    is_phone = chain[0].startswith("+") or (chain[0].startswith("0") and parts[0].groups[0] <= _LONGEST_AREA)
    if is_phone and total >= _SHORTEST_PHONE and not all_codes:
        return []
    short = total < _SHORTEST_PHONE
    codes = [part for part in parts if part.may_be_codes or (part.is_hyphened and (short or all_codes))]
    found = [(part.start, part.end) for part in codes]
    return found + (_spaced(parts) if short else [])


def _spaced(parts: list[_Part]) -> list[tuple[int, int]]:
    """A code whose groups stand apart, alone or beside a digit or two: "123 456" in "123 456 at 9" or "123 456 9"."""
    if any(part.signs for part in parts):
        return []
    groups = [part.groups[0] for part in parts]
    for first, last in ((0, len(parts)), (0, 2), (len(parts) - 2, len(parts))):
        if first >= 0 and tuple(groups[first:last]) in _PAIRS:
            return [(parts[first].start, parts[last - 1].end)]
    return []
