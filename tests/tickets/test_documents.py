"""What docs/tickets.md shows is what is sent and understood, and its receiver works beside a portal."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from portal import ROOT, signing
from portal.hooks.tickets import LONGEST_AUTHOR, LONGEST_ID, MOST_BYTES, read
from portal.models import Account, Ticket, TicketMessage
from portal.tickets.desk import SECONDS, TAKEN, HelpDesk, id_of, said
from portal.tickets.writing import LONGEST_ANSWER
from tests.journeys.test_tickets import open_ticket, tickets
from tests.journeys.test_tickets import said as shown
from tests.person import Person
from tests.tickets.desks import SECRET

GUIDE = (ROOT / "docs" / "tickets.md").read_text()
RECEIVER = ROOT / "examples" / "acme_desk" / "receiver.py"
OPENED = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def test_the_message_that_is_shown_is_what_is_posted() -> None:
    shown_there: dict[str, Any] = json.loads(blocks("json")[0])
    once = "5f0c4b1d9a7e3c2860f1d4b7a9e2c358"
    ticket = Ticket(id=12, once="91c3a0f7" + "0" * 24, subject="Mail is down", opened_at=OPENED)
    message = TicketMessage(
        at=OPENED.replace(minute=5), by="customer", body="Since noon.\nNothing arrives.", closes=False, once=once
    )
    posted = said(ticket, Account(email="alice@example.com", name="Alice"), message)
    assert shown_there == posted
    assert json.loads(blocks("json")[1]) == {"taken": id_of(ticket, message)}


def test_the_answer_that_is_shown_is_understood() -> None:
    answer = read(blocks("json")[2].encode())
    assert (answer.ticket_id, answer.ref, answer.author) == (12, "12-91c3a0f7", "Sam")
    assert (answer.words.body, answer.words.closes) == ("It works again since 10:00.", True)


def test_the_code_that_is_shown_is_that_of_the_receiver() -> None:
    (sign,) = blocks("python")
    assert sign in RECEIVER.read_text()


def test_limits_and_statuses_are_said() -> None:
    assert f"{LONGEST_ANSWER:,} characters" in GUIDE
    for number in (LONGEST_ID, LONGEST_AUTHOR):
        assert f"at most {number} characters" in GUIDE
    assert f"{MOST_BYTES // 1024} KiB" in GUIDE
    assert f"{signing.TOLERANCE.total_seconds() / 60:.0f} minutes" in GUIDE
    assert f"within {SECONDS:.0f} seconds" in GUIDE
    for status in TAKEN:
        assert str(status) in GUIDE


@contextmanager
def receiver(path: Path) -> Iterator[str]:
    """Started as its users do. Its address."""
    command = [sys.executable, str(RECEIVER), "serve", "0", str(path)]
    environment = os.environ | {"TICKETS_WEBHOOK_SECRET": SECRET}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def kept(path: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute('SELECT customer, "by", message, closes FROM messages ORDER BY rowid').fetchall()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_receiver_keeps_each_message_once_and_its_answer_reaches_the_customer(app: Flask, tmp_path: Path) -> None:
    person, path = Person(app), tmp_path / "desk.sqlite3"
    person.register()
    with receiver(path) as url:
        desk = app.config["HELP_DESK"] = HelpDesk(url, SECRET)
        app.extensions["tickets"]._desk = desk
        open_ticket(person)
        person.submit("/support/1", {"message": "Anybody?"})
        assert app.extensions["tickets"].drain() == 2
        with app.app_context():
            ticket = tickets(app)[0]
        assert kept(path) == [
            ("alice@example.com", "customer", "Since noon.", 0),
            ("alice@example.com", "customer", "Anybody?", 0),
        ]
        message = TicketMessage(at=OPENED, by="customer", body="Anybody?", closes=False, once="again")
        for _ in range(2):
            desk.take(ticket, Account(email="alice@example.com", name="Alice"), message)
        assert len(kept(path)) == 3
    with served(app) as portal:
        command = [sys.executable, str(RECEIVER), "answer", portal, ticket.ref, "It works again."]
        environment = os.environ | {"TICKETS_WEBHOOK_SECRET": SECRET}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        unknown = [*command[:-2], "12-91c3a0f7", "Hello."]
        refused = subprocess.run(unknown, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == "Kept.\n"
    assert (refused.returncode, refused.stderr) == (1, "The portal answers 404: There is no such ticket here.\n")
    assert shown(person.open("/support/1"))[-1] == "It works again."


def test_the_receiver_takes_nothing_that_is_signed_with_another_secret(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite3"
    ticket = Ticket(id=1, once="a" * 32, subject="Mail", opened_at=OPENED)
    message = TicketMessage(at=OPENED, by="customer", body="Hello.", closes=False, once="b" * 32)
    with receiver(path) as url, pytest.raises(Exception, match="HTTP 401"):
        HelpDesk(url, "another secret of thirty-two letters").take(ticket, Account(email="a@b.c", name="A"), message)
    assert not path.exists()
