"""What happens to an order, in the audit: to which object, and with what values."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal import audit
from portal.acts import values_in_words
from portal.audit import About, Actor
from portal.models import Order


def record_event(
    session: Session, now: datetime, actor: Actor, event: str, order: Order, proof: str | None = None
) -> None:
    """In the same commit."""
    detail = values_in_words(order.values) | {"name": order.object_name, "order": str(order.id)}
    audit.record_about(
        session, now, actor, event, order.account_id, About(order.kind, order.object_id, proof), **detail
    )
