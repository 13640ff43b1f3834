"""Zone files (RFC 1035, 5.1): read into record sets, and written from them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import dns.rdatatype
from dns.exception import DNSException

from portal.dns import names, ttl, values
from portal.dns.entries import Entry, entries
from portal.dns.records import TYPES, Key, RecordError, RecordSet, in_order, quote

MAX_BYTES = 5 * 1024 * 1024
MAX_PROBLEMS = 50
"""The first ones are told; nobody reads more."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)")
_CLASSES = {"IN", "CH", "HS", "CS"}
_MADE_BY_SIGNING = {"RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "DNSKEY", "CDS", "CDNSKEY"}
_TYPES = f"{', '.join(TYPES[:-1])} and {TYPES[-1]}"
_DIRECTIVES = {"$ORIGIN": "a name", "$TTL": "a number of seconds"}
_UNREADABLE = ""
"""The name of a record with a name that is wrong, and of those after it that leave theirs out."""
_SOA_TIMES = "10800 3600 604800 3600"
"""Refresh, retry, expire, and how long "no such name" is kept (RFC 1912, 2.2; RFC 2308, 4)."""


@dataclass(frozen=True)
class Problem:
    line: int | None
    """None for the whole file."""
    sentence: str

    def __str__(self) -> str:
        return self.sentence if self.line is None else f"Line {self.line}: {self.sentence}"


class ZoneFileError(Exception):
    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True)
class Imported:
    record_sets: tuple[RecordSet, ...]
    lines: Mapping[Key, int]
    """Where the record set of a name and type starts in the file."""
    notes: tuple[str, ...]
    """What was left out, as sentences."""


