"""The rows of orders: added, claimed, put back, held to be settled.

A claim is a lease, as in `portal/delivery/outbox.py`: whoever was slower than its lease puts nothing back. The orders
of one object are carried out one after the other, in the order they were asked for; those of a disabled account wait.
"""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, CursorResult, Select, and_, bindparam, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from portal.kinds import Kind
from portal.models import Account, Order
from portal.orders.words import one_line
from portal.waking import has_work

JOB = "orders"
"""The background's job that carries them out."""


def add(session: Session, order: Order) -> None:
    session.add(order)
    session.flush()
    has_work(session, JOB)


def is_due(session: Session, now: datetime, kinds: Collection[Kind]) -> bool:
    return session.scalar(_ANY_DUE, {"now": now, "kinds": list(kinds)}) is not None


def claim(session: Session, now: datetime, kinds: Collection[Kind], lease: timedelta, most: int) -> list[Order]:
    """Take up to `most` due orders of these kinds, each for one lease and one attempt."""
    chosen = _DUE.order_by(Order.due_at, Order.id).limit(most).with_for_update(skip_locked=True, of=Order).cte("chosen")
    statement = (
        update(Order)
        .where(Order.id.in_(select(chosen.c.id)))
        .values(
            lease=secrets.token_hex(16),
            lease_until=now + lease,
            attempts=Order.attempts + 1,
            # A lease that was not given back: that attempt was cut off, before the driver's yes or after it.
            possible=or_(Order.possible, Order.lease.is_not(None)),
        )
        .returning(Order)
    )
    params = {"now": now, "kinds": list(kinds)}
    return list(session.scalars(statement, params, execution_options={"populate_existing": True}))


def put_back(
    session: Session, order: Order, driver: str, due_at: datetime | None, *, possible: bool, trouble: str
) -> bool:
    """Again at `due_at`; None: not before somebody says how it went. False when the lease was lost."""
    mine = update(Order).where(Order.id == order.id, Order.lease == order.lease, Order.settled_at.is_(None))
    free = mine.values(
        lease=None,
        lease_until=None,
        driver=driver,
        due_at=due_at,
        possible=possible,
        trouble=one_line(trouble) or None,
    )
    result = session.execute(free, execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)  # nosec B101  # noqa: S101 - what an UPDATE gives, said for the type checker
    return result.rowcount == 1


def hold(session: Session, order_id: int) -> Order | None:
    """The order, locked."""
    found = select(Order).where(Order.id == order_id).with_for_update().execution_options(populate_existing=True)
    return session.scalar(found)


def _due() -> Select[int]:
    """Of `kinds` at `now`."""
    now: BindParameter[datetime] = bindparam("now")
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
        Order.kind.in_(bindparam("kinds", expanding=True)),
        or_(Order.lease_until.is_(None), Order.lease_until <= now),
        exists().where(Account.id == Order.account_id, Account.disabled_at.is_(None)),
        is_next,
    )


# Built once, since they are asked every second: building one costs more than asking.
_DUE = _due()
_ANY_DUE = _DUE.limit(1)
