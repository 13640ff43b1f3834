"""Tickets: a customer asks, reads, answers, closes."""

import re

import pytest
from flask import Flask
from sqlalchemy import insert, select

from portal.database import begin_read, begin_write
from portal.models import Ticket, TicketMessage
from tests.conftest import Clock
from tests.journeys.test_statements import counted
from tests.person import Page, Person
from tests.shelf import answer_ticket


def open_ticket(person: Person, subject: str = "Mail is down", message: str = "Since noon.") -> Page:
    person.open("/support/new")
    return person.submit("/support/new", {"subject": subject, "message": message})


def messages(app: Flask) -> list[TicketMessage]:
    with app.app_context(), begin_read() as session:
        return list(session.scalars(select(TicketMessage).order_by(TicketMessage.id)))


def tickets(app: Flask) -> list[Ticket]:
    with app.app_context(), begin_read() as session:
        return list(session.scalars(select(Ticket).order_by(Ticket.id)))


def said(page: Page) -> list[str]:
    """What was written, as it stands in the page."""
    return [tag.get_text() for tag in page.soup.find_all(class_="typed")]


def test_a_question_is_asked_answered_and_closed(registered: Person) -> None:
    page = registered.open("/support/")
    assert "Nothing is open." in page.words
    open_ticket(registered, message="Since noon.\n\nNothing  arrives.")
    page = registered.page
    assert re.fullmatch(r"/support/\d+", page.path)
    assert said(page) == ["Since noon.\n\nNothing  arrives."]
    assert "Waits for our answer" in page.words

    answer_ticket(registered, 1, "We look into it.")
    page = registered.open("/support/")
    assert "Mail is down New answer" in page.words
    page = registered.open("/support/1")
    assert said(page)[1:] == ["We look into it."]
    assert "New answer" not in registered.open("/support/").words

    registered.open("/support/1")
    registered.submit("/support/1", {"message": "It works again."})
    assert said(registered.page)[2:] == ["It works again."]
    page = registered.submit("/support/1/close")
    assert "The ticket is closed." in page.words
    assert "Nothing is open." in registered.open("/support/").words
    assert "Mail is down Closed" in registered.open("/support/?state=closed").words
    assert "Mail is down Closed" in registered.open("/support/?state=all").words


def test_writing_in_a_closed_ticket_opens_it_again(registered: Person) -> None:
    open_ticket(registered)
    registered.submit("/support/1/close")
    assert "Your message opens it again." in registered.page.words
    registered.submit("/support/1", {"message": "It is down again."})
    assert tickets(registered.app)[0].closed_at is None
    assert "Mail is down" in registered.open("/support/").words
    assert "Is it solved?" in registered.open("/support/1").words


def test_an_answer_of_the_shop_that_came_while_the_page_was_open_is_still_new(registered: Person, time: Clock) -> None:
    open_ticket(registered)
    answer_ticket(registered, 1, "First answer.")
    registered.open("/support/1")
    time.forward(minutes=1)
    answer_ticket(registered, 1, "Second answer.")
    assert "New answer" in registered.open("/support/").words


def test_the_list_has_fifty_on_a_page_the_last_changed_first(registered: Person, time: Clock) -> None:
    for n in range(53):
        time.forward(minutes=7)
        open_ticket(registered, f"Question {n}.")
        if n % 20 == 19:
            registered.sign_out()
            registered.sign_in()
    page = registered.open("/support/")
    links = [tag.get_text() for tag in page.soup.select("tbody th a")]
    assert links == [f"Question {n}." for n in range(52, 2, -1)]
    assert "Page 1 of 2" in page.words
    page = registered.open("/support/?state=open&page=2")
    assert [tag.get_text() for tag in page.soup.select("tbody th a")] == ["Question 2.", "Question 1.", "Question 0."]
    assert "Page 2 of 2" in registered.open("/support/?page=3").words
    for odd in ("0", "-1", "x", "99999999999999999999", "²"):
        assert registered.open(f"/support/?page={odd}").status == 200
    assert registered.open("/support/?state=odd").status == 200


