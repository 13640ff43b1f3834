"""Messages that the help desk is to have: added with the message, claimed, taken or put back.

A claim is a lease, as in `portal/delivery/outbox.py`. The messages of one ticket go out in their order, so an earlier
one that is not taken holds up the later ones.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import BindParameter, CursorResult, Select, bindparam, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from portal.models import TicketMessage
from portal.waking import has_work

JOB = "tickets"
"""The background's job that hands them over."""


def add(session: Session, now: datetime, message: TicketMessage) -> None:
    """In the message's own commit. Without a help desk there is nothing to do."""
    if current_app.config["HELP_DESK"] is not None:
        message.due_at = now
        has_work(session, JOB)


def is_due(session: Session, now: datetime) -> bool:
    return session.scalar(_ANY_DUE, {"now": now}) is not None


def claim(session: Session, now: datetime, lease: timedelta, most: int) -> list[TicketMessage]:
    """Take up to `most` due messages, each for one lease and one attempt."""
    due = _DUE.order_by(TicketMessage.due_at, TicketMessage.id).limit(most)
    chosen = due.with_for_update(skip_locked=True, of=TicketMessage).cte("chosen")
    statement = (
        update(TicketMessage)
        .where(TicketMessage.id.in_(select(chosen.c.id)))
        .values(lease=secrets.token_hex(16), lease_until=now + lease, attempts=TicketMessage.attempts + 1)
        .returning(TicketMessage)
    )
    return list(session.scalars(statement, {"now": now}, execution_options={"populate_existing": True}))


def settle_taken(session: Session, now: datetime, message: TicketMessage) -> bool:
    """The help desk has it. False when the lease was lost."""
    return _update(session, message, taken_at=now, due_at=None, trouble=None)


def put_back(session: Session, message: TicketMessage, due_at: datetime, trouble: str) -> bool:
    """Again at `due_at`. False when the lease was lost."""
    return _update(session, message, due_at=due_at, trouble=trouble[:500])


def _due() -> Select[int]:
    """At `now`."""
    now: BindParameter[datetime] = bindparam("now")
    before = aliased(TicketMessage)
    waits_for_another = exists().where(
        before.ticket_id == TicketMessage.ticket_id, before.due_at.is_not(None), before.id < TicketMessage.id
    )
    return select(TicketMessage.id).where(
        TicketMessage.due_at <= now,
        or_(TicketMessage.lease_until.is_(None), TicketMessage.lease_until <= now),
        ~waits_for_another,
    )


def _update(session: Session, message: TicketMessage, **values: Any) -> bool:
    mine = update(TicketMessage).where(TicketMessage.id == message.id, TicketMessage.lease == message.lease)
    result = session.execute(
        mine.values(lease=None, lease_until=None, **values), execution_options={"synchronize_session": False}
    )
    assert isinstance(result, CursorResult)  # nosec B101  # noqa: S101 - what an UPDATE gives, said for the type checker
    return result.rowcount == 1


# Built once, since they are asked every second.
_DUE = _due()
_ANY_DUE = _DUE.limit(1)
