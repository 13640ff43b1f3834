"""What a customer is shown once: a new password, or a transfer code."""

from datetime import datetime

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal import audit, sealing
from portal.acts import Act
from portal.audit import Client
from portal.models import Order
from portal.orders.catalogue import EFFECTS
from portal.orders.recording import record_event


def can_show(order: Order) -> bool:
    return order.secret is not None and order.shown_at is None


def show(session: Session, now: datetime, account_id: int, order_id: int, client: Client) -> str | None:
    """The secret, the first time only. Raises UnsealError."""
    first = (
        update(Order)
        .where(
            Order.id == order_id, Order.account_id == account_id, Order.shown_at.is_(None), Order.secret.is_not(None)
        )
        .values(shown_at=now)
        .returning(Order.id)
    )
    if session.scalar(first) is None:
        return None
    order = session.scalars(select(Order).where(Order.id == order_id).execution_options(populate_existing=True)).one()
    secret = sealing.unseal(current_app.config["SEAL_KEY"], order.secret or b"")
    if not EFFECTS[Act(order.act)].makes_password or order.settled_at is not None:
        order.secret = None  # A password that is not set yet is still needed; everything else is not.
    record_event(session, now, audit.customer(client), "secret shown", order)
    return secret
