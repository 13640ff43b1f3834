"""Opening, answering and closing tickets, by the customer, the shop's people, or the help desk."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit, clock, limits, sessions
from portal.audit import About, Actor, Client
from portal.database import begin_write
from portal.limits import Count
from portal.models import Ticket, TicketMessage
from portal.sessions import Browser
from portal.tickets import queue
from portal.tickets.typed import mask_codes

KIND = "ticket"
"""Of a ticket in the audit."""


LONGEST_ANSWER = 20_000
"""Characters that the shop may write."""


class NoSuchTicketError(Exception):
    """There is none, or it is another customer's."""


@dataclass(frozen=True)
class Written:
    """What a customer wrote is kept, now or by the first of two clicks."""

    ticket_id: int
    masked: bool
    """Whether something in it looked like a code."""


@dataclass(frozen=True)
class Words:
    """What is written to a ticket."""

    body: str
    once: str
    """The same for the same words sent twice."""
    closes: bool = False
    to_desk: bool = True
    """Whether the help desk is to have it; not what came from there."""


def open_ticket(browser: Browser, subject: str, body: str, once: str, client: Client) -> Written:
    """Raises LimitReachedError."""
    now = clock.now()
    kept = (mask_codes(subject), mask_codes(body))
    masked, once = kept != (subject, body), _once(once, *kept)
    with begin_write() as session:
        account_id = sessions.hold(session, browser, now).account_id  # Its lock: the second click waits here.
        earlier = session.scalar(select(Ticket.id).where(Ticket.account_id == account_id, Ticket.once == once))
        if earlier is not None:
            return Written(earlier, masked)
        _count(session, now, Count("TICKET_ACCOUNT", str(account_id)), _messages_of(account_id))
        ticket = Ticket(account_id=account_id, once=once, subject=kept[0], opened_at=now, changed_at=now, asked_at=now)
        session.add(ticket)
        session.flush()
        _write(session, now, ticket, Words(kept[1], once), audit.customer(client), "ticket opened")
        return Written(ticket.id, masked)


def answer(browser: Browser, ticket_id: int, body: str, once: str, client: Client) -> Written:
    """Raises NoSuchTicketError, LimitReachedError."""
    now, kept = clock.now(), mask_codes(body)
    words = Words(kept, _once(once, kept))
    with begin_write() as session:
        account_id = sessions.hold(session, browser, now).account_id
        ticket = _hold(session, ticket_id, account_id)
        if not _is_there(session, ticket, words.once):
            _count(session, now, _messages_of(account_id))
            _write(session, now, ticket, words, audit.customer(client))
    return Written(ticket_id, kept != body)


def close(browser: Browser, ticket_id: int, once: str, client: Client) -> None:
    """One that is closed stays as it is. Raises NoSuchTicketError."""
    now, words = clock.now(), Words("", _once(once), closes=True)
    with begin_write() as session:
        ticket = _hold(session, ticket_id, sessions.hold(session, browser, now).account_id)
        if not ticket.is_closed and not _is_there(session, ticket, words.once):
            _write(session, now, ticket, words, audit.customer(client))


def answer_for_shop(ticket_id: int, words: Words, actor: Actor, ref: str | None = None) -> bool:
    """By the shop's people, or by the help desk, which also says the ticket's ref. Returns whether it is new.

    Raises NoSuchTicketError.
    """
    now = clock.now()
    with begin_write() as session:
        ticket = _hold(session, ticket_id)
        if ref is not None and ticket.ref != ref:
            raise NoSuchTicketError
        if _is_there(session, ticket, words.once):
            return False
        if ticket.is_closed and words.closes and not words.body and words.to_desk:
            return False  # The help desk's own is kept: it may send it again after the customer has opened the ticket.
        _write(session, now, ticket, words, actor)
        return True


def _hold(session: Session, ticket_id: int, account_id: int | None = None) -> Ticket:
    """The ticket, locked; with an account only if it is that one's. Raises NoSuchTicketError."""
    found = select(Ticket).where(Ticket.id == ticket_id)
    if account_id is not None:
        found = found.where(Ticket.account_id == account_id)
    ticket = session.scalar(found.with_for_update().execution_options(populate_existing=True))
    if ticket is None:
        raise NoSuchTicketError
    return ticket


def _write(
    session: Session, now: datetime, ticket: Ticket, words: Words, actor: Actor, event: str = "ticket answered"
) -> None:
    """Add it to a ticket that is held. Words that do not close a ticket open a closed one again."""
    message = TicketMessage(
        ticket_id=ticket.id, at=now, by=actor.by, body=words.body, closes=words.closes, once=words.once
    )
    session.add(message)
    if words.to_desk:
        queue.add(session, now, message)
    if words.closes:
        event = "ticket answered and closed" if words.body else "ticket closed"
    elif ticket.is_closed:
        event = "ticket opened again"
    ticket.changed_at = now
    if actor.by == "customer":
        ticket.asked_at = now
    elif words.body:
        ticket.answered_at = now
    ticket.closed_at, ticket.closed_by = (now, actor.by) if words.closes else (None, None)
    audit.record_about(session, now, actor, event, ticket.account_id, About(KIND, ticket.id))


def _is_there(session: Session, ticket: Ticket, once: str) -> bool:
    same = select(TicketMessage.id).where(TicketMessage.ticket_id == ticket.id, TicketMessage.once == once)
    return session.scalar(same) is not None


def _once(form: str, *words: str) -> str:
    """Of these words in this form. Who goes back, writes something else and sends it has written two things."""
    return hashlib.sha256("\0".join([form, *words]).encode()).hexdigest()[:32]


def _messages_of(account_id: int) -> Count:
    return Count("TICKET_MESSAGE_ACCOUNT", str(account_id))


def _count(session: Session, now: datetime, *counts: Count) -> None:
    limits.take(session, current_app.config["RATES"], now, *counts)
