"""The record sets of a zone, as the portal last knew them."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, insert, select, tuple_
from sqlalchemy.orm import Session

from portal.dns.difference import Change
from portal.dns.records import APEX, Key, RecordSet, in_order
from portal.models import DnsRecordSet

BATCH = 500
"""Keys in one statement: both engines take that many values."""


def read(session: Session, zone_id: int) -> tuple[RecordSet, ...]:
    """All of them, in order."""
    rows = session.execute(
        select(DnsRecordSet.name, DnsRecordSet.type, DnsRecordSet.ttl, DnsRecordSet.values).where(
            DnsRecordSet.zone_id == zone_id
        )
    )
    return in_order(RecordSet(name, type_, ttl, tuple(values)) for name, type_, ttl, values in rows)


def read_page(
    session: Session, zone_id: int, wanted: tuple[str, str], page: int, size: int
) -> tuple[int, list[RecordSet]]:
    """How many have the wanted part of a name and type (empty for any), and one page of them, counted from 1.

    The zone's own name comes first. A page after the last is the last.
    """
    search, type_ = wanted
    matching = select(DnsRecordSet).where(DnsRecordSet.zone_id == zone_id)
    if search:
        matching = matching.where(DnsRecordSet.name.contains(search, autoescape=True))
    if type_:
        matching = matching.where(DnsRecordSet.type == type_)
    count = session.scalar(select(func.count()).select_from(matching.subquery())) or 0
    rows = session.scalars(
        matching.order_by(DnsRecordSet.name != APEX, DnsRecordSet.name, DnsRecordSet.type)
        .offset((min(page, max(1, -(-count // size))) - 1) * size)
        .limit(size)
    )
    return count, [RecordSet(row.name, row.type, row.ttl, tuple(row.values)) for row in rows]


def find(session: Session, zone_id: int, key: Key) -> RecordSet | None:
    row = session.execute(
        select(DnsRecordSet.ttl, DnsRecordSet.values).where(
            DnsRecordSet.zone_id == zone_id, DnsRecordSet.name == key[0], DnsRecordSet.type == key[1]
        )
    ).one_or_none()
    return RecordSet(*key, row[0], tuple(row[1])) if row else None


def put(session: Session, zone_id: int, changes: Sequence[Change]) -> None:
    """Make every record set what the changes say it is afterwards, whatever it was."""
    keys = [(change["name"], change["type"]) for change in changes]
    for start in range(0, len(keys), BATCH):
        _forget(session, zone_id, keys[start : start + BATCH])
    rows = [
        {"zone_id": zone_id, "name": change["name"], "type": change["type"], **after}
        for change in changes
        if (after := change["after"])
    ]
    if rows:
        session.execute(insert(DnsRecordSet), rows)


def _forget(session: Session, zone_id: int, keys: Iterable[Key]) -> None:
    session.execute(
        delete(DnsRecordSet)
        .where(DnsRecordSet.zone_id == zone_id, tuple_(DnsRecordSet.name, DnsRecordSet.type).in_(list(keys)))
        .execution_options(synchronize_session=False)
    )
