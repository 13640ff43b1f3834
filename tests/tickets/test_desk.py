"""What is written reaches the help desk, whatever happens in between, and no page waits for it."""

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.database import begin_read, begin_write
from portal.models import Account, Ticket, TicketMessage
from portal.tickets import queue
from portal.tickets.dispatcher import LEASE, NotTakenError, TicketDispatcher
from tests.conftest import Clock
from tests.journeys.test_tickets import open_ticket
from tests.person import Person
from tests.shelf import answer_ticket
from tests.tickets.desks import HelpDesk
from tests.tickets.test_hook import send


def drain(app: Flask) -> int:
    return int(dispatcher(app).drain())


def dispatcher(app: Flask) -> TicketDispatcher:
    found = app.extensions["tickets"]
    assert isinstance(found, TicketDispatcher)
    return found


def waiting(app: Flask) -> list[TicketMessage]:
    with app.app_context(), begin_read() as session:
        late = select(TicketMessage).where(TicketMessage.due_at.is_not(None))
        return list(session.scalars(late.order_by(TicketMessage.id)))


def bodies(desk: HelpDesk) -> list[Any]:
    return [message["message"] for message in desk.taken]


def test_each_message_goes_out_signed_with_who_wrote_what_when(registered: Person, desk: HelpDesk) -> None:
    open_ticket(registered, "Mail is down", "Since noon.\nMy code is 123456.")
    answer_ticket(registered, 1, "We look into it.")
    registered.submit("/support/1/close")
    drain(registered.app)
    first, second, third = desk.taken
    ref = first["ticket"]["ref"]
    assert first == {
        "event": "ticket message",
        "id": first["id"],
        "ticket": {
            "ref": ref,
            "number": 1,
            "subject": "Mail is down",
            "opened_at": "2026-11-24T09:00:00+00:00",
            "customer": {"email": "alice@example.com", "name": "Alice"},
        },
        "by": "customer",
        "at": "2026-11-24T09:00:00+00:00",
        "message": "Since noon.\nMy code is ······.",
        "closes": False,
    }
    assert (second["by"], second["message"], second["closes"]) == ("staff:sam", "We look into it.", False)
    assert (third["by"], third["message"], third["closes"]) == ("customer", "", True)
    assert len({message["id"] for message in desk.taken}) == 3
    assert {message["ticket"]["ref"] for message in desk.taken} == {ref}
    assert not waiting(registered.app)


@pytest.mark.parametrize("trouble", ["500", "404", "401", "302", "204", "html", "other", "redirect", "drop"])
def test_what_is_not_taken_is_tried_again_with_the_same_id_until_it_is(
    registered: Person, desk: HelpDesk, time: Clock, trouble: str
) -> None:
    desk.answer = trouble
    assert open_ticket(registered).path == "/support/1"
    drain(registered.app)
    assert [message.attempts for message in waiting(registered.app)] == [1]
    assert "help desk" in (waiting(registered.app)[0].trouble or "")
    for wait in (2, 4, 8, 16):
        asked = len(desk.heard)
        time.forward(seconds=wait - 1)
        assert drain(registered.app) == 0, "not too soon"
        time.forward(seconds=1)
        assert drain(registered.app) == 1
        assert len(desk.heard) == asked + 1
    desk.answer = "ok"
    time.forward(seconds=32)
    drain(registered.app)
    assert bodies(desk) == ["Since noon."]
    assert not waiting(registered.app)


def test_the_waits_end_at_five_minutes_and_never_stop(registered: Person, desk: HelpDesk, time: Clock) -> None:
    desk.answer = "500"
    open_ticket(registered)
    for _ in range(30):
        time.forward(minutes=5)
        assert drain(registered.app) == 1
    assert waiting(registered.app)[0].attempts == 30


def test_while_the_help_desk_is_down_every_page_works_and_nothing_is_lost(registered: Person, time: Clock) -> None:
    """It is not even there."""
    desk = HelpDesk()
    desk._http.server_close()
    registered.app.config["HELP_DESK"]._url = desk.url
    open_ticket(registered)
    drain(registered.app)
    registered.submit("/support/1", {"message": "Anybody?"})
    assert registered.page.status == 200
    assert "no connection" in (waiting(registered.app)[0].trouble or "")
    assert len(waiting(registered.app)) == 2
    time.forward(days=3)
    with HelpDesk() as back:
        registered.app.config["HELP_DESK"]._url = back.url
        drain(registered.app)
        assert bodies(back) == ["Since noon.", "Anybody?"]


