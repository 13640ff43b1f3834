"""How the text of a cell becomes a value. Each raises CellError with a sentence: what it must be."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from ipaddress import ip_address
from urllib.parse import urlsplit

from portal.accounts import signing_in
from portal.countries import COUNTRIES
from portal.imports.sheet import CellError
from portal.money import PLACES

BETWEEN = "|"
"""What stands between the items of a list in one cell."""
LONGEST_LIST = 100
_FLAGS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})+")
LONGEST_HOST = 253


def text(longest: int) -> Callable[[str], str]:
    """One line. What a spreadsheet would take for a formula is text like any other."""

    def read(cell: str) -> str:
        for sign in cell:
            if not sign.isprintable():
                raise CellError(f"There is a line break or a sign that can't be shown in it (U+{ord(sign):04X}).")
        if len(cell) > longest:
            raise CellError(f"It may have {longest} characters, and has {len(cell)}.")
        return cell

    return read


def lines(longest: int) -> Callable[[str], str]:
    """Text that may have line breaks."""
    read_line = text(longest)

    def read(cell: str) -> str:
        for line in cell.split("\n"):
            read_line(line)
        if len(cell) > longest:
            raise CellError(f"It may have {longest} characters, and has {len(cell)}.")
        return cell

    return read


def list_of(read_item: Callable[[str], str]) -> Callable[[str], list[str]]:
    def read(cell: str) -> list[str]:
        found = [read_item(item.strip()) for item in cell.split(BETWEEN) if item.strip()]
        if len(found) > LONGEST_LIST:
            raise CellError(f"It may list {LONGEST_LIST}, and lists {len(found)}.")
        return found

    return read


def one_of(*words: str) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if cell.casefold() not in words:
            raise CellError(f"It must be {', '.join(words[:-1])} or {words[-1]}.")
        return cell.casefold()

    return read


def flag(cell: str) -> bool:
    if cell.casefold() not in _FLAGS:
        raise CellError("It must be yes or no.")
    return _FLAGS[cell.casefold()]


def whole_number(low: int, high: int) -> Callable[[str], int]:
    def read(cell: str) -> int:
        if not re.fullmatch(r"\d{1,12}", cell, re.ASCII) or not low <= int(cell) <= high:
            raise CellError(f"It must be a whole number from {low} to {high}.")
        return int(cell)

    return read


def decimal(digits: int, places: int) -> Callable[[str], Decimal]:
    """So many digits in all, some of them behind the point; never read as a float."""

    def read(cell: str) -> Decimal:
        match = re.fullmatch(r"-?(\d+)(?:\.(\d+))?", cell, re.ASCII)
        if not match:
            raise CellError("It must be a number such as 1234.50: with a point, and nothing between the thousands.")
        if len(match[1].lstrip("0")) > digits - places or len((match[2] or "").rstrip("0")) > places:
            raise CellError(f"It may have {digits - places} digits before the point and {places} behind it.")
        return Decimal(cell)

    return read


def day(cell: str) -> date:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", cell, re.ASCII):
            return date.fromisoformat(cell)
    except ValueError:
        pass
    raise CellError("It must be a date such as 2026-11-24.")


def email(cell: str) -> str:
    if not (signing_in.is_email(cell) and cell.isprintable()):
        raise CellError("It must be an email address such as name@example.com.")
    return signing_in.fold(cell)


def host(cell: str) -> str:
    name = cell.casefold().rstrip(".")
    if not _HOST.fullmatch(name) or len(name) > LONGEST_HOST:
        raise CellError("It must be a name such as example.com; one with other letters in its xn-- form.")
    return name


def address(cell: str) -> str:
    try:
        return str(ip_address(cell))
    except ValueError:
        raise CellError("It must be an address such as 203.0.113.7 or 2001:db8::7.") from None


def country(cell: str) -> str:
    if cell.upper() not in COUNTRIES:
        raise CellError("It must be a country code of two letters such as DE or US.")
    return cell.upper()


def currency(cell: str) -> str:
    if cell.upper() not in PLACES:
        raise CellError("It must be a currency code of three letters such as EUR or USD.")
    return cell.upper()


def https_url(cell: str) -> str:
    text(500)(cell)
    try:
        parts = urlsplit(cell)
        is_good = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc and " " not in cell
    except ValueError:
        is_good = False
    if not is_good:
        raise CellError("It must be an address that begins with https://.")
    return cell
