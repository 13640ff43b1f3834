"""What is noticed of a name server that other hands are at, whatever it answers."""

from collections.abc import Callable, Mapping
from threading import Thread
from typing import Any

import pytest
from flask import Flask

from portal.drivers.base import DriverUnavailableError, RecordSet, ZoneContent
from portal.kinds import Kind
from portal.zones.watching import AT_ONCE, Watcher
from tests.conftest import Clock
from tests.fakes import MemoryDriver, driver
from tests.journeys.test_dns import change, records, serial_of
from tests.person import Person
from tests.shelf import ZONE_SETS, add_zone


class NameServer(MemoryDriver):
    """A driver that can look at what there is, as it is told."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__(config)
        self.asked: list[str] = []
        self.has: Callable[[str], ZoneContent | None] = as_made

    def read_zone(self, name: str) -> ZoneContent | None:
        self.asked.append(name)
        return self.has(name)


def as_made(name: str) -> ZoneContent:
    del name
    return ZoneContent(2026112401, tuple(RecordSet(name, type_, 3600, tuple(its)) for name, type_, its in ZONE_SETS))


@pytest.fixture
def settings() -> dict[str, str]:
    return {"DRIVER_DNS": "tests.journeys.test_other_hands:NameServer"}


@pytest.fixture
def server(app: Flask) -> NameServer:
    found = driver(app, Kind.DNS)
    assert isinstance(found, NameServer)
    return found


def test_a_zone_that_is_gone_is_said_once_and_its_records_stay(
    enrolled: Person, server: NameServer, time: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    add_zone(enrolled)
    before = records(enrolled.app)
    server.has = lambda name: None  # noqa: ARG005 - it has none
    for _ in range(3):
        Watcher(enrolled.app).look()
        time.forward(minutes=11)
    assert len(server.asked) == 3
    said = "Found that the name server does not have 'example.com' any more"
    assert enrolled.open("/profile/activity").words.count(said) == 1
    assert caplog.text.count("the name server doesn't have it") == 1
    assert records(enrolled.app) == before


def test_a_zone_that_can_not_be_read_keeps_no_other_from_being_looked_at(
    enrolled: Person, server: NameServer, time: Clock
) -> None:
    add_zone(enrolled, name="odd.example")
    add_zone(enrolled)

    def has(name: str) -> ZoneContent:
        if name == "odd.example":
            raise DriverUnavailableError("its zone can't be understood", possible=False)
        return as_made(name)

    server.has = has
    for _ in range(2):
        Watcher(enrolled.app).look()
    assert server.asked == ["odd.example", "example.com"]
    time.forward(minutes=11)
    Watcher(enrolled.app).look()
    assert server.asked[2:] == ["odd.example"]


def test_zones_with_open_orders_keep_no_other_from_being_looked_at(enrolled: Person, server: NameServer) -> None:
    for n in range(AT_ONCE):
        change(enrolled, add_zone(enrolled, name=f"busy-{n}.example"), "A", "www", "203.0.113.8")
    add_zone(enrolled)
    watcher = Watcher(enrolled.app)
    assert watcher.look()
    assert not watcher.look()
    assert server.asked[-1] == "example.com"
    assert len(server.asked) == AT_ONCE + 1


def test_what_was_seen_before_an_order_was_carried_out_is_not_taken_for_a_change(
    enrolled: Person, server: NameServer
) -> None:
    zone = add_zone(enrolled)

    def act() -> None:
        change(enrolled, zone, "A", "www", "203.0.113.8")
        enrolled.carry_out()

    def has(name: str) -> ZoneContent:
        seen = as_made(name)
        meanwhile = Thread(target=act)
        meanwhile.start()
        meanwhile.join()
        return seen

    server.has = has
    Watcher(enrolled.app).look()
    assert records(enrolled.app)["www", "A"] == ["203.0.113.8"]
    assert serial_of(enrolled.app) > as_made("").serial
    assert "Changed on the name server" not in enrolled.open(f"/resources/dns/{zone}/history").words
