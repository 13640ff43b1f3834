"""How PowerDNS writes zones and record sets in JSON, and how the portal does. Pure.

https://doc.powerdns.com/authoritative/http-api/zone.html
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Any

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.tokenizer
from dns.rdtypes.txtbase import TXTBase

from portal.dns import presentation
from portal.dns.records import RecordError, RecordSet, ZoneContent

Key = tuple[str, str]
"""A record set's name, relative to its zone, and type."""
STRING = 255
"""Bytes in one string of a TXT record (RFC 1035, 3.3.14)."""
_TEXTS = frozenset({"TXT", "SPF"})
COPIES = frozenset({"Slave", "Secondary", "Consumer"})
UNCOUNTED = frozenset({"", "OFF"})
"""The values of soa_edit_api with which PowerDNS leaves the serial as it is. The zones that pdnsutil makes have ""."""


class NotUnderstoodError(Exception):
    """Not a zone as PowerDNS writes it."""


@dataclass(frozen=True)
class Change:
    """What becomes of one record set. None: there is none."""

    name: str
    type: str
    before: RecordSet | None
    after: RecordSet | None

    @property
    def key(self) -> Key:
        return self.name, self.type


@dataclass(frozen=True)
class Zone:
    """A zone as PowerDNS has it."""

    name: str
    """Without its last dot."""
    serial: int
    """As secondaries and customers see it."""
    is_copy: bool
    """Of another name server: what is changed here is overwritten."""
    counts: bool
    """Whether PowerDNS raises the serial at a change by itself."""
    record_sets: Mapping[Key, RecordSet]
    """Without the SOA."""
    disabled: Mapping[Key, tuple[dict[str, Any], ...]]
    """Records that somebody has switched off. They aren't served, and stay when their set is changed."""
    soa: RecordSet | None

    @property
    def content(self) -> ZoneContent:
        return ZoneContent(self.serial, tuple(self.record_sets[key] for key in sorted(self.record_sets)))


def read_zone(name: str, body: bytes) -> Zone:
    """The zone in an answer of PowerDNS. Raises NotUnderstoodError."""
    try:
        answer = json.loads(body)
        record_sets, disabled = _read_sets(name, answer["rrsets"])
        soa = record_sets.pop(("@", "SOA"), None)
        return Zone(
            name=name,
            serial=int(answer.get("edited_serial", answer["serial"])),
            is_copy=answer["kind"] in COPIES,
            counts=answer.get("soa_edit_api", "") not in UNCOUNTED,
            record_sets=record_sets,
            disabled=disabled,
            soa=soa,
        )
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, dns.exception.DNSException) as error:
        raise NotUnderstoodError from error


def _read_sets(
    zone: str, rrsets: Iterable[Mapping[str, Any]]
) -> tuple[dict[Key, RecordSet], dict[Key, tuple[dict[str, Any], ...]]]:
    record_sets, disabled = {}, {}
    for rrset in rrsets:
        key = relative(zone, rrset["name"]), str(rrset["type"])
        served = [record["content"] for record in rrset["records"] if not record.get("disabled")]
        if served:
            values = sorted(canonical(key[1], value) for value in served)
            record_sets[key] = RecordSet(*key, int(rrset["ttl"]), tuple(values))
        if off := tuple(record for record in rrset["records"] if record.get("disabled")):
            disabled[key] = off
    return record_sets, disabled


def read_changes(values: Mapping[str, Any]) -> list[Change]:
    """The changes of an order. Raises NotUnderstoodError."""
    try:
        return [_read_change(change) for change in values["changes"]]
    except (ValueError, TypeError, LookupError) as error:
        raise NotUnderstoodError from error


def _read_change(change: Mapping[str, Any]) -> Change:
    key = str(change["name"]), str(change["type"])

    def record_set(state: Mapping[str, Any] | None) -> RecordSet | None:
        if state is None:
            return None
        return RecordSet(*key, int(state["ttl"]), tuple(str(value) for value in state["values"]))

    return Change(*key, record_set(change["before"]), record_set(change["after"]))


