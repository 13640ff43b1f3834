"""`portal tickets`: the shop's people read and answer; the customer sees it under Support."""

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from portal import cli
from portal.database import begin_read
from portal.models import AuditEvent, TicketMessage
from tests.cli.conftest import Run
from tests.conftest import Clock
from tests.journeys.test_tickets import open_ticket, said, tickets
from tests.person import Person
from tests.shelf import answer_ticket


def newest_message(app: Flask) -> TicketMessage:
    with app.app_context(), begin_read() as session:
        return session.scalars(select(TicketMessage).order_by(TicketMessage.id.desc()).limit(1)).one()


def newest_event(app: Flask) -> tuple[str, str, str | None, int | None, int | None]:
    with app.app_context(), begin_read() as session:
        row = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
        return row.event, row.by, row.kind, row.object_id, row.account_id


def test_the_list_begins_with_what_waits_for_an_answer(portal: Run, registered: Person, time: Clock) -> None:
    for subject in ("First", "Second", "Third"):
        open_ticket(registered, subject)
        time.forward(minutes=1)
    answer_ticket(registered, 3, "Answered.")
    answer_ticket(registered, 2, "", closes=True)
    assert portal("tickets", "list").output.splitlines() == [
        "1\twaits for you\t2026-11-24 09:00 UTC\talice@example.com\tFirst",
        "3\tanswered\t2026-11-24 09:03 UTC\talice@example.com\tThird",
    ]
    assert portal("tickets", "list", "--show", "closed").output.startswith("2\tclosed\t")
    assert len(portal("tickets", "list", "--show", "all").output.splitlines()) == 3
    assert len(portal("tickets", "list", "--show", "all", "--limit", "1").output.splitlines()) == 1
    assert portal("tickets", "list", "--email", "ALICE@example.com").output != ""
    assert portal("tickets", "list", "--email", "bob@example.com").output == ""


def test_a_ticket_is_shown_with_all_that_was_written(portal: Run, registered: Person) -> None:
    open_ticket(registered, "Mail is down", "Since noon.\nHelp")
    answer_ticket(registered, 1, "We look into it.", closes=True)
    assert portal("tickets", "show", "1").output == (
        "Ticket 1: Mail is down\n"
        "From alice@example.com, closed\n"
        "\n--- 2026-11-24 09:00 UTC customer\nSince noon.\nHelp\n"
        "\n--- 2026-11-24 09:00 UTC staff:sam\nWe look into it.\n(closed the ticket)\n"
    )


def test_what_a_customer_wrote_can_not_play_with_the_terminal(portal: Run, registered: Person) -> None:
    open_ticket(registered, "a\x1b[2Jb", "c\x1b]0;owned\x07d\u202ee")
    output = portal("tickets", "show", "1").output
    assert not any(c in output for c in "\x1b\x07\u202e")


def test_an_answer_is_told_on_the_page_and_recorded_with_who_wrote_it(portal: Run, registered: Person) -> None:
    open_ticket(registered)
    result = portal("tickets", "answer", "1", "--message", "Try again now.\r\nIt may help.")
    assert (result.exit_code, result.output) == (0, "Ticket 1 is answered.\n")
    assert newest_message(registered.app).by == "staff:sam"
    assert newest_event(registered.app) == ("ticket answered", "staff:sam", "ticket", 1, 1)
    assert "New answer" in registered.open("/support/").words
    assert said(registered.open("/support/1"))[-1] == "Try again now.\nIt may help."
    assert "sam" not in registered.page.html, "a login name is the shop's own affair"


def test_an_answer_may_be_piped_in(registered: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    open_ticket(registered)
    monkeypatch.setattr(cli, "create_app", lambda: registered.app)
    text = "From a file,\nwith invoice 123456.\n"
    assert CliRunner().invoke(cli.main, ["tickets", "answer", "1"], input=text).exit_code == 0
    assert newest_message(registered.app).body == "From a file,\nwith invoice 123456."


def test_an_answer_may_close_and_one_to_a_closed_ticket_opens_it(portal: Run, registered: Person) -> None:
    open_ticket(registered)
    assert (
        portal("tickets", "answer", "1", "--message", "Done.", "--close").output == "Ticket 1 is answered and closed.\n"
    )
    assert newest_event(registered.app)[0] == "ticket answered and closed"
    assert tickets(registered.app)[0].closed_by == "staff:sam"
    portal("tickets", "answer", "1", "--message", "One more thing.")
    assert newest_event(registered.app)[0] == "ticket opened again"
    assert tickets(registered.app)[0].closed_at is None


def test_a_ticket_is_closed_once(portal: Run, registered: Person) -> None:
    open_ticket(registered)
    assert portal("tickets", "close", "1").output == "Ticket 1 is closed.\n"
    assert portal("tickets", "close", "1").output == "Ticket 1 is closed already.\n"
    assert newest_event(registered.app) == ("ticket closed", "staff:sam", "ticket", 1, 1)
    assert "Closed the ticket." in registered.open("/support/1").words


def test_what_is_not_there_is_said_in_a_sentence(portal: Run, registered: Person) -> None:
    del registered
    for command in (["show", "7"], ["answer", "7", "--message", "Hello."], ["close", "7"]):
        result = portal("tickets", *command)
        assert (result.exit_code, result.output) == (1, "Error: There is no ticket 7.\n")


@pytest.mark.parametrize("text", ["", " \n ", "x" * 20_001])
def test_an_empty_or_endless_answer_is_refused(portal: Run, registered: Person, text: str) -> None:
    open_ticket(registered)
    result = portal("tickets", "answer", "1", "--message", text)
    assert result.exit_code == 1
    assert "An answer has 1 to 20000 characters." in result.output
