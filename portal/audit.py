"""What happened, for the customer and the shop: who, what, when, from where. No code, password or whole number."""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert
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
    """Who does it: "customer" with their client, "portal", "staff:<login name>", or as in AuditEvent."""

    by: str
    client: Client | None = None


def customer(client: Client) -> Actor:
    return Actor("customer", client)


PORTAL = Actor("portal")


@dataclass(frozen=True)
class About:
    """What was done to what, and what allowed it."""

    kind: str | None = None
    """A Kind, or "ticket"; None for the account itself."""
    object_id: int | None = None
    proof: str | None = None
    """"code", "password", "recent code" or "recent password"."""


def record(session: Session, now: datetime, actor: Actor, event: str, account_id: int | None, **detail: str) -> None:
    """Something that happened to the account itself, written in the same commit."""
    record_about(session, now, actor, event, account_id, About(), **detail)


def record_about(
    session: Session,
    now: datetime,
    actor: Actor,
    event: str,
    account_id: int | None,
    about: About,
    **detail: str,
) -> None:
    """Something that happened to one of the things an account has."""
    client = actor.client
    row = AuditEvent(
        account_id=account_id,
        at=now,
        event=event,
        by=actor.by,
        address=client.address if client else None,
        browser=client.browser if client else None,
        proof=about.proof,
        kind=about.kind,
        object_id=about.object_id,
        detail=detail,
    )
    session.add(row)
    said = {"account": account_id, "by": actor.by, "address": row.address} | detail
    log.info("%s %s", event, " ".join(f"{name}={value!r}" for name, value in said.items()))


def record_many(session: Session, now: datetime, actor: Actor, rows: list[dict[str, Any]]) -> None:
    """Things that happened together, without a client, as columns of AuditEvent. Log the whole with `record`."""
    if rows:
        session.execute(insert(AuditEvent), [row | {"at": now, "by": actor.by} for row in rows])
