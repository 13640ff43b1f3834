"""/metrics, for Prometheus."""

import re

import pytest
from prometheus_client import REGISTRY

from portal.drivers.base import Done, DriverRefusedError, DriverUnavailableError, Task
from tests.fakes import driver
from tests.person import Person, wrong
from tests.shelf import add_server


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_metrics_are_for_the_addresses_that_the_settings_allow(alice: Person) -> None:
    assert alice.open("/metrics").status == 404
    local = Person(alice.app, "127.0.0.1")
    assert local.open("/metrics").status == 200


@pytest.mark.parametrize("settings", [{"METRICS_ALLOWED": "10.0.0.0/8"}])
def test_a_network_may_be_allowed(alice: Person) -> None:
    assert Person(alice.app, "10.1.2.3").open("/metrics").status == 200
    assert Person(alice.app, "127.0.0.1").open("/metrics").status == 404


def test_sign_ins_codes_and_texts_are_counted_by_outcome(enrolled: Person) -> None:
    signed_in = counted("portal_sign_ins_total", outcome="signed in with a code")
    refused = counted("portal_sign_ins_total", outcome="wrong password")
    right = counted("portal_codes_total", purpose="sign_in", outcome="right")
    missed = counted("portal_codes_total", purpose="sign_in", outcome="wrong")
    sent = counted("portal_texts_total", provider="memory", outcome="accepted")
    timed = counted("portal_text_seconds_count")

    enrolled.sign_out()
    enrolled.sign_in(password="not the right password")
    enrolled.sign_in()
    code = enrolled.newest_code()
    enrolled.type_code(wrong(code))
    enrolled.type_code(code)

    assert counted("portal_sign_ins_total", outcome="signed in with a code") == signed_in + 1
    assert counted("portal_sign_ins_total", outcome="wrong password") == refused + 1
    assert counted("portal_codes_total", purpose="sign_in", outcome="right") == right + 1
    assert counted("portal_codes_total", purpose="sign_in", outcome="wrong") == missed + 1
    assert counted("portal_texts_total", provider="memory", outcome="accepted") == sent + 1
    assert counted("portal_text_seconds_count") == timed + 1


def test_the_length_of_the_queue_is_shown(enrolled: Person) -> None:
    enrolled.sign_out()
    enrolled.sign_in()
    page = Person(enrolled.app, "127.0.0.1").open("/metrics")
    assert re.search(r"^portal_texts_waiting 1\.0$", page.html, re.MULTILINE)
    enrolled.texts()
    page = Person(enrolled.app, "127.0.0.1").open("/metrics")
    assert re.search(r"^portal_texts_waiting 0\.0$", page.html, re.MULTILINE)


def order(person: Person, act: str, state: str = "running") -> None:
    """Of a new server."""
    server = add_server(person, state=state)
    person.open(f"/resources/virtual-servers/{server}")
    person.submit(f"/resources/virtual-servers/{server}/act", act=act)


def shown(person: Person) -> dict[str, float]:
    """What Prometheus is told about orders for virtual servers."""
    page = Person(person.app, "127.0.0.1").open("/metrics").html
    found = re.findall(r'^(portal_orders_\w+)\{kind="vps"(?:,outcome="(\w+)")?\} (\S+)$', page, re.MULTILINE)
    return {" ".join(filter(None, (name, outcome))): float(value) for name, outcome, value in found}


@pytest.mark.parametrize("settings", [{"DRIVER_VPS": "tests.fakes:MemoryDriver"}])
def test_orders_are_counted_by_outcome_and_those_that_are_open_and_unclear_are_shown(enrolled: Person) -> None:
    def answer(task: Task) -> Done:
        match task.act:
            case "force off server":
                raise DriverRefusedError("No.")
            case "reboot server":
                raise DriverUnavailableError("no answer", possible=True)
            case "start server":
                raise DriverUnavailableError("no connection", possible=False)
        return Done()

    driver(enrolled.app).answer = answer
    done = counted("portal_orders_total", kind="vps", outcome="done")
    failed = counted("portal_orders_total", kind="vps", outcome="failed")
    for act in ("stop server", "stop server", "reboot server", "force off server"):
        order(enrolled, act)
    order(enrolled, "start server", "stopped")
    before = shown(enrolled)
    assert (before["portal_orders_open"], before["portal_orders_unclear"]) == (5, 0)
    enrolled.carry_out()
    after = shown(enrolled)
    assert (after["portal_orders_open"], after["portal_orders_unclear"]) == (2, 1)
    assert after["portal_orders_total done"] == done + 2
    assert after["portal_orders_total failed"] == failed + 1


@pytest.mark.parametrize("settings", [{"DRIVER_VPS": "tests.fakes:MemoryDriver"}])
def test_orders_that_wait_do_not_make_the_portal_unready(enrolled: Person) -> None:
    def down(task: Task) -> Done:
        raise DriverUnavailableError(f"{task.act}: no connection", possible=False)

    driver(enrolled.app).answer = down
    order(enrolled, "stop server")
    enrolled.carry_out()
    assert enrolled.open("/readyz").status == 200