def test_the_messages_of_a_ticket_arrive_in_their_order_and_hold_up_no_other_ticket(
    registered: Person, desk: HelpDesk, time: Clock
) -> None:
    desk.answer = "500"
    open_ticket(registered)
    drain(registered.app)
    registered.submit("/support/1", {"message": "Second."})
    desk.answer = "ok"
    assert drain(registered.app) == 0, "the second waits for the first"
    open_ticket(registered, "Another", "Of another ticket.")
    drain(registered.app)
    assert bodies(desk) == ["Of another ticket."]
    time.forward(seconds=2)
    drain(registered.app)
    assert bodies(desk) == ["Of another ticket.", "Since noon.", "Second."]


def test_a_message_that_is_refused_for_ever_holds_up_its_own_ticket_alone(
    registered: Person, desk: HelpDesk, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = registered.app.config["HELP_DESK"].take

    def refuse_first(ticket: Ticket, account: Account, message: TicketMessage) -> None:
        if message.body == "Since noon.":
            raise NotTakenError("the help desk has no room for it")
        take(ticket, account, message)

    monkeypatch.setattr(registered.app.config["HELP_DESK"], "take", refuse_first)
    open_ticket(registered)
    registered.submit("/support/1", {"message": "After it."})
    for day in range(3):
        open_ticket(registered, f"Question {day}", f"Of day {day}.")
        drain(registered.app)
        registered.submit(registered.page.path, {"message": f"More of day {day}."})
        drain(registered.app)
        time.forward(days=1)
        registered.sign_in()
    assert bodies(desk) == [text for day in range(3) for text in (f"Of day {day}.", f"More of day {day}.")]
    assert [message.body for message in waiting(registered.app)] == ["Since noon.", "After it."]


def test_who_dies_between_the_yes_and_writing_it_down_sends_it_once_more_with_the_same_id(
    registered: Person, desk: HelpDesk, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_ticket(registered)
    with monkeypatch.context() as patch:
        patch.setattr(queue, "settle_taken", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            drain(registered.app)
    assert drain(registered.app) == 0, "its lease holds"
    time.forward(seconds=LEASE.total_seconds())
    drain(registered.app)
    assert len(desk.taken) == 2
    assert desk.taken[0] == desk.taken[1]
    assert not waiting(registered.app)


def test_who_is_slower_than_its_lease_changes_nothing(registered: Person, time: Clock) -> None:
    open_ticket(registered)
    app = registered.app
    with app.app_context():
        with begin_write() as session:
            (slow,) = queue.claim(session, clock.now(), LEASE, 5)
        time.forward(seconds=LEASE.total_seconds())
        with begin_write() as session:
            (fast,) = queue.claim(session, clock.now(), LEASE, 5)
            assert fast.lease != slow.lease or slow is fast
        lease = fast.lease
        slow_copy = TicketMessage(id=slow.id, lease="an older one")
        with begin_write() as session:
            assert not queue.put_back(session, slow_copy, clock.now(), "late")
            assert not queue.settle_taken(session, clock.now(), slow_copy)
    (row,) = waiting(app)
    assert row.lease == lease


def test_a_commit_wakes_the_workers_and_they_run_beside_the_pages(registered: Person, desk: HelpDesk) -> None:
    came = threading.Event()
    take = registered.app.config["HELP_DESK"].take

    def noted(*words: Any) -> None:
        take(*words)
        came.set()

    registered.app.config["HELP_DESK"].take = noted
    background = registered.app.extensions["background"]
    background.start()
    try:
        open_ticket(registered)
        assert came.wait(30)
    finally:
        background.stop()
        dispatcher(registered.app)._workers._pool.shutdown()
    assert bodies(desk) == ["Since noon."]


def test_what_came_from_the_help_desk_is_not_sent_back_to_it(registered: Person, desk: HelpDesk) -> None:
    open_ticket(registered)
    drain(registered.app)
    assert send(registered.app, ref=desk.taken[0]["ticket"]["ref"]).status_code == 200
    assert drain(registered.app) == 0


def test_an_unforeseen_fault_keeps_the_message_and_says_nothing_of_it(
    registered: Person, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(*_: Any) -> None:
        raise RuntimeError("Since noon.")

    registered.app.config["HELP_DESK"].take = break_down
    open_ticket(registered)
    drain(registered.app)
    assert waiting(registered.app)[0].trouble == "broke with RuntimeError"
    assert "Since noon." not in caplog.text
