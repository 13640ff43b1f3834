"""Tickets as pages and the shop's people read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, func, or_, select, true, update
from sqlalchemy.orm import Session

from portal.models import Account, Ticket, TicketMessage

ON_A_PAGE = 50
"""Tickets of a list, messages of a ticket."""


class Show(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


_WHICH: dict[Show, ColumnElement[bool]] = {
    Show.OPEN: Ticket.closed_at.is_(None),
    Show.CLOSED: Ticket.closed_at.is_not(None),
    Show.ALL: true(),
}
_NEWEST_FIRST = (Ticket.changed_at.desc(), Ticket.id.desc())


@dataclass(frozen=True)
class Listed:
    """A ticket in the shop's list."""

    ticket: Ticket
    email: str
    waits_for_desk: bool
    """Whether the help desk has not taken all of it yet."""


def count_own(session: Session, account_id: int, show: Show) -> int:
    return session.scalar(select(func.count()).where(Ticket.account_id == account_id, _WHICH[show])) or 0


def list_own(session: Session, account_id: int, show: Show, skip: int) -> Sequence[Ticket]:
    """A page of a customer's tickets, the last changed first."""
    found = select(Ticket).where(Ticket.account_id == account_id, _WHICH[show]).order_by(*_NEWEST_FIRST)
    return session.scalars(found.offset(skip).limit(ON_A_PAGE)).all()


def own(session: Session, account_id: int, ticket_id: int) -> Ticket | None:
    return session.scalar(select(Ticket).where(Ticket.id == ticket_id, Ticket.account_id == account_id))


def thread(session: Session, ticket_id: int, before: int | None = None) -> tuple[Sequence[TicketMessage], bool]:
    """Its newest messages, or those before one of them, in their order; and whether there are earlier ones."""
    found = select(TicketMessage).where(TicketMessage.ticket_id == ticket_id)
    if before is not None:
        found = found.where(TicketMessage.id < before)
    rows = session.scalars(found.order_by(TicketMessage.id.desc()).limit(ON_A_PAGE + 1)).all()
    return rows[:ON_A_PAGE][::-1], len(rows) > ON_A_PAGE


def note_seen(session: Session, ticket: Ticket) -> None:
    """The customer has the page with its last answer. One that came since stays new."""
    seen = update(Ticket).where(Ticket.id == ticket.id).values(seen_at=ticket.answered_at)
    session.execute(seen, execution_options={"synchronize_session": False})


def list_all(session: Session, show: Show, email: str | None, most: int) -> Sequence[Listed]:
    """Tickets of all customers, or of one: those that wait for the shop first, each by its last change."""
    waits = or_(Ticket.answered_at.is_(None), Ticket.answered_at < Ticket.asked_at)
    at_desk = exists().where(TicketMessage.ticket_id == Ticket.id, TicketMessage.due_at.is_not(None))
    found = select(Ticket, Account.email, at_desk).join(Account, Account.id == Ticket.account_id).where(_WHICH[show])
    if email is not None:
        found = found.where(Account.email == email)
    found = found.order_by(Ticket.closed_at.is_not(None), waits.desc(), *_NEWEST_FIRST)
    return [Listed(*row) for row in session.execute(found.limit(most))]


def one(session: Session, ticket_id: int) -> tuple[Ticket, str, Sequence[TicketMessage]] | None:
    """A ticket with its customer's email and all that was written."""
    found = select(Ticket, Account.email).join(Account, Account.id == Ticket.account_id).where(Ticket.id == ticket_id)
    row = session.execute(found).one_or_none()
    if row is None:
        return None
    messages = select(TicketMessage).where(TicketMessage.ticket_id == ticket_id).order_by(TicketMessage.id)
    return row[0], row[1], session.scalars(messages).all()
