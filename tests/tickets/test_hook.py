"""What the help desk answers, at /hooks/tickets: signed, once, and nobody else's."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal import clock, signing
from portal.models import Ticket
from tests.attacks.rows import Rows, all_rows
from tests.conftest import Clock
from tests.journeys.test_tickets import messages, open_ticket, said, tickets
from tests.person import Person
from tests.tickets.desks import SECRET, HelpDesk

ANSWER: dict[str, Any] = {"id": "reply-1", "author": "Sam", "message": "Try again now.", "closes": False}


def post(app: Flask, body: bytes, header: str | None) -> TestResponse:
    headers = {"Content-Type": "application/json"} | ({signing.HEADER: header} if header is not None else {})
    return app.test_client().post("/hooks/tickets", data=body, headers=headers)


def send(app: Flask, *, ref: str | None = None, **fields: Any) -> TestResponse:
    """A signed answer to the first ticket."""
    body = json.dumps(ANSWER | {"ticket": ref or first(app).ref} | fields).encode()
    return post(app, body, signing.sign(SECRET, body, clock.now()))


def first(app: Flask) -> Ticket:
    return tickets(app)[0]


@pytest.fixture
def asked(registered: Person) -> Person:
    """Alice, who has opened ticket 1."""
    open_ticket(registered)
    return registered


def test_an_answer_is_shown_to_the_customer_with_who_wrote_it(asked: Person) -> None:
    response = send(asked.app)
    assert (response.status_code, response.text) == (200, "Kept.\n")
    page = asked.open("/support/")
    assert "New answer" in page.words
    page = asked.open("/support/1")
    assert said(page)[-1] == "Try again now."
    assert "Sam, Client Portal" in page.words
    assert messages(asked.app)[-1].by == "desk:Sam"


def test_an_answer_may_close_the_ticket(asked: Person) -> None:
    send(asked.app, closes=True)
    assert first(asked.app).closed_by == "desk:Sam"
    assert "Closed the ticket." in asked.open("/support/1").words


def test_closing_needs_no_words_and_a_name_is_not_needed(asked: Person) -> None:
    body = json.dumps({"id": "x", "ticket": first(asked.app).ref, "author": None, "message": None, "closes": True})
    response = post(asked.app, body.encode(), signing.sign(SECRET, body.encode(), clock.now()))
    assert response.status_code == 200
    assert first(asked.app).closed_by == "desk"
    assert "Client Portal" in asked.open("/support/1").words


def test_the_same_answer_sent_again_is_kept_once(asked: Person, time: Clock) -> None:
    send(asked.app)
    time.forward(days=2)
    response = send(asked.app)
    assert (response.status_code, response.text) == (200, "Kept already. Nothing was changed.\n")
    assert len(messages(asked.app)) == 2


def test_an_old_closing_sent_again_does_not_close_what_the_customer_opened_again(asked: Person) -> None:
    asked.submit("/support/1/close")
    send(asked.app, message="", closes=True)
    asked.open("/support/1")
    asked.submit("/support/1", {"message": "Not solved."})
    send(asked.app, message="", closes=True)
    assert first(asked.app).closed_at is None


def test_no_customer_can_take_the_place_of_an_answer_beforehand(asked: Person) -> None:
    """By sending what the help desk's own id will be as the mark of a form."""
    once = hashlib.sha256(b"reply-1").hexdigest()
    asked.open("/support/1")
    fields = {"message": "First.", "once": once, "csrf_token": asked.csrf()}
    asked.post("/support/1", fields)
    assert send(asked.app).text == "Kept.\n"


def test_an_answer_is_plain_text_and_what_can_not_be_seen_is_left_out(asked: Person) -> None:
    text = "<script>alert(1)</script>\r\n\x00\ud800 {{7*7}} invoice 123456"
    send(asked.app, message=text, author="<b>Sam</b>\n\u202e")
    page = asked.open("/support/1")
    assert said(page)[-1] == "<script>alert(1)</script>\n {{7*7}} invoice 123456"
    assert not page.soup.find_all("b")
    assert "<b>Sam</b>, Client Portal" in page.words


def _signed(body: bytes, secret: str = SECRET, minutes: float = 0) -> str:
    return signing.sign(secret, body, clock.now() + timedelta(minutes=minutes))


def _without_time(body: bytes) -> str:
    return f"t={int(clock.now().timestamp())},v1={hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}"


FORGED: dict[str, Callable[[bytes], tuple[bytes, str | None]]] = {
    "unsigned": lambda body: (body, None),
    "an empty header": lambda body: (body, ""),
    "another secret": lambda body: (body, _signed(body, "another secret of thirty-two letters")),
    "an empty secret": lambda body: (body, _signed(body, "")),
    "another body": lambda body: (body.replace(b"Try", b"Cry"), _signed(body)),
    "another time": lambda body: (body, _signed(body).replace("t=", "t=1")),
    "six minutes old": lambda body: (body, _signed(body, minutes=-6)),
    "six minutes ahead": lambda body: (body, _signed(body, minutes=6)),
    "the body alone": lambda body: (body, _without_time(body)),
}