def test_a_long_thread_shows_its_newest_messages_and_leads_to_the_earlier_ones(registered: Person) -> None:
    open_ticket(registered, message="The very first.")
    for n in range(55):
        answer_ticket(registered, 1, f"Answer {n}.")
    page = registered.open("/support/1")
    assert said(page) == [f"Answer {n}." for n in range(5, 55)]
    (link,) = page.soup.select("a[href*=before]")
    page = registered.open(str(link["href"]))
    assert said(page) == ["The very first.", *(f"Answer {n}." for n in range(5))]
    assert "Newest messages" in page.words


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"message": "Hello."}, "subject", "Say in a few words what it is about."),
        ({"subject": " \t", "message": "Hello."}, "subject", "Say in a few words what it is about."),
        ({"subject": "Mail"}, "message", "Write a message."),
        ({"subject": "Mail", "message": "\n \n"}, "message", "Write a message."),
        ({"subject": "m" * 201, "message": "Hello."}, "subject", "Use at most 200 characters."),
        ({"subject": "Mail", "message": "é" * 10_001}, "message", "Use at most 10,000 characters"),
    ],
)
def test_what_is_missing_or_too_long_is_said_at_its_field(
    registered: Person, fields: dict[str, str], field: str, sentence: str
) -> None:
    registered.open("/support/new")
    page = registered.submit("/support/new", fields)
    assert page.status == 422
    assert sentence in page.complaint(field)
    assert not tickets(registered.app)
    for name, typed in fields.items():
        if typed.strip():
            assert page.value(name) == typed, "what was typed is still there"


def test_ten_thousand_characters_of_any_script_with_line_breaks_can_be_sent(registered: Person) -> None:
    text = ("\U0001f600" * 99 + "\r\n") * 100
    open_ticket(registered, message=text)
    assert messages(registered.app)[0].body == text.replace("\r\n", "\n").rstrip()


def test_no_browser_cuts_what_is_pasted(registered: Person) -> None:
    """As it does, without a word, at a field's maxlength."""
    assert not registered.open("/support/new").soup.find_all(maxlength=True)
    assert not open_ticket(registered).soup.find_all(maxlength=True)


def test_a_whole_log_that_was_pasted_is_refused_and_still_there(registered: Person) -> None:
    log = "Nov 24 09:00:00 web-1 kernel: something\n" * 3000
    page = open_ticket(registered, message=log)
    assert page.status == 422
    assert page.value("message") == log.rstrip()


def test_a_too_long_answer_is_still_there(registered: Person) -> None:
    open_ticket(registered)
    page = registered.submit("/support/1", {"message": "y" * 10_001})
    assert page.status == 422
    assert page.value("message") == "y" * 10_001
    assert said(page) == ["Since noon."]


def test_a_double_click_is_one_ticket_and_one_message(registered: Person) -> None:
    registered.open("/support/new")
    form = registered.page
    for _ in range(2):
        registered.page = form
        registered.submit("/support/new", {"subject": "Mail is down", "message": "Since noon."})
    assert registered.page.path == "/support/1"
    form = registered.page
    for _ in range(2):
        registered.page = form
        registered.submit("/support/1", {"message": "Still."})
    assert [message.body for message in messages(registered.app)] == ["Since noon.", "Still."]
    assert len(tickets(registered.app)) == 1


def test_who_goes_back_and_writes_something_else_has_written_two_things(registered: Person) -> None:
    open_ticket(registered)
    form = registered.page
    registered.submit("/support/1", {"message": "One."})
    registered.page = form
    registered.submit("/support/1", {"message": "Two."})
    assert said(registered.page) == ["Since noon.", "One.", "Two."]


def test_closing_twice_closes_once_and_does_not_close_what_was_opened_again(registered: Person) -> None:
    open_ticket(registered)
    form = registered.page
    registered.submit("/support/1/close")
    registered.page = form
    registered.submit("/support/1/close")
    assert sum(message.closes for message in messages(registered.app)) == 1
    registered.submit("/support/1", {"message": "Again."})
    registered.page = form
    registered.submit("/support/1/close")
    assert tickets(registered.app)[0].closed_at is None


def test_codes_are_masked_before_anything_is_kept_and_the_page_says_so(registered: Person) -> None:
    registered.open("/support/new")
    assert "Never send codes or passwords: we never ask for them." in registered.page.words
    assert "Numbers of six digits, as codes have, are hidden before your message is kept." in registered.page.words
    subject, message = "Code 123456", "I got 654 321, call +1 201 555 0123 about invoice 2026-123456."
    page = registered.submit("/support/new", {"subject": subject, "message": message})
    assert "Numbers of six digits were hidden" in page.words
    assert "Never send codes or passwords" in page.words
    assert tickets(registered.app)[0].subject == "Code ······"
    assert said(page) == ["I got ··· ···, call +1 201 555 0123 about invoice 2026-123456."]
    registered.submit("/support/1", {"message": "١٢٣٤٥٦ and \uff11\uff12\uff13-\uff14\uff15\uff16"})
    assert said(registered.page)[1:] == ["······ and ···-···"]


