"""Record sets as people type them into a form, and back.

A form has a name, a type, a TTL and the values, one on each line.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from portal.dns import names, strings, ttl, values
from portal.dns.records import MAX_VALUES, TYPES, RecordError, RecordSet, refuse_invisible

_MAX_TYPED = 5 * values.MAX_WIRE
"""Characters: every byte of a text may be typed as four."""
_MAX_SENTENCES = 10
_SPACES = " \t\u00a0\u3000"
"""What people type and paste between words. Other white space is no part of a line."""
_JOINERS = str.maketrans("", "", "\u200c\u200d")
"""Invisible, and part of names in Persian and in languages of India; IDNA says where."""
_T = TypeVar("_T")


@dataclass(frozen=True)
class Field:
    """What a form says of the values of a type."""

    label: str
    hint: str
    example: str


FIELDS = {
    "A": Field("IPv4 addresses", "One on each line.", "203.0.113.1"),
    "AAAA": Field("IPv6 addresses", "One on each line.", "2001:db8::1"),
    "CNAME": Field("Target", "The name that this one stands for.", "shop.example.com"),
    "MX": Field(
        "Mail servers", "A preference and a name on each line; the lowest is tried first.", "10 mail.example.com"
    ),
    "TXT": Field("Texts", "One on each line, without quotation marks around it.", "v=spf1 mx -all"),
    "SRV": Field("Services", "A priority, a weight, a port and a name on each line.", "10 5 5060 sip.example.com"),
    "CAA": Field("Authorities", "Flags, a tag and a value on each line.", '0 issue "letsencrypt.org"'),
    "NS": Field("Name servers", "One name on each line.", "ns1.example.com"),
}


@dataclass(frozen=True)
class Typed:
    """What stands in the fields of the form."""

    name: str
    type: str
    ttl: str
    values: str


class TypedError(Exception):
    """All that is wrong, as sentences by field of `Typed`."""

    def __init__(self, problems: dict[str, list[str]]) -> None:
        super().__init__(" ".join(sentence for sentences in problems.values() for sentence in sentences))
        self.problems = problems


def parse(typed: Typed, zone: str) -> RecordSet:
    """Raises TypedError."""
    if typed.type not in TYPES:
        raise TypedError({"type": [f"Choose one of the types {', '.join(TYPES[:-1])} or {TYPES[-1]}."]})
    problems: dict[str, list[str]] = {}
    name = _field(problems, "name", lambda: _owner(typed, zone))
    seconds = _field(problems, "ttl", lambda: ttl.typed(typed.ttl))
    found = _values(problems, typed, zone)
    if "values" not in problems:
        full_name = names.full(name or "@", zone)
        _field(problems, "values", lambda: values.check_together(typed.type, found, full_name))
    if problems or name is None or seconds is None:
        raise TypedError(problems)
    return RecordSet(name, typed.type, seconds, tuple(sorted(found)))


def to_typed(record_set: RecordSet, zone: str) -> Typed:
    """What the form shows of a record set. Typed again, it is the same."""
    lines = [shown_value(record_set.type, value) for value in record_set.values]
    return Typed(names.shown_owner(record_set.name, zone), record_set.type, str(record_set.ttl), "\n".join(lines))


def shown_value(type_: str, value: str) -> str:
    """A line of the form: texts without quotation marks, names without the last dot."""
    if type_ == "TXT":
        return _shown_text(value)
    if type_ not in {"CNAME", "MX", "NS", "SRV"}:
        return value
    *numbers, target = value.split(" ")
    return " ".join([*numbers, target if target == values.NOWHERE else names.shown_target(target)])


def _field(problems: dict[str, list[str]], field: str, parse: Callable[[], _T]) -> _T | None:
    try:
        return parse()
    except RecordError as error:
        problems.setdefault(field, []).append(str(error))
        return None


def _owner(typed: Typed, zone: str) -> str:
    name = names.owner(typed.name, zone)
    if typed.type == "SRV" and not any(label.startswith("_") for label in name.split(".")):
        raise RecordError("The name of an SRV record says the service and how it is spoken to, such as _sip._tcp.")
    return name


def _values(problems: dict[str, list[str]], typed: Typed, zone: str) -> list[str]:
    """The values in canonical form, in the order they were typed in."""
    sentences: list[str] = []
    found: dict[str, int] = {}
    lines = _field(problems, "values", lambda: _lines(typed.values))
    for number, line in lines or ():
        try:
            value = _value(typed.type, line, zone)
        except RecordError as error:
            sentences.append(f"Line {number}: {error}" if len(lines or ()) > 1 else str(error))
            continue
        if found.setdefault(value, number) != number:
            sentences.append(f"Line {number} says the same as line {found[value]}. Delete one of them.")
    if sentences:
        more = len(sentences) - _MAX_SENTENCES
        problems["values"] = sentences[:_MAX_SENTENCES] + ([f"{more} more lines are wrong."] if more > 0 else [])
    return list(found)


def _lines(text: str) -> list[tuple[int, str]]:
    """What stands on each line that is not empty, with its number. Raises RecordError when it is far too much."""
    if len(text) > _MAX_TYPED:
        raise RecordError("This is more than fits in one answer of a name server, which is 64 KiB. Take some out.")
    stripped = ((number, line.strip(_SPACES)) for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1))
    lines = [(number, line) for number, line in stripped if line]
    if len(lines) > MAX_VALUES:
        raise RecordError(f"There are {len(lines)} values, and one name and type can have at most {MAX_VALUES}.")
    return lines


def _value(type_: str, line: str, zone: str) -> str:
    if line.startswith("\\#"):
        raise RecordError("Raw data, which \\# stands for, is not taken here. Type the value itself.")
    if type_ == "TXT":
        return _text(line)
    line = re.sub(f"[{_SPACES}]+", " ", line) if type_ != "CAA" else line
    refuse_invisible(line.translate(_JOINERS))
    if type_ == "CAA":
        return values.canonical(type_, _caa_parts(line), str)
    if ";" in line:
        raise RecordError("A comment can't stand here. Leave out the ; and what follows it.")
    return values.canonical(type_, line.split(" "), lambda name: names.target(name, zone))


def _text(line: str) -> str:
    """As it is meant; or in quotation marks, for what can't be seen else: spaces around it, and where it is cut."""
    refuse_invisible(line)
    return strings.canonical(strings.several(line) if line.startswith('"') else [line.encode()])


def _shown_text(value: str) -> str:
    try:
        plain = b"".join(strings.several(value)).decode()
        return plain if plain and plain == plain.strip() and _value("TXT", plain, "") == value else value
    except (RecordError, UnicodeError):
        return value


def _caa_parts(line: str) -> list[str]:
    parts = line.split(None, 2)
    if len(parts) < 3:  # noqa: PLR2004 - flags, tag, value
        return parts
    value = parts[2]
    found = strings.several(value) if value.startswith('"') else [value.encode()]
    return [*parts[:2], *map(strings.quoted, found)]
