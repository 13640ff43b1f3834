"""Orders to put into the queue, and drivers that answer as they are told."""

import os
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import ROOT, clock
from portal.acts import Act
from portal.audit import Client
from portal.database import begin_read, begin_write
from portal.drivers.base import Done, DriverUnavailableError, Later, Task
from portal.kinds import Kind
from portal.models import Account, AuditEvent, DedicatedServer, Domain, Order, VirtualServer
from portal.orders import listing, objects, placing
from portal.orders.dispatcher import OrderDispatcher
from tests.conftest import SETTINGS, Clock
from tests.fakes import MemoryDriver, driver
from tests.serving.processes import Session

CLIENT = Client("203.0.113.5", "a browser")
SERVER: dict[str, Any] = {
    "name": "web-1", "location": "Dallas", "state": "running", "vcpus": 2, "memory_gb": 4, "disk_gb": 80,
    "address": "203.0.113.10",
}  # fmt: skip
METAL: dict[str, Any] = {
    "name": "metal-1", "location": "Dallas", "state": "on", "processor": "AMD EPYC", "memory_gb": 128,
    "address": "198.51.100.10",
}  # fmt: skip


@pytest.fixture
def settings() -> dict[str, str]:
    return {
        "DRIVER_VPS": "tests.fakes:MemoryDriver",
        "DRIVER_DEDICATED": "tests.orders.drivers:KnowingDriver",
        "DRIVER_DOMAIN": "tests.fakes:MemoryDriver",
    }


class Shop:
    """The rows, as a test puts and finds them. Alice has a virtual server, a dedicated one and a domain."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        dispatcher = app.extensions["orders"]
        assert isinstance(dispatcher, OrderDispatcher)
        self.dispatcher = dispatcher
        self._made = 0
        self.account_id = self.add_account("alice@example.com")
        self.server = self.add(VirtualServer, **SERVER)
        self.metal = self.add(DedicatedServer, **METAL)
        expires_on = date(2027, 11, 24)
        self.domain = self.add(Domain, name="example.com", expires_on=expires_on, locked=False, auto_renew=True)

    def add_account(self, email: str) -> int:
        with begin_write() as session:
            account = Account(
                email=email, name="x", account_type="personal", password_hash="-", epoch=0, made_at=clock.now()
            )
            session.add(account)
            session.flush()
            return account.id

    def add(self, model: type[Any], **columns: Any) -> int:
        with begin_write() as session:
            row = model(account_id=self.account_id, **columns)
            session.add(row)
            session.flush()
            return int(row.id)

    def put(self, act: Act, kind: Kind = Kind.VPS, object_id: int | None = None, **values: Any) -> Order:
        """Order something of the account's own, as an approval does it."""
        self._made += 1
        object_id = object_id or {Kind.VPS: self.server, Kind.DEDICATED: self.metal, Kind.DOMAIN: self.domain}[kind]
        with begin_write() as session:
            thing = objects.find(session, kind, self.account_id, object_id)
            account = session.get_one(Account, self.account_id)
            asked = placing.act_on(act, kind, thing, f"{self._made:032x}", **values)
            order = placing.place(session, clock.now(), account, asked, CLIENT, "code")
            session.flush()
            session.expunge(order)  # As it was made, whatever becomes of the row.
            return order

    def row(self, order: Order) -> Order:
        """As it stands in the database now."""
        with begin_read() as session:
            return session.get_one(Order, order.id, populate_existing=True)

    def thing(self, model: type[Any], object_id: int) -> Any:
        with begin_read() as session:
            return session.get(model, object_id, populate_existing=True)

    def change(self, model: type[Any], row_id: int, **values: object) -> None:
        with begin_write() as session:
            row = session.get_one(model, row_id, populate_existing=True)
            for name, value in values.items():
                setattr(row, name, value)

    def events(self) -> list[tuple[str, str]]:
        """What the audit says, in order: the event and by whom."""
        with begin_read() as session:
            rows = session.scalars(select(AuditEvent).order_by(AuditEvent.id))
            return [(row.event, row.by) for row in rows]

    def claim(self, most: int = 1) -> list[Order]:
        """As a process does that dies before it asks the driver, or is slow."""
        return self.dispatcher._claim(list(Kind), most)

    def carry_out(self) -> int:
        return self.dispatcher.drain()


@pytest.fixture
def shop(app: Flask, time: Clock) -> Iterator[Shop]:
    del time
    with app.app_context():
        yield Shop(app)


@pytest.fixture
def real_shop(app: Flask) -> Iterator[Shop]:
    """By the real clock, for tests with processes of their own."""
    with app.app_context():
        yield Shop(app)


START_SECONDS = 60
Start = Callable[..., Session]


@pytest.fixture
def start_portal(database_url: str, settings: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """Start a `portal` command on the database of the test. Nothing of it is left afterwards."""
    environment = os.environ | SETTINGS | settings | {"DATABASE_URL": database_url, "PYTHONPATH": str(ROOT)}
    sessions: list[Session] = []

    def start(*arguments: str) -> Session:
        command = [sys.executable, "-c", "from portal.cli import main; main()", *arguments]
        sessions.append(Session(command, cwd=tmp_path, environment=environment))
        return sessions[-1]

    yield start
    for session in sessions:
        session.end()


@pytest.fixture
def vps(app: Flask) -> MemoryDriver:
    """Does not know repeats."""
    return driver(app, Kind.VPS)


@pytest.fixture
def dedicated(app: Flask) -> MemoryDriver:
    """Knows repeats."""
    return driver(app, Kind.DEDICATED)


LEASE = timedelta(seconds=30)
"""A margin, and the time limit of a driver."""


def raising(make_error: Callable[[], BaseException]) -> Callable[[Task], Done | Later]:
    """A driver's answer to every task."""

    def answer(task: Task) -> Done | Later:
        del task
        raise make_error()

    return answer


DOWN = raising(lambda: DriverUnavailableError("no connection", possible=False))
SILENT = raising(lambda: DriverUnavailableError("no answer in time", possible=True))


def is_unclear(order: Order) -> bool:
    """It waits for people, and no dispatcher takes it."""
    waits = order.due_at is None and order.lease is None
    return order.unclear and waits and listing.status(order)[0] == "Being checked"
