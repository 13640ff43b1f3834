"""Things for a customer to have."""

import secrets
from typing import Any

from sqlalchemy import select

from portal.audit import Actor
from portal.database import begin_write
from portal.models import Account, DedicatedServer, VirtualServer
from portal.tickets.writing import Words, answer_for_shop
from tests.person import Person


def add_server(person: Person, email: str = "alice@example.com", **columns: Any) -> int:
    """A running virtual server "web-1". Returns its id."""
    values: dict[str, Any] = {
        "name": "web-1", "location": "Dallas", "state": "running", "vcpus": 2, "memory_gb": 4, "disk_gb": 80,
        "address": "203.0.113.10",
    }  # fmt: skip
    return add(person, VirtualServer, email, **values | columns)


def add_metal(person: Person, email: str = "alice@example.com", **columns: Any) -> int:
    values: dict[str, Any] = {
        "name": "metal-1", "location": "Dallas", "state": "on", "processor": "AMD EPYC", "memory_gb": 128,
        "address": "198.51.100.10",
    }  # fmt: skip
    return add(person, DedicatedServer, email, **values | columns)


def answer_ticket(person: Person, ticket_id: int, body: str, *, closes: bool = False) -> None:
    """By one of the shop's people."""
    with person.app.app_context():
        words = Words(body, secrets.token_hex(16), closes=closes)
        answer_for_shop(ticket_id, words, Actor("staff:sam"))


def add(person: Person, model: type[Any], email: str, **columns: Any) -> int:
    """A row of this account. Returns its id."""
    with person.app.app_context(), begin_write() as session:
        account_id = session.scalars(select(Account.id).where(Account.email == email)).one()
        row = model(account_id=account_id, **columns)
        session.add(row)
        session.flush()
        return int(row.id)
