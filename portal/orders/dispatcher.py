"""Hands due orders to their drivers, several at once.

What a driver refuses has failed. What it can't do now is tried again after 2, 4, 8 ... 300 seconds for as long as it
takes, for an order is never lost; but one that may have been carried out, and would do harm a second time, waits for
people unless its driver knows repeats.
"""

import logging
import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from functools import partial

from flask import Flask

from portal import clock, sealing
from portal.acts import TERMS, Act
from portal.audit import Actor
from portal.database import begin_read, begin_write
from portal.drivers.base import Done, Driver, DriverRefusedError, DriverUnavailableError, Later, Task
from portal.kinds import Kind
from portal.metrics import ORDERS
from portal.models import Account, Order
from portal.orders import objects, queue, settling
from portal.orders.words import one_line
from portal.sealing import UnsealError
from portal.workers import Workers

log = logging.getLogger("portal.orders")

WORKERS = 4
"""Orders that one process hands to one driver at once. Each driver has its own: one that is slow holds up no other."""
SHORTEST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=5)
LEASE_MARGIN = timedelta(seconds=10)
NOT_BY_ITSELF = None
"""When an order is due again that waits for people, or for the shop's answer."""
UNCLEAR = "an attempt ended without a word and may have done it"
SECRET_LOST = "The password that was made for this can't be read any more. Please ask again for a new one."  # noqa: S105

Answer = Done | Later | DriverRefusedError | DriverUnavailableError