def _but_counts(app: Flask) -> Rows:
    """All but how often somebody tried."""
    return {table: rows for table, rows in all_rows(app).items() if table != "limit_hits"}


@pytest.mark.parametrize("case", FORGED)
def test_a_forged_or_old_answer_is_refused_and_changes_nothing(asked: Person, case: str) -> None:
    before = _but_counts(asked.app)
    response = post(asked.app, *FORGED[case](json.dumps(ANSWER | {"ticket": first(asked.app).ref}).encode()))
    assert response.status_code == 401
    assert response.text.startswith("This ")
    assert _but_counts(asked.app) == before


def test_a_session_is_no_signature(asked: Person) -> None:
    before = _but_counts(asked.app)
    token = asked.csrf()
    response = asked.client.post("/hooks/tickets", data={"csrf_token": token} | ANSWER)
    assert response.status_code == 401
    assert _but_counts(asked.app) == before


def test_what_the_portal_itself_signed_is_no_answer(asked: Person, desk: HelpDesk) -> None:
    """Whoever overheard a message on its way to the help desk can't send it back as one."""
    asked.app.extensions["tickets"].drain()
    body, header = desk.heard[-1]
    before = all_rows(asked.app)
    response = post(asked.app, body, header)
    assert response.status_code == 422
    assert all_rows(asked.app) == before


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "must be one JSON object"),
        (b"[]", "must be one JSON object"),
        (b"\xff", "must be one JSON object"),
        (b"{" * 100_000, "must be one JSON object"),
        (b"[" * 100_000, "must be one JSON object"),
        (b'{"id": 1}', "must have a text of at most 40 characters as 'ticket'"),
        (b'{"id": 1, "ticket": "1-a", "message": "x"}', "must have a text of at most 200 characters as 'id'"),
        (b'{"id": "", "ticket": "1-a", "message": "x"}', "must have a text of at most 200 characters as 'id'"),
        (b'{"id": "x", "ticket": 1, "message": "x"}', "must have a text of at most 40 characters as 'ticket'"),
        (b'{"id": "x", "ticket": "a", "message": "x"}', 'must have the "ref" of the ticket'),
        ('{"id": "x", "ticket": "²-a", "message": "x"}'.encode(), 'must have the "ref" of the ticket'),
        (b'{"id": "x", "ticket": "1-a"}', 'must have a "message", or "closes": true'),
        (b'{"id": "x", "ticket": "1-a", "message": " "}', 'must have a "message", or "closes": true'),
        (b'{"id": "x", "ticket": "1-a", "message": ["x"]}', "must have a text of at most 20000 characters"),
        (b'{"id": "x", "ticket": "1-a", "closes": 1}', 'must have true or false as "closes"'),
        (b'{"id": "x", "ticket": "1-a", "message": "x", "reopen": true}', "has 'reopen', which means nothing"),
    ],
)
def test_what_nobody_understands_is_no_answer(asked: Person, body: bytes, sentence: str) -> None:
    before = all_rows(asked.app)
    response = post(asked.app, body, signing.sign(SECRET, body, clock.now()))
    assert response.status_code == 422
    assert sentence in response.text
    assert all_rows(asked.app) == before


def test_an_answer_names_its_ticket_by_the_ref_that_the_portal_gave(asked: Person) -> None:
    """A number alone may have been another ticket's, before a backup was restored."""
    ref = first(asked.app).ref
    for other in ("1-", "1-00000000", f"2{ref[1:]}", f"{ref}0", ref[:-1], "999999999999999999-00000000"):
        response = send(asked.app, ref=other)
        assert (response.status_code, response.text) == (404, "There is no such ticket here.\n")
    assert len(messages(asked.app)) == 1


def test_a_body_over_the_limit_is_refused_before_it_is_read(asked: Person) -> None:
    body = json.dumps(ANSWER | {"ticket": first(asked.app).ref, "message": "x" * 300_000}).encode()
    assert post(asked.app, body, signing.sign(SECRET, body, clock.now())).status_code == 413
    longest = "\U0001f600" * 20_000
    assert send(asked.app, message=longest).status_code == 200
    assert messages(asked.app)[-1].body == longest


@pytest.mark.parametrize("settings", [{}])
def test_without_a_secret_there_is_no_such_page(asked: Person) -> None:
    assert "tickets" not in asked.app.extensions
    assert send(asked.app).status_code == 404
    assert len(messages(asked.app)) == 1
