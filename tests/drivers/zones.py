"""Orders for the PowerDNS driver, and record sets for them."""

from typing import Any

from portal import clock
from portal.dns.records import RecordSet
from portal.drivers.base import Kind, Task

NS = RecordSet("@", "NS", 3600, ("ns1.example.net.", "ns2.example.net."))
WWW = RecordSet("www", "A", 300, ("192.0.2.1",))
NEW_WWW = RecordSet("www", "A", 300, ("192.0.2.2",))


def state(record_set: RecordSet | None) -> dict[str, Any] | None:
    return None if record_set is None else {"ttl": record_set.ttl, "values": list(record_set.values)}


def change(before: RecordSet | None, after: RecordSet | None) -> dict[str, Any]:
    one = before or after
    assert one
    return {"name": one.name, "type": one.type, "before": state(before), "after": state(after)}


def task(zone: str, *changes: dict[str, Any], act: str = "change records", attempt: int = 1, **values: Any) -> Task:
    return Task(
        id=1,
        attempt=attempt,
        kind=Kind.DNS,
        act=act,
        name=zone,
        external_id=None,
        customer="alice@example.com",
        values={"changes": list(changes), **values},
        asked_at=clock.now(),
    )
