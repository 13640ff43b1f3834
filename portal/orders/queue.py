"""The rows of orders: added, claimed, put back, settled.

A claim is a lease, as in `portal/delivery/outbox.py`: whoever was slower than its lease changes nothing. The orders of
one object are carried out one after the other, in the order they were asked for.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Select, and_, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from portal.delivery.outbox import WAKES
from portal.models import Order


def add(session: Session, order: Order) -> None:
    session.add(order)
    session.flush()
    session.info[WAKES] = True


def is_due(session: Session, now: datetime) -> bool:
    return session.scalar(_due(now).limit(1)) is not None


def claim(session: Session, now: datetime, lease: timedelta, most: int) -> list[Order]:
    """Take up to `most` due orders, each for one lease and one attempt."""
    chosen = _due(now).order_by(Order.due_at).limit(most).with_for_update(skip_locked=True, of=Order).cte("chosen")
    statement = (
        update(Order)
        .where(Order.id.in_(select(chosen.c.id)))
        .values(lease=secrets.token_hex(16), lease_until=now + lease, attempts=Order.attempts + 1)
        .returning(Order)
    )
    return list(session.scalars(statement, execution_options={"populate_existing": True}))


def put_back(session: Session, order: Order, due_at: datetime | None, trouble: str, *, unclear: bool = False) -> bool:
    """Again at `due_at`; None: not before somebody says how it went. False when the lease was lost."""
    return _update(session, order, due_at=due_at, trouble=trouble[:500], unclear=unclear)


def hold_open(session: Session, order_id: int, lease: str | None = None) -> Order | None:
    """The order, locked, if it is open, and if a lease is given still under it."""
    found = select(Order).where(Order.id == order_id, Order.settled_at.is_(None))
    if lease is not None:
        found = found.where(Order.lease == lease)
    return session.scalar(found.with_for_update().execution_options(populate_existing=True))


def _due(now: datetime) -> Select[int]:
    before = aliased(Order)
    is_next = ~exists().where(
        and_(
            before.kind == Order.kind,
            before.object_id == Order.object_id,
            before.settled_at.is_(None),
            before.id < Order.id,
        )
    )
    return select(Order.id).where(
        Order.settled_at.is_(None),
        Order.due_at <= now,
        or_(Order.lease_until.is_(None), Order.lease_until <= now),
        is_next,
    )


def _update(session: Session, order: Order, **values: Any) -> bool:
    mine = update(Order).where(Order.id == order.id, Order.lease == order.lease, Order.settled_at.is_(None))
    result = session.execute(
        mine.values(lease=None, lease_until=None, **values), execution_options={"synchronize_session": False}
    )
    assert isinstance(result, CursorResult)  # nosec B101  # noqa: S101 - what an UPDATE gives, said for the type checker
    return result.rowcount == 1
