"""Things for a customer to have."""

import secrets
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import select

from portal.audit import Actor
from portal.database import begin_read, begin_write
from portal.models import (
    Account,
    DedicatedServer,
    DnsRecordSet,
    DnsZone,
    Domain,
    Invoice,
    InvoiceLine,
    Order,
    VirtualServer,
    WordPressSite,
)
from portal.tickets.writing import Words, answer_for_shop
from tests.person import Person

ZONE_SETS = [
    ("@", "NS", ["ns1.example.net.", "ns2.example.net."]), ("@", "A", ["203.0.113.1"]),
    ("@", "MX", ["10 mail.example.com."]), ("mail", "A", ["203.0.113.3"]), ("www", "A", ["203.0.113.2"]),
]  # fmt: skip
"""Name, type and values of what `add_zone` makes."""
Thing = TypeVar("Thing")


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


def add_site(person: Person, email: str = "alice@example.com", **columns: Any) -> int:
    """A site "shop.example" with an update and two admins."""
    values: dict[str, Any] = {
        "domain": "shop.example", "version": "6.9", "new_version": "7.0", "admin": "admin", "more_admins": ["editor"],
    }  # fmt: skip
    return add(person, WordPressSite, email, **values | columns)


def add_domain(person: Person, email: str = "alice@example.com", **columns: Any) -> int:
    """A locked domain "shop.example" that is renewed by itself."""
    values: dict[str, Any] = {
        "name": "shop.example", "expires_on": date(2027, 6, 1), "locked": True, "auto_renew": True,
        "name_servers": ["ns1.old.example", "ns2.old.example"],
    }  # fmt: skip
    return add(person, Domain, email, **values | columns)


def add_zone(person: Person, email: str = "alice@example.com", **columns: Any) -> int:
    """The zone example.com. Returns its id."""
    values: dict[str, Any] = {"name": "example.com", "serial": 2026112401}
    record_sets = [DnsRecordSet(name=name, type=type_, ttl=3600, values=its) for name, type_, its in ZONE_SETS]
    return add(person, DnsZone, email, **values | {"record_sets": record_sets} | columns)


def add_invoice(person: Person, email: str = "alice@example.com", **columns: Any) -> int:
    """Invoice 2026-1007 of 24 November 2026: a server at 19 % tax, to be paid in 14 days. Returns its id."""
    values: dict[str, Any] = {
        "number": "2026-1007", "issued_on": date(2026, 11, 24), "due_on": date(2026, 12, 8), "currency": "EUR",
        "net": Decimal("20.00"), "tax": Decimal("3.80"), "total": Decimal("23.80"),
        "pay_url": "https://pay.example.com/2026-1007",
    }  # fmt: skip
    if "lines" not in columns:
        columns["lines"] = [invoice_line("Server web-1", "2", "10", "19", "20.00")]
    return add(person, Invoice, email, **values | columns)


def invoice_line(text: str, quantity: str, unit_price: str, tax_percent: str, amount: str) -> InvoiceLine:
    """The first line of an invoice; give the others their position."""
    return InvoiceLine(
        position=1, text=text, quantity=Decimal(quantity), unit_price=Decimal(unit_price),
        tax_percent=Decimal(tax_percent), amount=Decimal(amount),
    )  # fmt: skip


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


def orders(person: Person) -> list[Order]:
    """All that were made, oldest first."""
    with person.app.app_context(), begin_read() as session:
        return list(session.scalars(select(Order).order_by(Order.id)))


def read(person: Person, model: type[Thing], thing: int) -> Thing | None:
    """The row as it is now."""
    with person.app.app_context(), begin_read() as session:
        return session.get(model, thing)