def test_text_is_shown_as_text_with_its_line_breaks_and_links_are_not_made(registered: Person) -> None:
    text = "<b>bold</b> & <script>alert(1)</script>\n  https://evil.example/ {{7*7}}"
    page = open_ticket(registered, "<i>subject</i>", text)
    assert said(page) == [text]
    assert page.soup.find("h1").get_text() == "<i>subject</i>"  # type: ignore[union-attr]
    assert not page.soup.find_all("script", src=False)
    assert not page.soup.find_all("a", href=re.compile("evil"))


@pytest.mark.parametrize("settings", [{"LIMIT_TICKET_ACCOUNT": "2/h"}])
def test_new_tickets_are_limited_and_what_was_typed_stays(registered: Person, time: Clock) -> None:
    for n in range(2):
        open_ticket(registered, f"Question {n}")
    page = open_ticket(registered, "Question 2", "A long story.")
    assert page.status == 429
    assert "Too many messages in a short time. Try again at 10:01 UTC." in page.words
    assert int(page.response.headers["Retry-After"]) > 3500
    assert (page.value("subject"), page.value("message")) == ("Question 2", "A long story.")
    assert len(tickets(registered.app)) == 2
    registered.open("/support/1")
    registered.submit("/support/1", {"message": "But this may be sent."})
    assert registered.page.status == 200
    time.forward(minutes=59)
    registered.open("/resources/")
    time.forward(minutes=2)
    assert open_ticket(registered, "Question 2").status == 200


@pytest.mark.parametrize("settings", [{"LIMIT_TICKET_MESSAGE_ACCOUNT": "3/h"}])
def test_messages_are_limited_for_all_tickets_together(registered: Person) -> None:
    open_ticket(registered)
    open_ticket(registered)
    registered.submit("/support/2", {"message": "Third."})
    page = registered.submit("/support/2", {"message": "Fourth."})
    assert page.status == 429
    assert page.value("message") == "Fourth."
    assert len(messages(registered.app)) == 3


def test_a_second_click_is_not_counted(registered: Person) -> None:
    registered.open("/support/new")
    form = registered.page
    for _ in range(30):
        registered.page = form
        assert registered.submit("/support/new", {"subject": "Mail", "message": "Hi."}).path == "/support/1"


def test_the_nav_and_the_help_lead_to_tickets(registered: Person) -> None:
    assert registered.page.soup.select_one("nav.side a[href='/support/']")
    page = registered.open("/help")
    assert "Questions: open a ticket" in page.words
    assert page.soup.find("a", href="/support/new")
    registered.sign_out()
    page = registered.open("/help")
    assert "Questions: open a ticket" in page.words
    assert registered.open("/support/new").path == "/auth/login"


def test_what_the_shop_wrote_comes_by_no_text(enrolled: Person) -> None:
    open_ticket(enrolled)
    before = len(enrolled.texts())
    answer_ticket(enrolled, 1, "Hello.")
    assert len(enrolled.texts()) == before


def test_no_page_asks_more_of_the_database_with_a_thousand_tickets_and_messages(registered: Person) -> None:
    open_ticket(registered)

    def asked() -> list[tuple[int, int]]:
        found = []
        for path in ("/support/?state=all", "/support/new", "/support/1"):
            with counted(registered.app) as seen:
                assert registered.open(path).status == 200
            found.append((seen.statements, seen.commits))
        return found

    few = asked()
    now = tickets(registered.app)[0].opened_at
    columns = {"account_id": 1, "subject": "Mail", "opened_at": now, "changed_at": now, "asked_at": now}
    message = {"ticket_id": 1, "at": now, "by": "customer", "body": "Hello.", "closes": False, "attempts": 0}
    with registered.app.app_context(), begin_write() as session:
        session.execute(insert(Ticket), [columns | {"once": f"{n:032d}"} for n in range(1000)])
        session.execute(insert(TicketMessage), [message | {"once": f"{n:032d}"} for n in range(1000)])
    assert asked() == few