class OrderDispatcher:
    def __init__(self, app: Flask, wake: Callable[[], None]) -> None:
        """`wake` is called when a worker has become free."""
        self._app = app
        self._drivers: Mapping[Kind, Driver] = app.config["DRIVERS"]
        self._limit = timedelta(seconds=app.config["DRIVER_TIMEOUT_SECONDS"])
        self._lease = LEASE_MARGIN + self._limit
        self._lanes = [
            (
                [kind for kind in Kind if self._drivers[kind] is driver],
                Workers(f"order-{driver.name}", WORKERS, wake),
            )
            for driver in dict.fromkeys(self._drivers.values())
        ]

    def run_due(self) -> None:
        """Hand what is due to free workers and return."""
        for kinds, workers in self._lanes:
            for order in self._claim(kinds, workers.free):
                workers.do(partial(self._carry_out, order))

    def drain(self) -> int:
        """Carry out all that is due now, in this thread. Returns how many orders that were."""
        count = 0
        while claimed := self._claim(list(Kind), 1):
            self._carry_out(claimed[0])
            count += 1
        return count

    def _claim(self, kinds: Collection[Kind], most: int) -> list[Order]:
        with self._app.app_context():
            now = clock.now()
            with begin_read() as session:
                if most < 1 or not queue.is_due(session, now, kinds):
                    return []
            with begin_write() as session:
                return queue.claim(session, now, kinds, self._lease, most)

    def _carry_out(self, order: Order) -> None:
        with self._app.app_context():
            driver = self._drivers[Kind(order.kind)]
            if order.possible and not _may_repeat(order, driver):
                log.warning("order %s: %s; it waits for people", order.id, UNCLEAR)
                self._put_back(order, driver, NOT_BY_ITSELF, UNCLEAR, possible=True)
                return
            began = time.monotonic()
            answer = self._answer(order, driver)
            took = time.monotonic() - began
            log.info("order %s: %s at attempt %s: %s", order.id, driver.name, order.attempts, _in_words(answer))
            if took > self._limit.total_seconds() + 1:
                log.warning("order %s: %s took %.0f s, longer than it may", order.id, driver.name, took)
            self._take(order, driver, answer)

    def _answer(self, order: Order, driver: Driver) -> Answer:
        try:
            task = self._task(order)
        except UnsealError:
            return DriverRefusedError(SECRET_LOST)
        return DriverRefusedError(settling.GONE) if task is None else _ask(driver, task)

    def _task(self, order: Order) -> Task | None:
        """What to carry out; None when its object is gone. Raises UnsealError."""
        with begin_read() as session:
            thing = None
            if order.object_id is not None:
                thing = objects.find(session, Kind(order.kind), order.account_id, order.object_id)
                if thing is None:
                    return None
            account = session.get_one(Account, order.account_id)
        return Task(
            id=order.id,
            attempt=order.attempts,
            kind=Kind(order.kind),
            act=order.act,
            name=order.object_name,
            external_id=thing.external_id if thing is not None else None,
            customer=account.email,
            values=order.values,
            asked_at=order.asked_at,
            secret=sealing.unseal(self._app.config["SEAL_KEY"], order.secret) if order.secret else None,
        )

    def _take(self, order: Order, driver: Driver, answer: Answer) -> None:
        if isinstance(answer, Later):
            self._put_back(order, driver, NOT_BY_ITSELF, "", possible=False)
        elif isinstance(answer, DriverUnavailableError):
            possible = answer.possible or order.possible
            again = not possible or _may_repeat(order, driver)
            wait = min(SHORTEST_WAIT * 2 ** min(order.attempts - 1, 10), LONGEST_WAIT)
            due_at = clock.now() + wait if again else NOT_BY_ITSELF
            self._put_back(order, driver, due_at, str(answer), possible=possible)
        else:
            self._settle(order, driver, answer)

    def _settle(self, order: Order, driver: Driver, answer: Done | DriverRefusedError) -> None:
        try:
            outcome = self._record(order, driver, answer)
        except Exception as error:
            # What was done is done, whatever keeps the portal from writing it down.
            log.exception("order %s: its outcome could not be written down", order.id)
            words = f"its outcome could not be written down: {type(error).__name__}"
            self._take(order, driver, DriverUnavailableError(words, possible=isinstance(answer, Done)))
        else:
            if outcome is not None:
                ORDERS.labels(order.kind, outcome).inc()

    def _record(self, order: Order, driver: Driver, answer: Done | DriverRefusedError) -> str | None:
        """The outcome; None where it was not for this attempt to say any more."""
        actor = Actor(f"driver:{driver.name}"[:100])
        with begin_write() as session:
            held = queue.hold(session, order.id)
            # Slower than its lease, it still knows best, unless somebody else is at it by now, or has settled it.
            if held is None or held.settled_at is not None or held.lease not in {None, order.lease}:
                log.warning("order %s: settled too late: somebody else has it", order.id)
                return None
            held.driver = driver.name
            if isinstance(answer, Done):
                settling.settle_done(session, clock.now(), held, answer, actor)
            else:
                settling.settle_failed(session, clock.now(), held, str(answer), actor)
            return held.outcome

    def _put_back(self, order: Order, driver: Driver, due_at: datetime | None, trouble: str, *, possible: bool) -> None:
        with begin_write() as session:
            if not queue.put_back(session, order, driver.name, due_at, possible=possible, trouble=trouble):
                log.warning("order %s: put back too late: somebody else has it", order.id)


def _may_repeat(order: Order, driver: Driver) -> bool:
    """Whether it does no harm to ask this driver once more for what may be done already."""
    knows = driver.knows_repeats and order.driver == driver.name  # what another was asked for, it can't know
    return TERMS[Act(order.act)].repeatable or knows


def _ask(driver: Driver, task: Task) -> Answer:
    try:
        answer: object = driver.carry_out(task)
    except (DriverRefusedError, DriverUnavailableError) as error:
        return error
    except BaseException as error:  # noqa: BLE001 - a driver that breaks its contract, by sys.exit too, says nothing
        # Its words may hold a secret; its class can't.
        return DriverUnavailableError(f"broke with {type(error).__name__}", possible=True)
    if isinstance(answer, Later) or (isinstance(answer, Done) and _is_sound(answer)):
        return answer
    return DriverUnavailableError(f"answered with a {type(answer).__name__} that is no answer", possible=True)


def _is_sound(done: Done) -> bool:
    """What the annotations promise, kept by a driver that nobody checked."""
    return isinstance(done.facts, Mapping) and isinstance(done.note, str) and isinstance(done.secret, str | None)


def _in_words(answer: Answer) -> str:
    said = f": {one_line(str(answer))}" if isinstance(answer, Exception) else ""
    return f"{type(answer).__name__}{said}"
