"""The queue of orders: none is lost, and none is done twice where twice matters."""

from datetime import timedelta

import pytest

from portal.acts import Act
from portal.drivers.base import Done, DriverRefusedError, Later
from portal.kinds import Kind
from portal.models import VirtualServer
from portal.orders import listing, settling
from tests.conftest import Clock
from tests.fakes import MemoryDriver
from tests.orders.conftest import DOWN, LEASE, SERVER, SILENT, Shop, is_unclear, raising

TICK = timedelta(microseconds=1)


def test_an_order_is_asked_with_all_a_driver_needs_and_what_is_shown_follows(shop: Shop, vps: MemoryDriver) -> None:
    shop.change(VirtualServer, shop.server, external_id="vm-1")
    order = shop.put(Act.STOP_SERVER)
    assert shop.carry_out() == 1
    [task] = vps.tasks
    assert (task.id, task.attempt, task.kind, task.act, task.name) == (order.id, 1, Kind.VPS, "stop server", "web-1")
    assert (task.external_id, task.customer, task.secret) == ("vm-1", "alice@example.com", None)
    assert shop.thing(VirtualServer, shop.server).state == "stopped"
    done = shop.row(order)
    assert (done.outcome, done.settled_by, done.lease) == ("done", "driver:memory", None)
    assert shop.events()[-1] == ("stop server: done", "driver:memory")
    assert shop.carry_out() == 0


def test_a_driver_that_is_down_is_asked_again_after_longer_and_longer_waits(
    shop: Shop, vps: MemoryDriver, time: Clock
) -> None:
    vps.answer = DOWN
    order = shop.put(Act.REBOOT_SERVER)
    assert shop.carry_out() == 1
    waits = []
    for _ in range(12):
        now, due_at = time.at, shop.row(order).due_at
        assert due_at is not None
        waits.append(round((due_at - now).total_seconds()))
        time.at = due_at - 2 * TICK
        assert shop.carry_out() == 0
        time.at = due_at
        assert shop.carry_out() == 1
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300]
    assert shop.row(order).trouble == "no connection"
    vps.answer = lambda _: Done()
    time.forward(minutes=5)
    shop.carry_out()
    assert [task.attempt for task in vps.tasks] == list(range(1, 15))
    assert shop.row(order).outcome == "done"


def test_what_a_driver_refuses_has_failed_and_the_customer_reads_why(shop: Shop, vps: MemoryDriver) -> None:
    vps.answer = raising(lambda: DriverRefusedError("The server\nis being\x00 moved. \ud800" + "x" * 600))
    order = shop.row(shop.put(Act.RESET_ROOT))
    assert order.secret is not None
    shop.carry_out()
    failed = shop.row(order)
    assert (failed.outcome, failed.secret) == ("failed", None)
    assert failed.note is not None
    assert failed.note.startswith("The server is being moved. xxx")
    assert len(failed.note) == 500
    assert shop.thing(VirtualServer, shop.server).state == "running"


@pytest.mark.parametrize("act", [Act.REBOOT_SERVER, Act.REINSTALL_SERVER])
def test_what_may_be_done_and_would_do_harm_twice_waits_for_people(shop: Shop, vps: MemoryDriver, act: Act) -> None:
    vps.answer = SILENT
    order = shop.put(act, image="Debian 13")
    shop.carry_out()
    assert is_unclear(shop.row(order))
    assert shop.row(order).trouble == "no answer in time"
    assert shop.carry_out() == 0
    assert len(vps.tasks) == 1


def test_what_does_no_more_twice_is_asked_again(shop: Shop, vps: MemoryDriver, time: Clock) -> None:
    vps.answer = SILENT
    order = shop.put(Act.DELETE_SERVER)
    shop.carry_out()
    assert not shop.row(order).unclear
    assert listing.status(shop.row(order))[0] == "Asked for"
    vps.answer = lambda _: Done()
    time.forward(seconds=3)
    shop.carry_out()
    assert shop.row(order).outcome == "done"
    assert len(vps.tasks) == 2


def test_a_driver_that_knows_repeats_is_asked_again(shop: Shop, dedicated: MemoryDriver, time: Clock) -> None:
    dedicated.answer = SILENT
    order = shop.put(Act.REINSTALL_SERVER, Kind.DEDICATED, image="Debian 13")
    shop.carry_out()
    time.forward(seconds=3)
    dedicated.answer = lambda _: Done()
    shop.carry_out()
    assert shop.row(order).outcome == "done"
    assert {task.id for task in dedicated.tasks} == {order.id}


def test_one_that_was_cut_off_waits_for_people(shop: Shop, vps: MemoryDriver, time: Clock) -> None:
    order = shop.put(Act.REBOOT_SERVER)
    assert len(shop.claim()) == 1
    time.forward(seconds=29)
    assert shop.carry_out() == 0, "its lease has not ended"
    time.forward(seconds=2)
    shop.carry_out()
    assert is_unclear(shop.row(order))
    assert vps.tasks == []


def test_one_that_was_cut_off_after_an_attempt_that_did_nothing_waits_for_people_too(
    shop: Shop, vps: MemoryDriver, time: Clock
) -> None:
    vps.answer = DOWN
    order = shop.put(Act.REBOOT_SERVER)
    shop.carry_out()
    time.forward(seconds=3)
    assert len(shop.claim()) == 1
    time.forward(seconds=31)
    shop.carry_out()
    assert is_unclear(shop.row(order))
    assert len(vps.tasks) == 1