def read(data: bytes, zone: str) -> Imported:
    """Raises ZoneFileError."""
    if len(data) > MAX_BYTES:
        raise ZoneFileError([Problem(None, f"The file is larger than {MAX_BYTES // 1024 // 1024} MiB.")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ZoneFileError([Problem(line, "This is no text in UTF-8. Save the file as plain text.")]) from error
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        raise ZoneFileError([Problem(line, "There is an invisible character. Save the file as plain text.")])
    return _Reader(zone).read(text)


def write(record_sets: Iterable[RecordSet], zone: str, soa: tuple[str, str, int]) -> str:
    """A zone file for any name server; `soa` is the first name server, the mail address in charge, and the serial."""
    server, mail, serial = soa
    lines = [
        f"$ORIGIN {zone}.",
        f"$TTL {ttl.USUAL}",
        f"@\t{ttl.USUAL}\tIN\tSOA\t{server.rstrip('.')}. {_mailbox(mail)} {serial} {_SOA_TIMES}",
    ]
    for found in in_order(record_sets):
        lines += [f"{found.name}\t{found.ttl}\tIN\t{found.type}\t{value}" for value in found.values]
    return "\n".join(lines) + "\n"


def _mailbox(mail: str) -> str:
    """A mail address as a name, in which dots before the @ need a backslash (RFC 1035, 8)."""
    local, at, host = mail.rstrip(".").rpartition("@")
    return ".".join([local.replace(".", "\\."), host, ""]) if at else f"{host}."


@dataclass(slots=True)
class _Group:
    """The records of one name and type so far."""

    ttl: int
    line: int
    values: dict[str, int] = field(default_factory=dict)
    """The line of each."""


class _Reader:
    def __init__(self, zone: str) -> None:
        self._zone = zone
        self._origin = f"{zone}."
        self._owner: str | None = None
        """Of the last record, for those that leave it out."""
        self._default_ttl: int | None = None
        self._last_ttl: int | None = None
        self._stated_ttl: int | None = None
        self._soa_ttl: int | None = None
        self._groups: dict[Key, _Group] = {}
        self._problems: list[Problem] = []
        self._notes: list[str] = []

    def read(self, text: str) -> Imported:
        for entry in entries(text):
            try:
                self._entry(entry)
            except RecordError as error:
                self._problems.append(Problem(entry.line, str(error)))
            if len(self._problems) == MAX_PROBLEMS:
                self._problems.append(Problem(None, "The rest of the file was not read."))
                break
        record_sets = in_order(self._record_sets())
        if not record_sets and not self._problems:
            self._problems.append(Problem(None, f"There is no record in it. Records can be {_TYPES}."))
        if self._problems:
            raise ZoneFileError(self._problems)
        lines = {key: group.line for key, group in self._groups.items()}
        return Imported(record_sets, lines, tuple(self._notes))

    def _entry(self, entry: Entry) -> None:
        if entry.wrong:
            raise RecordError(entry.wrong)
        if entry.tokens[0].startswith("$"):
            self._directive(*entry.tokens)
        else:
            self._record(entry)

    def _directive(self, directive: str, *arguments: str) -> None:
        directive = directive.upper()
        if directive not in _DIRECTIVES:
            raise RecordError(f"{quote(directive)} is not carried out here. Write the records themselves.")
        if len(arguments) != 1:
            raise RecordError(f"{directive} is followed by {_DIRECTIVES[directive]}, and by nothing else.")
        if directive == "$ORIGIN":
            self._origin = names.ROOT if arguments[0] == names.ROOT else names.absolute(arguments[0], self._origin)
            return
        self._default_ttl = ttl.USUAL  # What is wrong with it is said once, and not again at each record.
        seconds = ttl.in_file(arguments[0])
        if seconds is None:
            raise RecordError(f"{quote(arguments[0])} is no TTL. Write it in seconds, such as 3600.")
        ttl.check(seconds)
        self._default_ttl = seconds

    def _record(self, entry: Entry) -> None:
        parts = entry.tokens
        if not entry.indented:
            self._owner = _UNREADABLE
            self._owner = names.relative(names.absolute(parts[0], self._origin), self._zone)
            parts = parts[1:]
        elif self._owner is None:
            raise RecordError("The line starts with a space, so it has the name of the record before: there is none.")
        parts = self._without_ttl_and_class(parts)
        if not parts:
            raise RecordError("The type and the value are missing.")
        type_, parts = parts[0].upper(), parts[1:]
        if type_ == "SOA":
            self._skip_soa(entry.line, parts)
            return
        if type_ not in TYPES:
            raise RecordError(_why_no_type(type_))
        if parts[:1] == ["\\#"]:
            raise RecordError("Raw data, which \\# stands for, is not taken. Write the value as its type has it.")
        value = values.canonical(type_, parts, self._absolute)
        seconds = self._ttl()
        if self._owner != _UNREADABLE:
            self._add((self._owner, type_), value, seconds, entry.line)

    def _without_ttl_and_class(self, parts: list[str]) -> list[str]:
        """They stand before the type, in either order; each may be missing."""
        self._stated_ttl = None
        for index, part in enumerate(parts):
            seconds = ttl.in_file(part) if self._stated_ttl is None else None
            if seconds is not None:
                self._stated_ttl = self._last_ttl = seconds
            elif part.upper() not in _CLASSES:
                return parts[index:]
            elif part.upper() != "IN":
                raise RecordError(f"The class {part.upper()} is not kept here. Only IN is.")
        return []

    def _ttl(self) -> int:
        """Stated with the record; or by $TTL; or else as for the record before (RFC 1035, 5.1; RFC 2308, 4)."""
        for seconds in (self._stated_ttl, self._default_ttl, self._last_ttl, self._soa_ttl):
            if seconds is not None:
                ttl.check(seconds)
                return seconds
        raise RecordError("The TTL is missing. Write $TTL 3600 on a line of its own at the top of the file.")

    def _absolute(self, name: str) -> str:
        return names.absolute(name, self._origin)

    def _skip_soa(self, line: int, parts: list[str]) -> None:
        self._notes.append(f"The SOA record on line {line} was left out: the name servers keep their own.")
        if parts:
            self._soa_ttl = ttl.in_file(parts[-1])

    def _add(self, key: Key, value: str, seconds: int, line: int) -> None:
        group = self._groups.setdefault(key, _Group(seconds, line))
        if group.ttl != seconds:
            raise RecordError(
                f"The TTL is {seconds} here, and {group.ttl} on line {group.line} for the same name and type. "
                "Make them the same."
            )
        if value in group.values:
            raise RecordError(f"This says the same as line {group.values[value]}. Delete one of them.")
        group.values[value] = line

    def _record_sets(self) -> Iterable[RecordSet]:
        for (name, type_), group in self._groups.items():
            try:
                values.check_together(type_, list(group.values), names.full(name, self._zone))
            except RecordError as error:
                self._problems.append(Problem(group.line, str(error)))
            else:
                yield RecordSet(name, type_, group.ttl, tuple(sorted(group.values)))


def _why_no_type(type_: str) -> str:
    if type_ in _MADE_BY_SIGNING:
        return f"{type_} records are made by the name servers when they sign a zone. Leave this one out."
    try:
        dns.rdatatype.from_text(type_)
    except (DNSException, ValueError):
        return f"{quote(type_)} stands where the type must be, such as A or MX."
    return f"{type_} records are not kept here. Leave it out; the types that are: {_TYPES}."
