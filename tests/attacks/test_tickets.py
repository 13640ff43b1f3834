"""Other customers' tickets, and what a message is not meant to hold."""

import pytest

from portal.models import TicketMessage
from tests.attacks.rows import all_rows, as_text, count
from tests.hostile.odd import LIST
from tests.journeys.test_tickets import messages, open_ticket, said, tickets
from tests.person import Person

UNLIMITED = {"LIMIT_TICKET_ACCOUNT": "off", "LIMIT_TICKET_MESSAGE_ACCOUNT": "off"}


def test_another_customer_s_ticket_is_not_there(enrolled: Person, mallory: Person) -> None:
    open_ticket(enrolled, "Private", "My own words.")
    open_ticket(mallory, "Hers", "Her words.")
    before, token = all_rows(enrolled.app), mallory.csrf()
    for path in ("/support/1", "/support/1?before=9", "/support/999", "/support/0"):
        assert mallory.open(path).status == 404
    fields = {"csrf_token": token, "message": "Please close it.", "once": "a" * 32}
    for path in ("/support/1", "/support/1/close", "/support/999", "/support/999/close"):
        page = mallory.post(path, fields)
        assert page.status == 404
        assert "own words" not in page.html
    assert all_rows(enrolled.app) == before
    assert "Private" not in mallory.open("/support/?state=all").words


def test_a_message_of_another_ticket_gives_none_of_its_words(enrolled: Person, mallory: Person) -> None:
    open_ticket(enrolled, "Private", "My own words.")
    open_ticket(mallory, "Hers", "Her words.")
    for before in (1, 2, 3):
        assert set(said(mallory.open(f"/support/2?before={before}"))) <= {"Her words."}


def test_the_mark_of_another_customer_s_form_opens_nothing_of_theirs(enrolled: Person, mallory: Person) -> None:
    open_ticket(enrolled, "Private", "My own words.")
    mallory.open("/support/new")
    fields = {"csrf_token": mallory.csrf(), "subject": "Private", "message": "My own words."}
    page = mallory.post("/support/new", fields | {"once": tickets(enrolled.app)[0].once})
    assert page.path == "/support/2"
    assert len(tickets(enrolled.app)) == 2


@pytest.mark.parametrize("settings", [UNLIMITED])
def test_whatever_is_written_is_text_on_every_page_and_breaks_none(registered: Person) -> None:
    for odd in LIST:
        registered.open("/support/new")
        token = registered.csrf()
        fields = {"csrf_token": token, "subject": odd[:200], "message": odd, "once": odd[:1000]}
        response = registered.client.post("/support/new", data=_bytes(fields))
        assert response.status_code in {303, 413, 422}, odd
        if response.status_code == 303:
            page = registered.open(response.location)
            assert page.status == 200
            assert not page.soup.find_all("script", src=False)
            assert not page.soup.find_all("img")
    assert registered.open("/support/").status == 200
    assert registered.open("/profile/activity").status == 200


def _bytes(fields: dict[str, str]) -> dict[str, bytes]:
    """Halves of pairs too, which UTF-8 has no bytes for."""
    return {name: value.encode("utf-8", "surrogatepass") for name, value in fields.items()}


def test_a_code_that_was_typed_is_nowhere_in_the_database_or_the_log(
    registered: Person, caplog: pytest.LogCaptureFixture
) -> None:
    open_ticket(registered, "Code 918273", "It says 918 273, or ٩١٨٢٧٣.")
    registered.submit("/support/1", {"message": "918-273"})
    kept = as_text(registered.app)
    for written in ("918273", "918 273", "918-273", "٩١٨٢٧٣"):
        assert written not in kept
        assert written not in caplog.text
    assert len(messages(registered.app)) == 2


def test_what_was_written_is_not_in_the_log(registered: Person, caplog: pytest.LogCaptureFixture) -> None:
    open_ticket(registered, "A private subject", "A private message.")
    assert "private" not in caplog.text


def test_a_form_without_its_mark_is_refused_and_keeps_what_was_typed(registered: Person) -> None:
    registered.open("/support/new")
    fields = {"csrf_token": registered.csrf(), "subject": "Mail", "message": "Since noon."}
    page = registered.post("/support/new", fields)
    assert page.status == 422
    assert page.value("message") == "Since noon."
    assert registered.post("/support/new", fields | {"once": ""}).status == 422
    assert not tickets(registered.app)


def test_a_get_opens_answers_and_closes_nothing(registered: Person) -> None:
    open_ticket(registered)
    registered.open("/support/new?subject=Mail&message=Hello&once=a")
    registered.open("/support/1?message=Hello&once=a&csrf_token=x")
    assert registered.open("/support/1/close").status == 405
    assert count(registered.app, TicketMessage) == 1