def test_one_that_was_cut_off_is_carried_out_again_where_that_does_no_harm(
    shop: Shop, dedicated: MemoryDriver, vps: MemoryDriver, time: Clock
) -> None:
    stopped = shop.put(Act.STOP_SERVER)
    reinstalled = shop.put(Act.REINSTALL_SERVER, Kind.DEDICATED, image="Debian 13")
    assert len(shop.claim(9)) == 2
    time.forward(seconds=31)
    assert shop.carry_out() == 2
    assert [shop.row(order).outcome for order in (stopped, reinstalled)] == ["done", "done"]
    assert [task.attempt for task in [*vps.tasks, *dedicated.tasks]] == [2, 2]


def test_one_that_may_be_done_is_not_handed_to_another_driver(
    shop: Shop, dedicated: MemoryDriver, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new one knows repeats, but not what the old one was asked."""
    dedicated.answer = SILENT
    order = shop.put(Act.REBOOT_SERVER, Kind.DEDICATED)
    shop.carry_out()
    assert shop.row(order).due_at is not None
    monkeypatch.setattr(type(dedicated), "name", "new")
    time.forward(seconds=3)
    shop.carry_out()
    assert is_unclear(shop.row(order))
    assert len(dedicated.tasks) == 1


def test_an_outcome_that_can_not_be_written_down_is_not_lost(
    shop: Shop, vps: MemoryDriver, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repeatable one is asked again, until it can be; another one waits for people."""
    real = settling._settle
    monkeypatch.setattr(settling, "_settle", lambda *_: 1 / 0)
    stop = shop.put(Act.STOP_SERVER)
    shop.carry_out()
    assert shop.row(stop).outcome is None
    assert shop.row(stop).trouble == "its outcome could not be written down: ZeroDivisionError"
    assert shop.thing(VirtualServer, shop.server).state == "running", "all of it or nothing"
    other = shop.add(VirtualServer, **SERVER)
    reboot = shop.put(Act.REBOOT_SERVER, object_id=other)
    shop.carry_out()
    assert is_unclear(shop.row(reboot))
    monkeypatch.setattr(settling, "_settle", real)
    time.forward(seconds=10)
    shop.carry_out()
    assert shop.row(stop).outcome == "done"
    assert [task.act for task in vps.tasks] == ["stop server", "reboot server", "stop server"]


def test_a_refusal_that_can_not_be_written_down_is_asked_for_again(
    shop: Shop, vps: MemoryDriver, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    vps.answer = raising(lambda: DriverRefusedError("No."))
    order = shop.put(Act.REBOOT_SERVER)
    with monkeypatch.context() as patch:
        patch.setattr(settling, "_settle", lambda *_: 1 / 0)
        shop.carry_out()
    assert not shop.row(order).possible
    time.forward(seconds=3)
    shop.carry_out()
    assert shop.row(order).outcome == "failed"


def test_what_is_taken_over_waits_for_an_answer(shop: Shop, vps: MemoryDriver, time: Clock) -> None:
    vps.answer = lambda _: Later()
    order = shop.put(Act.REBOOT_SERVER)
    shop.carry_out()
    waiting = shop.row(order)
    assert (waiting.due_at, waiting.lease, waiting.unclear, waiting.trouble) == (None, None, False, None)
    time.forward(days=30)
    assert shop.carry_out() == 0


def test_who_was_slower_than_its_lease_puts_nothing_back(shop: Shop, time: Clock, vps: MemoryDriver) -> None:
    order = shop.put(Act.STOP_SERVER)
    [slow] = shop.claim()
    time.at += LEASE
    [other] = shop.claim()
    assert slow.lease != other.lease
    for answer in (SILENT, DOWN, lambda _: Later()):
        vps.answer = answer
        shop.dispatcher._carry_out(slow)
        row = shop.row(order)
        assert (row.lease, row.outcome, row.trouble) == (other.lease, None, None)


def test_who_was_slower_than_its_lease_settles_nothing_while_another_is_at_it(
    shop: Shop, time: Clock, vps: MemoryDriver
) -> None:
    order = shop.put(Act.STOP_SERVER)
    [slow] = shop.claim()
    time.at += LEASE
    [other] = shop.claim()
    vps.answer = raising(lambda: DriverRefusedError("No."))
    shop.dispatcher._carry_out(slow)
    assert shop.row(order).outcome is None
    vps.answer = lambda _: Done()
    shop.dispatcher._carry_out(other)
    vps.answer = raising(lambda: DriverRefusedError("No."))
    shop.dispatcher._carry_out(slow)
    assert shop.row(order).outcome == "done"


def test_who_was_slower_than_its_lease_still_says_how_it_went_when_nobody_else_knows(
    shop: Shop, time: Clock, vps: MemoryDriver
) -> None:
    order = shop.put(Act.REBOOT_SERVER)
    [slow] = shop.claim()
    time.at += LEASE
    shop.carry_out()
    assert is_unclear(shop.row(order))
    shop.dispatcher._carry_out(slow)
    assert shop.row(order).outcome == "done"
    assert len(vps.tasks) == 1


def test_one_that_takes_longer_than_it_may_is_told_to_the_shop(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    moments = iter([100.0, 160.0])
    monkeypatch.setattr("portal.orders.dispatcher.time.monotonic", lambda: next(moments))
    order = shop.put(Act.STOP_SERVER)
    shop.carry_out()
    assert f"order {order.id}: memory took 60 s, longer than it may" in caplog.text
    assert shop.row(order).outcome == "done"
