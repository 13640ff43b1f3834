"""What a customer is shown once: a new password, or a transfer code."""

from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from portal import audit, sealing
from portal.audit import Client
from portal.models import Order
from portal.orders import queue
from portal.orders.recording import record_event
from portal.prune import KEEP_SECRETS, SHOW_AGAIN
from portal.sessions import Browser


def can_show(order: Order, now: datetime, browser: Browser) -> bool:
    """Whether this browser can be shown it: the first time, or soon after it was shown here."""
    if order.secret is None or (order.settled_at is not None and now - order.settled_at > KEEP_SECRETS):
        return False
    return order.shown_at is None or (order.shown_to == browser.id and now < order.shown_at + SHOW_AGAIN)


def show(session: Session, now: datetime, browser: Browser, order_id: int, client: Client) -> str | None:
    """The secret, if it can be shown here. Pruning erases it. Raises UnsealError."""
    order = queue.hold(session, order_id)
    if order is None or order.account_id != browser.account.id or not can_show(order, now, browser):
        return None
    secret = sealing.unseal(current_app.config["SEAL_KEY"], order.secret or b"")
    if order.shown_at is None:  # Whoever looks again a moment later is still at the same look.
        order.shown_at, order.shown_to = now, browser.id
        record_event(session, now, audit.customer(client), "secret shown", order)
    return secret
