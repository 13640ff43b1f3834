"""`portal tickets`: what the shop's people read and answer, where there is no help desk, or beside it."""

import getpass
import secrets
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import click
from flask.cli import with_appcontext

from portal import audit
from portal.accounts.signing_in import fold
from portal.database import begin_read
from portal.models import Ticket, TicketMessage
from portal.tickets import reading, writing
from portal.tickets.reading import Show
from portal.tickets.typed import plain
from portal.tickets.writing import LONGEST_ANSWER, NoSuchTicketError, Words


@click.group()
def tickets() -> None:
    """Customers' tickets. What you write is shown to the customer under Support, and recorded with your name."""


@tickets.command(name="list")
@click.option(
    "--show",
    type=click.Choice([show.value for show in Show]),
    default=Show.OPEN.value,
    help="Which; open ones by default.",
)
@click.option("--email", help="Those of one customer.")
@click.option("--limit", type=click.IntRange(1), default=200, help="At most so many; 200 by default.")
@with_appcontext
def tickets_list(show: str, email: str | None, limit: int) -> None:
    """Number, state, last change, customer, subject; those that wait for an answer first."""
    with begin_read() as session:
        found = reading.list_all(session, Show(show), fold(email) if email else None, limit)
    for row in found:
        late = "\tnot at the help desk yet" if row.waits_for_desk else ""
        ticket = row.ticket
        click.echo(f"{ticket.id}\t{_state(ticket)}\t{_at(ticket.changed_at)}\t{row.email}\t{ticket.subject}{late}")


def _on_ticket(command: Callable[..., None]) -> Callable[..., None]:
    """An ID, and a sentence when there is no such ticket."""

    @click.argument("ticket_id", metavar="ID", type=click.IntRange(1, 2**63 - 1))
    @with_appcontext
    def run(ticket_id: int, **values: Any) -> None:
        try:
            command(ticket_id, **values)
        except NoSuchTicketError:
            raise click.ClickException(f"There is no ticket {ticket_id}.") from None

    run.__doc__ = command.__doc__
    return run


@tickets.command(name="show")
@_on_ticket
def tickets_show(ticket_id: int) -> None:
    """All that was written in a ticket, oldest first."""
    with begin_read() as session:
        found = reading.one(session, ticket_id)
    if found is None:
        raise NoSuchTicketError
    ticket, email, messages = found
    click.echo(f"Ticket {ticket.id}: {ticket.subject}\nFrom {email}, {_state(ticket)}")
    for message in messages:
        click.echo(f"\n--- {_at(message.at)} {message.by}{_late(message)}")
        if message.body:
            click.echo(message.body)
        if message.closes:
            click.echo("(closed the ticket)")


@tickets.command(name="answer")
@click.option("--message", help="The answer; without it, what is typed or piped in.")
@click.option("--close", is_flag=True, help="And close the ticket.")
@_on_ticket
def tickets_answer(ticket_id: int, message: str | None, *, close: bool) -> None:
    """Answer a ticket. A closed one is open again, unless --close says otherwise."""
    body = plain(sys.stdin.read() if message is None else message).strip("\n").rstrip()
    if not 0 < len(body) <= LONGEST_ANSWER:
        raise click.ClickException(f"An answer has 1 to {LONGEST_ANSWER} characters.")
    _write(ticket_id, body, closes=close)
    click.echo(f"Ticket {ticket_id} is answered{' and closed' if close else ''}.")


@tickets.command(name="close")
@_on_ticket
def tickets_close(ticket_id: int) -> None:
    """Close a ticket. Its customer can open it again by writing in it."""
    is_new = _write(ticket_id, "", closes=True)
    click.echo(f"Ticket {ticket_id} is closed{'' if is_new else ' already'}.")


def _write(ticket_id: int, body: str, *, closes: bool) -> bool:
    words = Words(body, secrets.token_hex(16), closes=closes)
    return writing.answer_for_shop(ticket_id, words, audit.Actor(f"staff:{getpass.getuser()}"))


def _state(ticket: Ticket) -> str:
    if ticket.is_closed:
        return "closed"
    return "waits for you" if ticket.waits_for_shop else "answered"


def _late(message: TicketMessage) -> str:
    if message.due_at is None:
        return ""
    return f" (not at the help desk yet{f': {message.trouble}' if message.trouble else ''})"


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
