"""How the text of a setting becomes its value. Each raises ValueError with half a sentence: what it must be."""

import re
from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network

from portal import numbers

Network = IPv4Network | IPv6Network
MIN_SECRET = 32
"""Characters of a secret that signs."""
ACCOUNT_TYPES = ("personal", "business", "reseller")


def whole_number(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not low <= int(text) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(text)

    return parse


def seconds(low: int, high: int) -> Callable[[str], timedelta]:
    number = whole_number(low, high)
    return lambda text: timedelta(seconds=number(text))


def flag(text: str) -> bool:
    values = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if text.lower() not in values:
        raise ValueError("must be true or false")
    return values[text.lower()]


def names(text: str) -> tuple[str, ...]:
    found = tuple(name.strip() for name in text.split(",") if name.strip())
    if not found or len(set(found)) != len(found):
        raise ValueError("must be one or more different names, separated by commas")
    return found


def account_types(text: str) -> frozenset[str]:
    found = frozenset(name.strip() for name in text.split(",") if name.strip())
    if found == {"all"}:
        return frozenset(ACCOUNT_TYPES)
    if not found <= set(ACCOUNT_TYPES):
        raise ValueError("must be all, or any of reseller,business,personal")
    return found


def one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"must be {' or '.join(words)}")
        return text

    return parse


def networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(item.strip()) for item in text.split(",") if item.strip())
    except ValueError as error:
        raise ValueError("must be addresses or networks such as 127.0.0.1,10.0.0.0/8") from error


def sender(text: str) -> str:
    if not re.fullmatch(r"\+?\d{3,15}|(?=.*[A-Za-z])[A-Za-z0-9]{1,11}", text, re.ASCII):
        raise ValueError("must be a number, or 1 to 11 letters and digits with a letter among them")
    return text


def long_secret(text: str) -> str:
    if len(text) < MIN_SECRET:
        raise ValueError(f"must have {MIN_SECRET} characters or more. Make one: openssl rand -hex 32")
    return text


def regions(*, one: bool = False) -> Callable[[str], frozenset[str] | str]:
    """ISO 3166 regions as a set, `*` being all of them; or with `one` a single region."""

    def parse(text: str) -> frozenset[str] | str:
        if text == "*" and not one:
            return numbers.ANYWHERE
        found = frozenset(code.strip().upper() for code in text.split(",") if code.strip())
        unknown = sorted(code for code in found if not numbers.is_region(code))
        if unknown:
            raise ValueError(f"names {unknown[0]}, which is no country code such as US or GB")
        if not found or (one and len(found) != 1):
            raise ValueError(
                "must be one country code such as US" if one else "must be country codes such as US,CA, or *"
            )
        return next(iter(found)) if one else found

    return parse
