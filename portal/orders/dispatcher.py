"""Hands due orders to their drivers, several at once.

What a driver refuses has failed. What it can't do now is tried again after 2, 4, 8 ... 300 seconds for as long as it
takes, for an order is never lost; but one that may have been carried out, and would do harm a second time, waits for
people unless its driver knows repeats.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from flask import Flask

from portal import clock, sealing
from portal.acts import TERMS, Act
from portal.audit import Actor
from portal.database import begin_read, begin_write
from portal.drivers.base import Done, Driver, DriverRefusedError, DriverUnavailableError, Later, Task
from portal.kinds import Kind
from portal.models import Account, Order
from portal.orders import objects, queue, settling

log = logging.getLogger("portal.orders")

WORKERS = 4
"""Orders carried out at once by one process, so that one slow driver holds up no other."""
SHORTEST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=5)
LEASE_MARGIN = timedelta(seconds=10)
NOT_BY_ITSELF = None
"""When an order is due again that waits for people, or for the shop's answer."""
GONE = "It is not there any more."

Answer = Done | Later | DriverRefusedError | DriverUnavailableError


class OrderDispatcher:
    def __init__(self, app: Flask, wake: Callable[[], None]) -> None:
        """`wake` is called when a worker has become free."""
        self._app = app
        self._wake = wake
        self._drivers: dict[Kind, Driver] = app.config["DRIVERS"]
        self._lease = LEASE_MARGIN + timedelta(seconds=app.config["DRIVER_TIMEOUT_SECONDS"])
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="order")
        self._free = WORKERS
        self._lock = threading.Lock()

    def run_due(self) -> None:
        """Hand what is due to free workers and return."""
        for order in self._claim(self._free):
            with self._lock:
                self._free -= 1
            self._pool.submit(self._carry_out_and_free, order)

    def drain(self) -> int:
        """Carry out all that is due now, in this thread. Returns how many orders that were."""
        count = 0
        while claimed := self._claim(1):
            self._carry_out(claimed[0])
            count += 1
        return count

    def _claim(self, most: int) -> list[Order]:
        with self._app.app_context():
            now = clock.now()
            with begin_read() as session:
                if most < 1 or not queue.is_due(session, now):
                    return []
            with begin_write() as session:
                return queue.claim(session, now, self._lease, most)

    def _carry_out_and_free(self, order: Order) -> None:
        try:
            self._carry_out(order)
        except Exception:
            log.exception("order %s: could not be settled; its lease will end", order.id)
        finally:
            with self._lock:
                self._free += 1
            self._wake()

    def _carry_out(self, order: Order) -> None:
        with self._app.app_context():
            driver = self._drivers[Kind(order.kind)]
            if self._may_be_done_already(order, driver):
                self._put_back(order, NOT_BY_ITSELF, "the last attempt ended without a word", unclear=True)
                return
            answer = _ask(driver, self._task(order))
            log.info("order %s: %s at attempt %s: %s", order.id, driver.name, order.attempts, _in_words(answer))
            self._take(order, driver, answer)

    def _may_be_done_already(self, order: Order, driver: Driver) -> bool:
        """An earlier attempt was cut off: it died between the driver's yes and the settling, or before."""
        was_cut_off = order.attempts > 1 and order.trouble is None
        return was_cut_off and not (TERMS[Act(order.act)].repeatable or driver.knows_repeats)

    def _task(self, order: Order) -> Task | None:
        """What to carry out; None when its object is gone."""
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
            self._put_back(order, NOT_BY_ITSELF, "")
        elif isinstance(answer, DriverUnavailableError):
            again = not answer.possible or TERMS[Act(order.act)].repeatable or driver.knows_repeats
            wait = min(SHORTEST_WAIT * 2 ** min(order.attempts - 1, 10), LONGEST_WAIT)
            due_at = clock.now() + wait if again else NOT_BY_ITSELF
            self._put_back(order, due_at, str(answer), unclear=not again)
        else:
            self._settle(order, driver, answer)

    def _settle(self, order: Order, driver: Driver, answer: Done | DriverRefusedError) -> None:
        actor = Actor(f"driver:{driver.name}"[:100])
        with begin_write() as session:
            held = queue.hold_open(session, order.id, order.lease)
            if held is None:
                log.warning("order %s: settled too late: somebody else holds it", order.id)
            elif isinstance(answer, Done):
                settling.settle_done(session, clock.now(), held, answer, actor)
            else:
                settling.settle_failed(session, clock.now(), held, str(answer), actor)

    def _put_back(self, order: Order, due_at: datetime | None, trouble: str, *, unclear: bool = False) -> None:
        with begin_write() as session:
            queue.put_back(session, order, due_at, trouble, unclear=unclear)


def _ask(driver: Driver, task: Task | None) -> Answer:
    if task is None:
        return DriverRefusedError(GONE)
    try:
        return driver.carry_out(task)
    except (DriverRefusedError, DriverUnavailableError) as error:
        return error
    except Exception as error:  # noqa: BLE001 - a driver that breaks its contract is an unknown answer
        # Its words may hold a secret; its class can't.
        return DriverUnavailableError(f"broke with {type(error).__name__}", possible=True)


def _in_words(answer: Answer) -> str:
    said = f": {answer}" if isinstance(answer, Exception) else ""
    return f"{type(answer).__name__}{said}"
