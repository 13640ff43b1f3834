"""What is open on one object: it is carried out before anything that is asked for now."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kinds import Kind
from portal.models import Order


def orders_ahead(session: Session, kind: Kind, object_id: int) -> Sequence[Order]:
    """Oldest first."""
    mine = select(Order).where(Order.kind == kind, Order.object_id == object_id, Order.settled_at.is_(None))
    return session.scalars(mine.order_by(Order.id)).all()
