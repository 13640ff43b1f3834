"""The value of a record of each type: its parts, in the form that is kept.

Forms and zone files cut a value into parts in their own ways, and read names in it each by their own rule. What a part
may be is said here, once. The result is what dnspython makes of it, names in lower case.
"""

import re
from collections.abc import Callable, Sequence

import dns.ipv4
import dns.ipv6
import dns.rdata
from dns.exception import SyntaxError as DnsSyntaxError

from portal.dns import names, strings
from portal.dns.records import MAX_VALUES, RecordError, quote, refuse_invisible

Name = Callable[[str], str]
"""From a name as written to an absolute one. Raises RecordError."""
MAX_WIRE = 65535
"""Bytes of a DNS message, in which a whole record set must fit (RFC 1035, 4.2.2)."""
NOWHERE = "."
"""The target that says there is no such service here (RFC 7505, RFC 2782)."""
CAA_TAGS = ("issue", "issuewild", "issuemail", "issuevmc", "iodef", "contactemail", "contactphone")
"""https://www.iana.org/assignments/pkix-parameters/ (CAA properties), without those reserved."""
_CAA_FLAGS = ("0", "128")
"""RFC 8659, 4.1: bit 0 is "critical", the others are to be clear."""
_TEXT_SHAPE = "A TXT record is a text, such as v=spf1 mx -all."
_SHAPES = {
    "A": (1, "An A record is one IPv4 address, such as 203.0.113.1."),
    "AAAA": (1, "An AAAA record is one IPv6 address, such as 2001:db8::1."),
    "CNAME": (1, "A CNAME record is one name, such as shop.example.com."),
    "MX": (2, "An MX record is a preference and a mail server, such as 10 mail.example.com."),
    "SRV": (4, "An SRV record is a priority, a weight, a port and a target, such as 10 5 5060 sip.example.com."),
    "CAA": (3, "A CAA record is flags, a tag and a value, such as 0 issue letsencrypt.org."),
    "NS": (1, "An NS record is the name of one name server, such as ns1.example.com."),
}


def canonical(type_: str, parts: Sequence[str], name: Name) -> str:
    """A value of one of `TYPES` from its parts, strings of TXT and CAA in presentation format. Raises RecordError."""
    if type_ == "TXT":
        if not parts:
            raise RecordError(_TEXT_SHAPE)
        return strings.canonical(map(strings.unescaped, parts))
    count, shape = _SHAPES[type_]
    if len(parts) != count:
        raise RecordError(shape)
    return _READERS[type_](parts, name)


def check_together(type_: str, values: Sequence[str], full_name: str) -> None:
    """Raises RecordError for values that can't be one record set."""
    if not values:
        raise RecordError(f"{_SHAPES[type_][1] if type_ in _SHAPES else _TEXT_SHAPE} Type at least one.")
    if len(values) > MAX_VALUES:
        raise RecordError(f"There are {len(values)} values, and one name and type can have at most {MAX_VALUES}.")
    if type_ == "CNAME" and len(values) > 1:
        raise RecordError("A CNAME has one target only. Use A or AAAA records for several servers.")
    for value in values:
        if type_ in {"MX", "SRV"} and value.endswith(f" {NOWHERE}") and len(values) > 1:
            raise RecordError(f"{quote(value)} says that there is no such service, so it must be the only value.")
    if _wire_size(type_, values, full_name) > MAX_WIRE:
        raise RecordError("This is more than fits in one answer of a name server, which is 64 KiB. Take some out.")


def _wire_size(type_: str, values: Sequence[str], full_name: str) -> int:
    """Bytes of the answer: header, question, and each record with its name compressed (RFC 1035, 4.1)."""
    question = 12 + len(full_name) + 2 + 4
    if sum(map(len, values)) + (12 + 16) * len(values) + question <= MAX_WIRE:
        return 0  # No value is longer in bytes than as text, but for addresses.
    return question + sum(12 + len(dns.rdata.from_text("IN", type_, value).to_wire() or b"") for value in values)


def _a(parts: Sequence[str], _name: Name) -> str:
    try:
        return str(dns.ipv4.canonicalize(parts[0]))
    except DnsSyntaxError as error:
        raise RecordError(_no_address(parts[0], "IPv4", "203.0.113.1", "AAAA")) from error


def _aaaa(parts: Sequence[str], _name: Name) -> str:
    try:
        return str(dns.ipv6.canonicalize(parts[0]))
    except DnsSyntaxError as error:
        raise RecordError(_no_address(parts[0], "IPv6", "2001:db8::1", "A")) from error


