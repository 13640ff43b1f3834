"""Orders as pages and the shop's people read them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kinds import Kind
from portal.models import Order

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
