"""DNS zones on a PowerDNS Authoritative Server, by its HTTP API.

A change is made only where the name server still has what the customer saw, and all of it in one request. That also
makes an order safe to repeat: what is there already needs no request.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from portal.drivers.base import Done, Driver, DriverRefusedError, Kind, Later, RecordSet, Setting, Task, ZoneContent
from portal.drivers.http import Client, base_address
from portal.drivers.powerdns_api import Visit, short
from portal.drivers.powerdns_records import (
    Change,
    NotUnderstoodError,
    Zone,
    alike,
    is_later,
    read_changes,
    serial_after,
    write_change,
    write_serial,
    write_set,
)

MOST_BYTES = 32 * 1024 * 1024
"""Of an answer: a zone with a quarter of a million records."""


def api_key(text: str) -> str:
    if not re.fullmatch(r"[!-~]+", text):
        raise ValueError("must be letters, digits and signs, without a space")
    return text


class PowerDnsDriver(Driver):
    name = "powerdns"
    kinds = frozenset({Kind.DNS})
    settings = (
        Setting(
            "POWERDNS_URL",
            "where PowerDNS's web server is; http only to this machine or a private address",
            "http://127.0.0.1:8081",
            base_address,
        ),
        Setting("POWERDNS_API_KEY", "the api-key in pdns.conf", required=True, secret=True, parse=api_key),
        Setting("POWERDNS_SERVER_ID", "which of the servers there", "localhost"),
    )
    knows_repeats = True

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._seconds: float = config["DRIVER_TIMEOUT_SECONDS"]
        self._server = f"{config['POWERDNS_URL']}/api/v1/servers/{quote(config['POWERDNS_SERVER_ID'], safe='')}"
        self._key: str = config["POWERDNS_API_KEY"]
        self._client = Client("PowerDNS", self._seconds, most_bytes=MOST_BYTES)

    def carry_out(self, task: Task) -> Done | Later:
        visit = self._visit()
        if task.act == "delete zone":
            visit.delete(task.name)
            return Done()
        try:
            changes = read_changes(task.values)
        except NotUnderstoodError as error:
            raise DriverRefusedError(f"The name server can't be asked to {task.act}.") from error
        zone = _make(visit, task, changes) if task.act == "make zone" else _change(visit, task, changes)
        return Done({"serial": zone.serial})

    def read_zone(self, name: str) -> ZoneContent | None:
        zone = self._visit().zone(name)
        return zone.content if zone else None

    def _visit(self) -> Visit:
        return Visit(self._client, self._server, self._key, self._seconds)


def _change(visit: Visit, task: Task, changes: list[Change]) -> Zone:
    """The zone with the changes in it."""
    zone = visit.zone(task.name)
    if zone is None:
        raise DriverRefusedError(f"The name server doesn't have {task.name}.{_nothing_changed(task)}")
    if _has(zone, changes):
        return zone  # an earlier attempt did it
    for change in changes:
        found = zone.record_sets.get(change.key)
        if not alike(found, change.before):
            what = f"{task.name if change.name == '@' else change.name} {change.type}"
            raise DriverRefusedError(
                f"The name server has something else for {what} by now: {_in_words(found)}.{_nothing_changed(task)}"
            )
    if zone.is_copy:
        raise DriverRefusedError(
            f"{task.name} is copied from another name server and can only be changed there.{_nothing_changed(task)}"
        )
    # What goes comes first: a CNAME may take the place of an A.
    ordered = sorted(changes, key=lambda change: change.after is not None)
    rrsets = [write_change(zone, change) for change in ordered]
    if zone.soa and not zone.counts:
        rrsets.append(write_serial(zone.soa, zone.name, serial_after(zone.soa)))
    visit.patch(task.name, rrsets)
    return visit.changed(task.name, lambda seen: _has(seen, changes))


def _has(zone: Zone, changes: list[Change]) -> bool:
    return all(alike(zone.record_sets.get(change.key), change.after) for change in changes)


def _make(visit: Visit, task: Task, changes: list[Change]) -> Zone:
    """The zone, made with what the changes leave, and with a serial after the one that it had."""
    wanted = [change.after for change in changes if change.after]

    def is_wanted(zone: Zone) -> bool:
        return len(zone.record_sets) == len(wanted) and _has(zone, changes)

    zone = visit.zone(task.name)
    if zone is None:
        visit.make(task.name, [write_set(task.name, record_set) for record_set in wanted])
        zone = visit.changed(task.name, is_wanted)
    elif not is_wanted(zone):
        raise DriverRefusedError(f"The name server has another {task.name} by now.{_nothing_changed(task)}")
    # A new zone begins with a serial of its day. Secondaries pass over one that is older than what they have.
    had = task.values.get("serial")
    if isinstance(had, int) and zone.soa and not is_later(zone.serial, had):
        visit.patch(task.name, [write_serial(zone.soa, zone.name, had + 1)])
        zone = visit.changed(task.name, is_wanted)
    return zone


def _nothing_changed(task: Task) -> str:
    """Of a first attempt. One before may have been carried out before somebody else came."""
    return " Nothing was changed." if task.attempt == 1 else ""


def _in_words(found: RecordSet | None) -> str:
    return f"{short(', '.join(found.values))} with a TTL of {found.ttl}" if found else "no record"