def write_change(zone: Zone, change: Change) -> dict[str, Any]:
    """The change as PowerDNS takes it. Comments aren't mentioned, which leaves them as they are."""
    rrset = {"name": absolute(zone.name, change.name), "type": change.type}
    kept = list(zone.disabled.get(change.key, ()))
    if change.after is None and not kept:
        return {**rrset, "changetype": "DELETE"}
    ttl = change.after.ttl if change.after else (change.before.ttl if change.before else 0)
    return {**rrset, "changetype": "REPLACE", "ttl": ttl, "records": [*_served(change.after), *kept]}


def write_set(zone: str, record_set: RecordSet) -> dict[str, Any]:
    """A record set of a zone that is made."""
    name = absolute(zone, record_set.name)
    return {"name": name, "type": record_set.type, "ttl": record_set.ttl, "records": _served(record_set)}


def _served(record_set: RecordSet | None) -> list[dict[str, Any]]:
    if record_set is None:
        return []
    # PowerDNS reads an IPv6 address only without the dots of an IPv4 address at its end: ::ffff:203.0.113.1.
    written = [IPv6Address(value).exploded if record_set.type == "AAAA" else value for value in record_set.values]
    return [{"content": value, "disabled": False} for value in written]


def write_serial(soa: RecordSet, zone: str, serial: int) -> dict[str, Any]:
    """The zone's SOA with another serial."""
    main, contact, _, *times = soa.values[0].split()
    content = " ".join([main, contact, str(serial % 2**32), *times])
    records = [{"content": content, "disabled": False}]
    return {"name": f"{zone}.", "type": "SOA", "changetype": "REPLACE", "ttl": soa.ttl, "records": records}


def serial_after(soa: RecordSet) -> int:
    return int(soa.values[0].split()[2]) + 1


def is_later(serial: int, than: int) -> bool:
    """Whether a secondary takes the serial for a newer one (RFC 1982, 3.2)."""
    return 0 < (serial - than) % 2**32 < 2**31


def alike(one: RecordSet | None, other: RecordSet | None) -> bool:
    """Whether they say the same, however it is written: names in either case, addresses in any form."""
    if one is None or other is None:
        return one is other
    same = sorted(_wire(one.type, value) for value in one.values) == sorted(
        _wire(other.type, value) for value in other.values
    )
    return same and one.ttl == other.ttl


def canonical(kind: str, value: str) -> str:
    """The value as the portal keeps it. What dnspython doesn't know, such as PowerDNS's own ALIAS, stays as it is."""
    try:
        return _parse(kind, value).to_text() if kind in _TEXTS else presentation.canonical(kind, value)
    except (dns.exception.DNSException, RecordError):
        return value


def _wire(kind: str, value: str) -> bytes:
    try:
        return _parse(kind, value).to_digestable()
    except dns.exception.DNSException:
        return value.encode()


def _parse(kind: str, value: str) -> dns.rdata.Rdata:
    if kind in _TEXTS:
        return _parse_txt(kind, value)
    return dns.rdata.from_text("IN", kind, value, origin=dns.name.root, relativize=False)


def _parse_txt(kind: str, value: str) -> dns.rdata.Rdata:
    """PowerDNS takes strings of any length and cuts them where it answers; dnspython takes none over 255 bytes."""
    tokenizer = dns.tokenizer.Tokenizer(value)
    strings: list[bytes] = []
    while not (token := tokenizer.get()).is_eol_or_eof():
        raw = token.unescape_to_bytes().value
        raw = raw if isinstance(raw, bytes) else raw.encode()
        strings += [raw[start : start + STRING] for start in range(0, max(len(raw), 1), STRING)]
    return TXTBase(dns.rdataclass.IN, dns.rdatatype.from_text(kind), strings)


def absolute(zone: str, name: str) -> str:
    """With a last dot, as PowerDNS writes names."""
    return f"{zone}." if name == "@" else f"{name}.{zone}."


def relative(zone: str, name: str) -> str:
    origin = dns.name.from_text(zone)
    return dns.name.from_text(name).canonicalize().relativize(origin.canonicalize()).to_text()
