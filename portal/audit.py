"""What happened, for the customer and the shop: who, what, when, from where. No code, password or whole number."""

import logging
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from portal.models import AuditEvent

log = logging.getLogger("portal.audit")


@dataclass(frozen=True)
class Client:
    """Where a request comes from."""

    address: str
    browser: str
    known_token: str = field(default="", repr=False)
    """From the cookie that a full sign-in leaves; empty without one. See `portal/known_browsers.py`."""


@dataclass(frozen=True)
class Actor:
    """Who does it: "customer" with their client, "portal", or "staff:<login name>"."""

    by: str
    client: Client | None = None


def customer(client: Client) -> Actor:
    return Actor("customer", client)


PORTAL = Actor("portal")


def record(session: Session, now: datetime, actor: Actor, event: str, account_id: int | None, **detail: str) -> None:
    """Written in the same commit as what happened."""
    client = actor.client
    row = AuditEvent(
        account_id=account_id,
        at=now,
        event=event,
        by=actor.by,
        address=client.address if client else None,
        browser=client.browser if client else None,
        detail=detail,
    )
    session.add(row)
    said = {"account": account_id, "by": actor.by, "address": row.address} | detail
    log.info("%s %s", event, " ".join(f"{name}={value!r}" for name, value in said.items()))
