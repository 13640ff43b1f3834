"""Orders as pages and the shop's people read them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from portal.kinds import Kind
from portal.models import Account, Order

LAST = 5


def last_of(session: Session, kind: Kind, account_id: int, object_id: int) -> Sequence[Order]:
    """The newest orders on one object, newest first."""
    return session.scalars(
        select(Order)
        .where(Order.kind == kind, Order.object_id == object_id, Order.account_id == account_id)
        .order_by(Order.id.desc())
        .limit(LAST)
    ).all()


def own(session: Session, account_id: int, order_id: int) -> Order | None:
    return session.scalar(select(Order).where(Order.id == order_id, Order.account_id == account_id))


def status(order: Order) -> tuple[str, str]:
    """What became of it, and the tone of its badge."""
    if order.outcome == "done":
        return "Done", "good"
    if order.outcome == "failed":
        return "Failed", "bad"
    if order.unclear:
        return "Being checked", "warn"
    return "Asked for", "warn"


def counts(session: Session) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Open orders by kind, and the unclear ones of them."""
    unclear = func.sum(case((and_(Order.possible, Order.due_at.is_(None)), 1), else_=0))
    found = select(Order.kind, func.count(), unclear).where(Order.settled_at.is_(None)).group_by(Order.kind)
    rows = session.execute(found).all()
    return {kind: count for kind, count, _ in rows}, {kind: count for kind, _, count in rows}


AT_ONCE = 500
"""Rows read at a time."""
MOST = 2**63 - 1
"""No order has this number, or a higher one."""


def for_staff(
    session: Session, *, kind: Kind | None = None, account_id: int | None = None, ended: bool = False
) -> Iterator[tuple[Order, Account]]:
    """Open orders, the oldest first; then with `ended` the others too, the newest first. Read as they are taken."""
    found = select(Order, Account).join(Account, Account.id == Order.account_id).limit(AT_ONCE)
    if kind is not None:
        found = found.where(Order.kind == kind)
    if account_id is not None:
        found = found.where(Order.account_id == account_id)
    last = 0
    while rows := session.execute(found.where(Order.settled_at.is_(None), Order.id > last).order_by(Order.id)).all():
        yield from ((order, account) for order, account in rows)
        last = rows[-1][0].id
    last = MOST
    over = found.where(Order.settled_at.is_not(None)).order_by(Order.id.desc())
    while ended and (rows := session.execute(over.where(Order.id < last)).all()):
        yield from ((order, account) for order, account in rows)
        last = rows[-1][0].id


def state(order: Order, account: Account, now: datetime) -> str:
    """In a few words, for the shop's people."""
    if order.outcome is not None:
        return order.outcome
    if order.is_held(now):
        return "in progress"
    if order.unclear:
        return "unclear"
    if order.due_at is None and order.driver != "local":
        return f"waits for {order.driver}"
    if account.disabled_at is not None:
        return "held: account disabled"  # For people too: whoever asked may be why it was disabled.
    return "waits for you" if order.due_at is None else _due(order.due_at, now)


def _due(due_at: datetime, now: datetime) -> str:
    return "queued" if due_at <= now else f"again at {due_at:%H:%M:%S} UTC"