def _no_address(text: str, version: str, example: str, other: str) -> str:
    refuse_invisible(text)
    if names.is_address(text) and (":" in text) == (other == "AAAA"):
        return f"{quote(text)} is no {version} address. Use {other} for it."
    if "/" in text:
        return f"{quote(text)} is no {version} address. Leave out the / and what follows."
    return f"{quote(text)} is no {version} address, which looks like {example}."


def _cname(parts: Sequence[str], name: Name) -> str:
    if names.is_address(parts[0]):
        instead = "AAAA" if ":" in parts[0] else "A"
        raise RecordError(f"{quote(parts[0])} is an address, and a CNAME points to a name. Use {instead} instead.")
    return _target(parts[0], name)


def _ns(parts: Sequence[str], name: Name) -> str:
    return _host(parts[0], name, "name server")


def _mx(parts: Sequence[str], name: Name) -> str:
    preference = _number("preference", parts[0])
    if parts[1] == NOWHERE:
        if preference:
            raise RecordError("For no mail at all, type 0 and a dot: 0 .")
        return f"0 {NOWHERE}"
    return f"{preference} {_host(parts[1], name, 'mail server')}"


def _srv(parts: Sequence[str], name: Name) -> str:
    numbers = [_number(what, part) for what, part in zip(("priority", "weight", "port"), parts, strict=False)]
    target = NOWHERE if parts[3] == NOWHERE else _host(parts[3], name, "target")
    return " ".join([*map(str, numbers), target])


def _caa(parts: Sequence[str], _name: Name) -> str:
    flags, tag, value = parts[0], parts[1].lower(), strings.unescaped(parts[2])
    if flags not in _CAA_FLAGS:
        raise RecordError(f"{quote(flags)} can't be the flags. They are 0, or 128 for a rule that must be understood.")
    if tag not in CAA_TAGS:
        raise RecordError(
            f"{quote(parts[1])} is no tag that is known here. Use {', '.join(CAA_TAGS[:-1])} or {CAA_TAGS[-1]}."
        )
    try:
        text = value.decode("ascii")
    except UnicodeError as error:
        raise RecordError("The value of a CAA record is in plain letters, without accents.") from error
    refuse_invisible(text)
    if tag.startswith("issue"):
        _check_issuer(text.partition(";")[0].strip(" "))
    if tag == "iodef" and not re.match(r"(?:mailto:|https?://)[^\s]+$", text):
        raise RecordError(f"{quote(text)} can't get reports. Type mailto: and an address, or the https:// of a page.")
    if tag.startswith("contact") and not text:
        raise RecordError(f"Type a value after {tag}.")
    return f"{flags} {tag} {strings.quoted(value)}"


def _check_issuer(issuer: str) -> None:
    try:
        if issuer:
            names.to_ascii(issuer)
    except RecordError as error:
        raise RecordError(
            f"{quote(issuer)} is no name of an authority. Type its name, such as letsencrypt.org, or ; for none at all."
        ) from error


def _host(text: str, name: Name, what: str) -> str:
    """A name that has addresses: no underscore is in it (RFC 1123, 2.1), and it can't be an address itself."""
    if names.is_address(text):
        raise RecordError(
            f"{quote(text)} is an address, and the {what} must be a name. "
            "Give the address a name with an A or AAAA record, and type that name here."
        )
    found = _target(text, name)
    if "_" in found:
        raise RecordError(f"{quote(text)} has an underscore in it, which the name of a {what} can't have.")
    return found


def _target(text: str, name: Name) -> str:
    found = name(text)
    if found.startswith("*"):
        raise RecordError(f"{quote(text)} has a * in it. A record can point to one name only.")
    if found[:-1].rpartition(".")[2].isdigit():
        raise RecordError(f"{quote(text)} is neither an address nor a name: the last part of a name is no number.")
    return found


def _number(what: str, text: str) -> int:
    if not re.fullmatch(r"\d{1,5}", text, re.ASCII) or int(text) > 65535:  # noqa: PLR2004 - 16 bits
        raise RecordError(f"{quote(text)} can't be the {what}, which is a whole number from 0 to 65535.")
    return int(text)


_READERS = {"A": _a, "AAAA": _aaaa, "CNAME": _cname, "MX": _mx, "SRV": _srv, "CAA": _caa, "NS": _ns}
