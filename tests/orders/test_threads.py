"""Orders in several hands at once: threads of one process, two dispatchers on one database, two clicks."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from portal.acts import Act
from portal.background import Background
from portal.database import begin_read
from portal.drivers.base import Done, Later, Task
from portal.kinds import Kind
from portal.models import Order, VirtualServer
from portal.orders import queue
from portal.orders.dispatcher import WORKERS, OrderDispatcher
from tests.fakes import MemoryDriver
from tests.orders.conftest import SERVER, Shop, raising
from tests.person import Person
from tests.serving.processes import wait_until
from tests.shelf import add_server
from tests.storms.parallel import at_once, copies, post_at_once

pytestmark = pytest.mark.xdist_group("servers")

PATIENCE = 30
"""Seconds after which a test gives up; nothing here takes that long."""


class Gate:
    """A driver's answer that lets a test see who is in the middle of it, and hold them there."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.ended = threading.Semaphore(0)
        self.open = threading.Event()

    def __call__(self, task: Task) -> Done | Later:
        del task
        self.begun.release()
        assert self.open.wait(PATIENCE)
        self.ended.release()
        return Done()

    def wait_for(self, what: threading.Semaphore, count: int) -> None:
        for n in range(count):
            assert what.acquire(timeout=PATIENCE), f"only {n} of {count}"


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open.set()


@pytest.fixture
def start(app: Flask, gate: Gate) -> Iterator[Callable[[float], None]]:
    """Start the app's own thread, which looks for itself every so many seconds."""
    background = app.extensions["background"]
    assert isinstance(background, Background)

    def run(poll_seconds: float) -> None:
        background._jobs = {queue.JOB: replace(background._jobs[queue.JOB], every_seconds=poll_seconds)}
        background.start()

    yield run
    gate.open.set()
    background.stop()
    for _, workers in app.extensions["orders"]._lanes:
        workers._pool.shutdown()


def servers(shop: Shop, count: int) -> list[int]:
    return [shop.add(VirtualServer, **SERVER | {"name": f"web-{n}"}) for n in range(count)]


def outcomes() -> Counter[str | None]:
    with begin_read() as session:
        return Counter(session.scalars(select(Order.outcome)))


def test_a_commit_wakes_the_dispatcher_at_once(
    shop: Shop, vps: MemoryDriver, gate: Gate, start: Callable[[float], None]
) -> None:
    vps.answer = gate
    gate.open.set()
    start(3600.0)
    for server in servers(shop, 3):
        shop.put(Act.STOP_SERVER, object_id=server)
        gate.wait_for(gate.ended, 1)


def test_an_order_that_another_process_wrote_is_found_by_looking(
    shop: Shop, vps: MemoryDriver, gate: Gate, start: Callable[[float], None]
) -> None:
    vps.answer = gate
    gate.open.set()
    order = shop.put(Act.STOP_SERVER)
    shop.change(Order, order.id, due_at=None)
    start(0.01)
    shop.change(Order, order.id, due_at=order.asked_at)  # No commit of the queue's own: it wakes nobody.
    gate.wait_for(gate.ended, 1)


def test_one_slow_driver_holds_up_no_other(
    shop: Shop, vps: MemoryDriver, dedicated: MemoryDriver, gate: Gate, start: Callable[[float], None]
) -> None:
    vps.answer = gate
    for server in servers(shop, 2 * WORKERS):
        shop.put(Act.STOP_SERVER, object_id=server)
    start(3600.0)
    gate.wait_for(gate.begun, WORKERS)
    done = threading.Semaphore(0)

    def answer(task: Task) -> Done | Later:
        del task
        done.release()
        return Done()

    dedicated.answer = answer
    shop.put(Act.STOP_SERVER, Kind.DEDICATED)
    gate.wait_for(done, 1)
    assert len(vps.tasks) == WORKERS, "no more at once than it has workers"
    gate.open.set()
    gate.wait_for(gate.ended, 2 * WORKERS)


def test_a_driver_that_breaks_in_its_thread_has_its_worker_back(
    shop: Shop, vps: MemoryDriver, gate: Gate, start: Callable[[float], None]
) -> None:
    vps.answer = raising(lambda: SystemExit("out"))
    broken = [shop.put(Act.REBOOT_SERVER, object_id=server) for server in servers(shop, 3 * WORKERS)]
    start(0.01)
    wait_until(lambda: all(shop.row(order).unclear for order in broken))
    vps.answer = gate
    gate.open.set()
    shop.put(Act.STOP_SERVER)
    gate.wait_for(gate.ended, 1)


def test_two_dispatchers_at_once_carry_out_each_order_once_and_in_turn(
    app: Flask, shop: Shop, vps: MemoryDriver, dedicated: MemoryDriver
) -> None:
    many = [shop.put(Act.REBOOT_SERVER, object_id=server) for server in servers(shop, 24)]
    acts = (Act.STOP_SERVER, Act.START_SERVER, Act.REBOOT_SERVER) * 4
    turns = [shop.put(act, Kind.DEDICATED, turn=turn) for turn, act in enumerate(acts)]
    dispatchers = [OrderDispatcher(app, lambda: None) for _ in range(4)]

    def drain(dispatcher: OrderDispatcher) -> Callable[[], int]:
        def run() -> int:
            count = 0
            # On one object the next one is due only when the last is over: look again while any is open.
            while outcomes_in_thread(app)[None]:
                count += dispatcher.drain()
            return count

        return run

    counts = at_once([drain(dispatcher) for dispatcher in dispatchers])
    assert sum(counts) == len(many) + len(turns)
    assert Counter(task.id for task in vps.tasks) == Counter(order.id for order in many)
    assert [task.id for task in dedicated.tasks] == [order.id for order in turns]
    assert outcomes() == {"done": len(many) + len(turns)}


def outcomes_in_thread(app: Flask) -> Counter[str | None]:
    with app.app_context():
        return outcomes()


@pytest.mark.parametrize("clicks", [2, 8])
def test_clicks_at_once_make_one_order(enrolled: Person, clicks: int) -> None:
    server = add_server(enrolled)
    page = f"/resources/virtual-servers/{server}"
    enrolled.open(page)
    form = enrolled.page.form(f"{page}/act", act="reboot server")
    fields = {str(field["name"]): str(field["value"]) for field in form.find_all("input")}
    answers = post_at_once(copies(enrolled, clicks), f"{page}/act", fields)
    assert {answer.status_code for answer in answers} == {303}
    assert enrolled.carry_out() == 1
    assert "Reboot Done" in enrolled.open(page).words


def test_one_code_typed_twice_at_once_makes_one_order(enrolled: Person) -> None:
    server = add_server(enrolled)
    enrolled.open(f"/resources/virtual-servers/{server}")
    enrolled.submit(f"/resources/virtual-servers/{server}/act", act="delete server")
    answers = post_at_once(copies(enrolled, 4), "/auth/confirm", {"code": enrolled.newest_code()})
    assert max(answer.status_code for answer in answers) < 500
    assert enrolled.carry_out() == 1
