"""Things for a customer to have."""

from typing import Any

from sqlalchemy import select

from portal.database import begin_write
from portal.models import Account, DedicatedServer, DnsRecordSet, DnsZone, VirtualServer
from tests.person import Person

ZONE_SETS = [
    ("@", "NS", ["ns1.example.net.", "ns2.example.net."]), ("@", "A", ["203.0.113.1"]),
    ("@", "MX", ["10 mail.example.com."]), ("mail", "A", ["203.0.113.3"]), ("www", "A", ["203.0.113.2"]),
]  # fmt: skip
"""Name, type and values of what `add_zone` makes."""


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


def add_zone(person: Person, email: str = "alice@example.com", **columns: Any) -> int:
    """The zone example.com. Returns its id."""
    values: dict[str, Any] = {"name": "example.com", "serial": 2026112401}
    record_sets = [DnsRecordSet(name=name, type=type_, ttl=3600, values=its) for name, type_, its in ZONE_SETS]
    return add(person, DnsZone, email, **values | {"record_sets": record_sets} | columns)


def add(person: Person, model: type[Any], email: str, **columns: Any) -> int:
    """A row of this account. Returns its id."""
    with person.app.app_context(), begin_write() as session:
        account_id = session.scalars(select(Account.id).where(Account.email == email)).one()
        row = model(account_id=account_id, **columns)
        session.add(row)
        session.flush()
        return int(row.id)
