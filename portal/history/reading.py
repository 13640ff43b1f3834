"""An account's events, the newest first: all of them, or those about one thing, of one group, of some days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import Session

from portal.history.words import Group, events_of
from portal.models import AuditEvent

ON_A_PAGE = 50
IN_A_FILE = 10_000
ACCOUNT = "account"
"""The kind of what was done to the account itself."""


@dataclass(frozen=True)
class Wanted:
    """Which events; None: all."""

    kind: str | None = None
    object_id: int | None = None
    group: Group | None = None
    since: date | None = None
    until: date | None = None
    """That day too."""


@dataclass(frozen=True)
class Page:
    events: Sequence[AuditEvent]
    newer: bool
    older: bool


def page(
    session: Session, account_id: int, wanted: Wanted, *, before: int | None = None, after: int | None = None
) -> Page:
    """The newest, or those next to an event of the account's own: older ones before it, or newer ones after it."""
    anchor = _anchor(session, account_id, before or after)
    if anchor is None:
        rows = _rows(session, account_id, wanted, ON_A_PAGE + 1)
        return Page(rows[:ON_A_PAGE], newer=False, older=len(rows) > ON_A_PAGE)
    if before is not None:
        rows = _rows(session, account_id, wanted, ON_A_PAGE + 1, _place < anchor)
        return Page(rows[:ON_A_PAGE], newer=True, older=len(rows) > ON_A_PAGE)
    found = _select(account_id, wanted).where(_place > anchor).order_by(AuditEvent.at, AuditEvent.id)
    rows = session.scalars(found.limit(ON_A_PAGE + 1)).all()
    return Page(rows[:ON_A_PAGE][::-1], newer=len(rows) > ON_A_PAGE, older=True)


def newest(session: Session, account_id: int, wanted: Wanted) -> tuple[Sequence[AuditEvent], bool]:
    """As many as a file holds, and whether there are more."""
    rows = _rows(session, account_id, wanted, IN_A_FILE + 1)
    return rows[:IN_A_FILE], len(rows) > IN_A_FILE


_place: Any = tuple_(AuditEvent.at, AuditEvent.id)
"""In the order that pages have."""


def _anchor(session: Session, account_id: int, event_id: int | None) -> tuple[datetime, int] | None:
    if event_id is None:
        return None
    found = select(AuditEvent.at, AuditEvent.id).where(AuditEvent.id == event_id, AuditEvent.account_id == account_id)
    row = session.execute(found).one_or_none()
    return (row.at, row.id) if row else None


def _rows(
    session: Session, account_id: int, wanted: Wanted, most: int, *where: ColumnElement[bool]
) -> Sequence[AuditEvent]:
    newest_first = (AuditEvent.at.desc(), AuditEvent.id.desc())
    return session.scalars(_select(account_id, wanted).where(*where).order_by(*newest_first).limit(most)).all()


def _select(account_id: int, wanted: Wanted) -> Select[AuditEvent]:
    found = select(AuditEvent).where(AuditEvent.account_id == account_id)
    if wanted.kind is not None:
        found = found.where(AuditEvent.kind == (None if wanted.kind == ACCOUNT else wanted.kind))
    if wanted.object_id is not None:
        found = found.where(AuditEvent.object_id == wanted.object_id)
    if wanted.group is not None:
        found = found.where(AuditEvent.event.in_(events_of(wanted.group)))
    if wanted.since is not None:
        found = found.where(AuditEvent.at >= _start(wanted.since))
    if wanted.until is not None:
        found = found.where(AuditEvent.at < _start(wanted.until) + timedelta(days=1))
    return found


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
