"""Names of hosts, as customers type them: all of the name, and nothing that only a record can be called."""

import re

from portal.dns import names
from portal.dns.records import RecordError

LONGEST = 253
"""Characters of a whole name (RFC 1035, 2.3.4), without the last dot."""
_PART = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""Between two dots (RFC 1123, 2.1)."""


class HostNameError(Exception):
    """Not the name of a host. The message is a sentence that the customer may read."""


def parse(typed: str) -> str:
    """The name in lower case, without its last dot, in ASCII. Raises HostNameError."""
    said = "“{}”".format("".join(c for c in typed.strip() if c.isprintable())[:60])
    name = _to_ascii(typed.strip().removesuffix("."), said).lower()
    if names.is_address(name):
        raise HostNameError(f"{said} is an address. Type the name of the server, such as ns1.example.com.")
    parts = name.split(".")
    if len(name) > LONGEST:
        raise HostNameError(f"{said} is too long: a name has at most {LONGEST} characters.")
    odd = [part for part in parts if not _PART.fullmatch(part)]
    if odd:
        raise HostNameError(_why_not(said, odd[0]))
    if len(parts) == 1:
        raise HostNameError(f"{said} is only a part of a name. Type all of it, such as ns1.example.com.")
    return name


def _to_ascii(name: str, said: str) -> str:
    if name.isascii() or len(name) > LONGEST:  # The encoder takes its time for long ones, which are refused anyway.
        return name
    try:
        return names.to_ascii(name)
    except RecordError as error:
        raise HostNameError(f"{said} has a character that can't be in a name on the Internet.") from error


def _why_not(said: str, part: str) -> str:
    if not part:
        return f"{said} starts or ends with a dot, or has two in a row."
    if part.startswith("-") or part.endswith("-"):
        return f"{said} has a part that starts or ends with a hyphen."
    if len(part) > 63:  # noqa: PLR2004 - RFC 1035, 2.3.4
        return f"{said} has a part of more than 63 characters."
    return f"{said} has something in it that is no letter, digit, hyphen or dot."
