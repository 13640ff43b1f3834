"""The rows of the outbox: queued, claimed, settled.

A claim is a lease. Whoever settles a text must still hold its lease, so a sender that was slower than its lease
changes nothing. Dying between a provider's yes and the settling sends one text twice, with the same code.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CursorResult, String, bindparam, case, or_, select, update
from sqlalchemy.orm import Session

from portal.models import Account, Challenge, TextMessage
from portal.texts import Notice
from portal.waking import has_work

CODE = "code"
NOTICE_LIFE = timedelta(hours=24)
JOB = "dispatch"
"""The background's job that sends them."""

# Built once, since they are asked every second: building one costs more than asking.
_DUE = select(TextMessage.id).where(
    TextMessage.settled_at.is_(None),
    TextMessage.due_at <= bindparam("now"),
    or_(TextMessage.lease_until.is_(None), TextMessage.lease_until <= bindparam("now")),
)
_ANY_DUE = _DUE.limit(1)
_CHOSEN = (
    _DUE.order_by(case((TextMessage.kind == CODE, 0), else_=1), TextMessage.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .cte("chosen")  # Chosen once: inside the UPDATE, PostgreSQL might look, and lock, more than once.
)
_CLAIM = (
    update(TextMessage)
    .where(TextMessage.id.in_(select(_CHOSEN.c.id)))
    .values(lease=bindparam("token"), lease_until=bindparam("end"))
    .returning(TextMessage)
)


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    """A provider took it over."""
    POSSIBLE = "possible"
    """It may have gone out; no provider said so."""
    REJECTED = "rejected"
    """No provider reaches this number."""
    DROPPED = "dropped"
    """It died, or was no longer wanted, before it could be sent."""


@dataclass(frozen=True)
class Target:
    """A phone that a code can go to."""

    slot: str
    number: str
    proven_at: datetime | None
    """None: the code is to prove it."""


def queue_code(session: Session, now: datetime, challenge: Challenge, target: Target) -> None:
    """Queue the code of a challenge; the text dies with it."""
    text = TextMessage(
        account_id=challenge.account_id,
        kind=CODE,
        challenge_id=challenge.id,
        slot=target.slot,
        number=target.number,
        proven=target.proven_at is not None,
        dies_at=challenge.expires_at,
    )
    _queue(session, now, text)


def queue_notices(
    session: Session, now: datetime, account: Account, kind: Notice, numbers: Iterable[str], slot: str = ""
) -> None:
    """Tell each of the numbers what was done. No limit refuses a notice."""
    for number in numbers:
        text = TextMessage(
            account_id=account.id, kind=kind.value, slot=slot, number=number, proven=True, dies_at=now + NOTICE_LIFE
        )
        _queue(session, now, text)


def is_due(session: Session, now: datetime) -> bool:
    return session.scalar(_ANY_DUE, {"now": now}) is not None


def claim(session: Session, now: datetime, lease: timedelta, most: int) -> list[TextMessage]:
    """Take up to `most` due texts, codes first, each for one lease."""
    params = {"now": now, "most": most, "token": secrets.token_hex(16), "end": now + lease}
    return list(session.scalars(_CLAIM, params, execution_options={"populate_existing": True}))


def settle(session: Session, now: datetime, text: TextMessage, outcome: Outcome, **facts: str | None) -> bool:
    """End a text. `facts`: provider, provider_id, reason. False when the lease was lost."""
    fitting = {name: _fitting(name, value) for name, value in facts.items()}
    return _update(session, text, settled_at=now, outcome=outcome.value, lease=None, lease_until=None, **fitting)


def note_possible(session: Session, text: TextMessage, possible: int, provider: str) -> bool:
    """Keep the number of possible sends also when this process dies. False when the lease was lost."""
    return _update(session, text, possible=possible, provider=_fitting("provider", provider))


def put_back(session: Session, text: TextMessage, due_at: datetime) -> bool:
    """All providers were tried in vain: again at `due_at`. False when the lease was lost."""
    return _update(session, text, passes=TextMessage.passes + 1, due_at=due_at, lease=None, lease_until=None)


def _fitting(column: str, words: str | None) -> str | None:
    """A provider's words, as the column takes them: what can't be settled is sent again at the end of each lease."""
    kind = TextMessage.__table__.c[column].type
    assert isinstance(kind, String)  # nosec B101  # noqa: S101 - said for the type checker
    return "".join(c for c in words or "" if c.isprintable())[: kind.length] or None


def _queue(session: Session, now: datetime, text: TextMessage) -> None:
    text.id = secrets.token_hex(16)
    text.queued_at = text.due_at = now
    session.add(text)
    has_work(session, JOB)


def _update(session: Session, text: TextMessage, **values: object) -> bool:
    mine = update(TextMessage).where(
        TextMessage.id == text.id, TextMessage.lease == text.lease, TextMessage.settled_at.is_(None)
    )
    result = session.execute(mine.values(**values), execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)  # nosec B101  # noqa: S101 - what an UPDATE gives, said for the type checker
    return result.rowcount == 1
