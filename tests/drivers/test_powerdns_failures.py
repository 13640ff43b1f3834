"""The PowerDNS driver when things go wrong on the way to a real PowerDNS, or inside it."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from typing import ClassVar

import pytest
import requests

from portal.dns.records import RecordSet
from portal.drivers.base import Done, DriverUnavailableError, Task
from portal.drivers.contract import Case, DriverContract, StandIn, read
from portal.drivers.powerdns import PowerDnsDriver
from tests.drivers.outcomes import unavailable
from tests.drivers.pdns import Pdns, running
from tests.drivers.zones import NEW_WWW, WWW, change, task
from tests.serving.processes import wait_until
from tests.sms_backends.servers import Answer, Request, Server, join_calls


class Way(Server):
    """What stands between the portal and PowerDNS. `answer` is what happens to the changes, `reading` to the rest."""

    ANSWERS: ClassVar[dict[Case, str]] = {
        Case.DONE: "ok",
        Case.FAILED: "ok",
        Case.BUSY: "http:429",
        Case.HANG: "hang",
        Case.DRIP: "drip",
        Case.DROP: "drop",
        Case.LOST: "lost",
        Case.GARBAGE: "html",
    }

    def __init__(self, pdns: Pdns) -> None:
        super().__init__()
        self._pdns = pdns
        self._zone = pdns.make_zone(*(record_set(number) for number in range(1, 9)))
        # On SQLite, PowerDNS answers most of the changes that come at the same moment with a 500.
        self._one_at_a_time = threading.Lock()
        self._made: list[bytes] = []
        self.reading = "ok"
        self.changes: list[Request] = []
        self.before_change: Callable[[], object] = lambda: None

    @property
    def settings(self) -> dict[str, str]:
        return {**self._pdns.settings, "POWERDNS_URL": f"http://127.0.0.1:{self.port}"}

    def task(self, number: int) -> Task:
        before = record_set(number)
        return task(self._zone, change(before, RecordSet(before.name, "A", 300, ("198.51.100.1",))))

    def bring_about(self, case: Case) -> None:
        if case == Case.REFUSED:
            self.stop()
            return
        self.answer = self.ANSWERS[case]
        if case == Case.FAILED:
            self._pdns.put(self._zone, "host-1", "A", "203.0.113.1")

    def received(self) -> int:
        return len(self.changes)

    def carried_out(self, task: Task) -> int:
        name = f"{task.values['changes'][0]['name']}.{task.name}."
        return sum(1 for body in self._made if name in {rrset["name"] for rrset in json.loads(body)["rrsets"]})

    def fate(self, request: Request) -> str:
        if request.method == "GET":
            return self.reading
        self.changes.append(request)
        self.before_change()
        return self.answer

    def respond(self, request: Request) -> Answer:
        changes = request.method != "GET"
        kind, _, detail = (self.answer if changes else self.reading).partition(":")
        if kind in {"html", "http"}:
            page = f"<html>{request.headers} {request.body!r}</html>"
            return Answer(int(detail or 200), {"Content-Type": "text/html"}, page.encode())
        if kind == "json":
            return Answer(200, {"Content-Type": "application/json"}, detail.encode())
        with self._one_at_a_time, requests.Session() as session:
            session.trust_env = False
            headers = {"X-API-Key": request.headers["X-API-Key"]}
            answer = session.request(
                request.method, self._pdns.url + request.path, headers=headers, data=request.body, timeout=20
            )
        if changes and answer.ok:
            self._made.append(request.body)
        return Answer(answer.status_code, {"Content-Type": answer.headers.get("Content-Type", "")}, answer.content)


def record_set(number: int) -> RecordSet:
    return RecordSet(f"host-{number}", "A", 300, (f"192.0.2.{number}",))


@pytest.fixture
def way(pdns: Pdns) -> Iterator[Way]:
    with Way(pdns) as server:
        yield server
    join_calls()


@pytest.fixture
def driver(way: Way) -> PowerDnsDriver:
    return PowerDnsDriver(read(PowerDnsDriver, way.settings))


class TestPowerDns(DriverContract):
    driver = PowerDnsDriver

    @pytest.fixture
    def stand_in(self, way: Way) -> StandIn:
        return way


@pytest.mark.parametrize("reading", ["hang", "drip", "drop", "html", "http:500", "http:302", "http:422", "http:401"])
def test_while_it_can_not_be_read_nothing_is_changed(way: Way, reading: str) -> None:
    driver = PowerDnsDriver(read(PowerDnsDriver, way.settings, seconds=1 if reading in {"hang", "drip"} else 20))
    way.reading = reading
    for act in ("change records", "delete zone", "make zone"):
        order = task(way.task(1).name, way.task(1).values["changes"][0], act=act)
        unavailable(driver, order, possible=False)
    with pytest.raises(DriverUnavailableError):
        driver.read_zone(way.task(1).name)
    assert way.changes == []


ODD = [
    "",
    "[]",
    "{}",
    '{"rrsets": []}',
    '{"rrsets": [], "serial": null, "kind": "Native"}',
    '{"rrsets": {}, "serial": [], "kind": "Native"}',
    '{"rrsets": [7], "serial": 1, "kind": "Native"}',
    '{"rrsets": [{"name": "a.example.", "type": "A", "records": "none"}], "serial": 1, "kind": "Native"}',
    '{"rrsets": [{"name": "a..example.", "type": "A", "records": []}], "serial": 1, "kind": "Native"}',
    '{"rrsets": [{"name": "x", "type": "A", "records": [{"content": 7}]}], "serial": 1, "kind": "Native"}',
    '{"rrsets": ' + "[" * 5000,
]


@pytest.mark.parametrize("answer", ODD)
def test_a_zone_of_another_form_is_not_understood(driver: PowerDnsDriver, way: Way, answer: str) -> None:
    way.reading = f"json:{answer}"
    unavailable(driver, way.task(1), possible=False)
    assert way.changes == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 429])
def test_some_statuses_say_that_nothing_was_changed(driver: PowerDnsDriver, way: Way, status: int) -> None:
    way.answer = f"http:{status}"
    unavailable(driver, way.task(1), possible=False)
    assert len(way.changes) == 1


@pytest.mark.parametrize("status", [200, 302, 402, 418, 500, 502, 503, 504])
def test_behind_any_other_status_a_change_may_be_made(driver: PowerDnsDriver, way: Way, status: int) -> None:
    way.answer = f"http:{status}"
    unavailable(driver, way.task(1), possible=True)
    assert len(way.changes) == 1


def test_a_success_that_changed_nothing_is_not_believed(driver: PowerDnsDriver, way: Way) -> None:
    zone = way.task(1).name
    for order in (way.task(1), task(zone, act="delete zone")):
        way.answer = "html"
        said = unavailable(driver, order, possible=True)
        assert "after it was" in said


def test_a_change_whose_end_can_not_be_read_may_be_made(driver: PowerDnsDriver, way: Way) -> None:
    zone = way.task(1).name
    for order in (way.task(1), task(zone, act="delete zone")):
        way.reading = "ok"
        way.before_change = lambda: setattr(way, "reading", "http:500")
        unavailable(driver, order, possible=True)
        way.reading = "ok"
        assert isinstance(driver.carry_out(order), Done)
    assert len(way.changes) == 2


@pytest.mark.parametrize("act", ["delete zone", "make zone"])
@pytest.mark.parametrize("answer", ["lost", "drop"])
def test_a_whole_zone_is_made_or_deleted_once_whatever_gets_lost(
    pdns: Pdns, driver: PowerDnsDriver, way: Way, act: str, answer: str
) -> None:
    zone = way.task(1).name
    if act == "make zone":
        pdns.call("DELETE", f"/zones/{zone}.")
    order = task(zone, change(None, WWW), act=act)
    way.answer = answer
    unavailable(driver, order, possible=True)
    way.answer = "ok"
    assert isinstance(driver.carry_out(order), Done)
    assert pdns.ask(f"www.{zone}", "A") == (["192.0.2.1"] if act == "make zone" else [])
    assert len(way.changes) == (1 if answer == "lost" else 2)


def test_a_change_that_is_made_after_the_portal_gave_up_is_found_made(pdns: Pdns, way: Way) -> None:
    """As when PowerDNS waits for its database."""
    go_on = threading.Event()
    way.before_change = go_on.wait
    order = way.task(1)
    impatient = PowerDnsDriver(read(PowerDnsDriver, way.settings, seconds=1))
    assert "within" in unavailable(impatient, order, possible=True)
    go_on.set()
    wait_until(lambda: way.carried_out(order))
    assert pdns.ask(f"host-1.{order.name}", "A") == ["198.51.100.1"]
    driver = PowerDnsDriver(read(PowerDnsDriver, way.settings))
    assert driver.carry_out(order) == Done({"serial": pdns.serial(order.name)})
    assert len(way.changes) == 1


def test_a_server_that_dies_half_way_is_asked_again_when_it_is_back() -> None:
    with running() as pdns, Way(pdns) as way:
        zone = pdns.make_zone(WWW)
        driver = PowerDnsDriver(read(PowerDnsDriver, way.settings))
        order = task(zone, change(WWW, NEW_WWW))
        way.before_change = pdns.kill
        unavailable(driver, order, possible=True)
        down = PowerDnsDriver(read(PowerDnsDriver, pdns.settings))
        assert "no connection" in unavailable(down, order, possible=False)
        with pytest.raises(DriverUnavailableError, match="no connection"):
            down.read_zone(zone)
        pdns.start()
        way.before_change = lambda: None
        assert driver.carry_out(order) == Done({"serial": pdns.serial(zone)})
        assert pdns.ask(f"www.{zone}", "A") == ["192.0.2.2"]


def test_a_change_that_is_too_large_for_it_says_which_setting_of_powerdns_to_raise(
    driver: PowerDnsDriver, way: Way, pdns: Pdns
) -> None:
    text = f'"{"x" * 250}"'
    changes = [change(None, RecordSet(f"host-{n}", "TXT", 300, (text,))) for n in range(8_000)]
    order = task(pdns.make_zone(WWW), *changes, act="import zone")
    assert "webserver-max-bodysize" in unavailable(driver, order, possible=False)
    assert len(way.changes) == 1
    assert len(way.changes[0].body) > 2 * 1024 * 1024


def test_the_key_goes_along_and_nothing_else_of_the_portal(
    driver: PowerDnsDriver, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    driver.carry_out(way.task(1))
    (request,) = way.changes
    assert request.headers["X-API-Key"] == way.settings["POWERDNS_API_KEY"]
    assert re.fullmatch(r"/api/v1/servers/localhost/zones/[0-9a-f]{8}\.example\.", request.path)
    assert set(json.loads(request.body)) == {"rrsets"}
