"""However often the same form is sent at once, it is one message; and however many messages, the limit is exact."""

import json
from functools import partial

import pytest

from portal import clock, signing
from portal.models import Ticket, TicketMessage
from tests.journeys.test_tickets import messages, open_ticket, tickets
from tests.person import Person
from tests.storms.parallel import at_once, copies, post_at_once
from tests.storms.test_codes import counted
from tests.tickets.desks import SECRET

CROWD = 10


def test_the_same_form_sent_ten_times_at_once_is_one_ticket_and_one_message(registered: Person) -> None:
    registered.open("/support/new")
    fields = {"subject": "Mail", "message": "Since noon.", "once": "a" * 32}
    answers = post_at_once(copies(registered, CROWD), "/support/new", fields)
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/support/1")}
    registered.open("/support/1")
    answers = post_at_once(copies(registered, CROWD), "/support/1", {"message": "Still.", "once": "b" * 32})
    assert {answer.status_code for answer in answers} == {303}
    assert counted(registered.app, Ticket) == 1
    assert [message.body for message in messages(registered.app)] == ["Since noon.", "Still."]


@pytest.mark.parametrize("settings", [{"LIMIT_TICKET_ACCOUNT": "3/h"}])
def test_of_ten_new_tickets_at_once_as_many_as_the_limit_says_are_opened(registered: Person) -> None:
    registered.open("/support/new")
    token = registered.csrf()

    def send(browser: Person, n: int) -> int:
        fields = {"subject": f"Question {n}", "message": "Hello.", "once": "a" * 32, "csrf_token": token}
        return browser.client.post("/support/new", data=fields).status_code

    browsers = copies(registered, CROWD)
    statuses = at_once([partial(send, browser, n) for n, browser in enumerate(browsers)])
    assert sorted(statuses) == [303] * 3 + [429] * (CROWD - 3)
    assert counted(registered.app, Ticket) == 3


@pytest.mark.parametrize("settings", [{"TICKETS_WEBHOOK_SECRET": SECRET}])
def test_the_same_answer_of_the_help_desk_ten_times_at_once_is_kept_once(registered: Person) -> None:
    open_ticket(registered)
    said = {"id": "reply-1", "ticket": tickets(registered.app)[0].ref, "message": "Try again.", "closes": True}
    body = json.dumps(said).encode()
    headers = {"Content-Type": "application/json", signing.HEADER: signing.sign(SECRET, body, clock.now())}

    def send() -> str:
        return registered.app.test_client().post("/hooks/tickets", data=body, headers=headers).text

    answers = at_once([send] * CROWD)
    assert sorted(answers) == sorted(["Kept.\n", *["Kept already. Nothing was changed.\n"] * (CROWD - 1)])
    assert counted(registered.app, TicketMessage) == 2


@pytest.mark.parametrize("settings", [{"TICKETS_WEBHOOK_URL": "http://localhost:1", "TICKETS_WEBHOOK_SECRET": SECRET}])
def test_two_processes_that_hand_over_at_once_send_each_message_once(registered: Person) -> None:
    taken: list[str] = []
    for n in range(CROWD):
        open_ticket(registered, f"Question {n}")
    registered.app.config["HELP_DESK"].take = lambda ticket, *_: taken.append(ticket.subject)
    at_once([registered.app.extensions["tickets"].drain] * 2)
    assert sorted(taken) == sorted(f"Question {n}" for n in range(CROWD))
