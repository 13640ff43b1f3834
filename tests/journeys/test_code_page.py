"""What the page that asks for a code says: where the code went, how long it works, what became of the text."""

import pytest
from flask import Flask

from portal.sms_backends.base import SmsMessage, SmsRejected, SmsUnavailable
from tests.conftest import Clock
from tests.person import BACKUP, PHONE, Person, provider, wrong


@pytest.fixture
def at_code(enrolled: Person) -> Person:
    """Alice, who has given her password and is asked for the code."""
    enrolled.sign_out()
    enrolled.sign_in()
    return enrolled


def waits(person: Person) -> list[str]:
    """What the send buttons say of when they work, one each."""
    forms = person.page.soup.select("#code-sends form")
    return [" ".join(tip.get_text().split()) if (tip := form.find(class_="tip")) else "" for form in forms]


def test_it_names_the_phone_by_its_last_two_digits_and_shows_no_more_of_the_number(at_code: Person) -> None:
    assert "ending in ··23" in at_code.page.words
    assert PHONE[1:] not in at_code.page.html
    assert PHONE[-4:] not in at_code.page.html


def test_it_says_how_long_the_code_works_and_when_another_text_is_possible(at_code: Person, time: Clock) -> None:
    assert "It works for 5 minutes." in at_code.page.words
    assert waits(at_code) == ["You can send it in 30 seconds."]
    time.forward(seconds=25)
    at_code.open("/auth/verify")
    assert waits(at_code) == ["You can send it in 5 seconds."]
    time.forward(seconds=5)
    at_code.open("/auth/verify")
    assert waits(at_code) == [""]
    time.forward(minutes=3, seconds=30)
    assert "It works for 60 seconds." in at_code.open("/auth/verify").words


def test_its_moments_are_there_to_the_second_for_the_countdown(at_code: Person, time: Clock) -> None:
    moments = [tag["datetime"] for tag in at_code.page.soup.find_all("time", attrs={"data-countdown": True})]
    assert moments == ["2026-11-24T09:05:00+00:00", "2026-11-24T09:00:30+00:00"]
    assert time.at.isoformat(timespec="seconds") == "2026-11-24T09:00:00+00:00"


def test_the_code_field_is_one_that_phones_and_browsers_can_fill_in(at_code: Person) -> None:
    field = at_code.page.soup.find("input", attrs={"name": "code"})
    assert field is not None
    expected = {
        "type": "text",
        "inputmode": "numeric",
        "autocomplete": "one-time-code",
        "pattern": "[0-9]{6}",
        "maxlength": "6",
        "required": "",
        "autofocus": "",
    }
    assert expected.items() <= field.attrs.items()  # type: ignore[union-attr]  # a tag: it was found by its attributes


def test_a_text_is_on_its_way_until_it_is_sent(at_code: Person) -> None:
    assert at_code.page.status_line == "On its way to your phone ending 23."
    assert at_code.open("/auth/verify").status_line == "On its way to your phone ending 23."
    at_code.texts()
    assert at_code.open("/auth/verify").status_line == "Sent to your phone ending 23."


def test_a_text_is_not_sent_yet_after_the_first_pass_in_vain(at_code: Person, time: Clock) -> None:
    def be_down(message: SmsMessage) -> None:
        del message
        raise SmsUnavailable("refused", possible=False)

    provider(at_code.app).answer, accept = be_down, provider(at_code.app).answer
    at_code.texts()
    assert at_code.open("/auth/verify").status_line.startswith("Not sent yet")
    provider(at_code.app).answer = accept
    time.forward(seconds=2)
    assert at_code.type_code(at_code.newest_code()).path == "/resources/"


def test_a_text_is_not_sent_yet_when_nobody_took_it_for_12_seconds(at_code: Person, time: Clock) -> None:
    time.forward(seconds=11)
    assert at_code.open("/auth/verify").status_line.startswith("On its way")
    time.forward(seconds=1)
    assert at_code.open("/auth/verify").status_line.startswith("Not sent yet")


def test_a_text_that_may_have_gone_out_is_said_to_be_uncertain(at_code: Person, time: Clock) -> None:
    def say_nothing(message: SmsMessage) -> None:
        del message
        raise SmsUnavailable("no answer", possible=True)

    provider(at_code.app).answer = say_nothing
    for _ in range(2):
        at_code.texts()
        time.forward(seconds=2)
    assert len(provider(at_code.app).asked[1:]) == 2
    assert at_code.open("/auth/verify").status_line.startswith("We can't tell whether the text was sent.")


def refuse(message: SmsMessage) -> None:
    del message
    raise SmsRejected("the number is not in service")


def test_a_new_number_that_no_text_reaches_is_said_with_the_reason(alice: Person) -> None:
    alice.register()
    provider(alice.app).answer = refuse
    alice.open("/profile/phones/primary")
    alice.submit("/profile/phones/primary", {"number": PHONE})
    alice.texts()
    status = alice.open("/profile/phones/primary/verify").status_line
    assert "could not be sent to your phone ending 23: the number is not in service" in status
    assert "use another one" in status
    link = alice.page.soup.find("a", href="/profile/phones/primary")
    assert link is not None
    assert link.get_text() == "Use a different number"


class TwoProviders:
    @pytest.fixture
    def settings(self) -> dict[str, str]:
        return {"SMS_BACKENDS": "tests.fakes:MemoryBackend,tests.fakes:SecondBackend"}


class TestWithTwoProviders(TwoProviders):
    def test_a_proven_number_that_one_refuses_gets_the_same_code_from_the_next(self, at_code: Person) -> None:
        provider(at_code.app).answer = refuse
        at_code.texts()
        [text] = provider(at_code.app, 1).texts
        assert at_code.open("/auth/verify").status_line == "Sent to your phone ending 23."
        assert at_code.type_code(text.text[-6:]).path == "/resources/"

    def test_a_new_number_that_one_refuses_is_not_tried_with_the_next(self, alice: Person) -> None:
        alice.register()
        provider(alice.app).answer = refuse
        alice.open("/profile/phones/primary")
        alice.submit("/profile/phones/primary", {"number": PHONE})
        alice.texts()
        assert provider(alice.app, 1).asked == []
        assert "could not be sent" in alice.open("/profile/phones/primary/verify").status_line


@pytest.fixture
def code_pages(enrolled: Person) -> Person:
    """With a backup, so that each page offers all it can."""
    enrolled.enrol(BACKUP, "backup")
    return enrolled


def sent(app: Flask) -> int:
    app.extensions["dispatcher"].drain()
    return len(provider(app).asked)


def test_refreshing_going_back_and_a_wrong_code_send_nothing_when_signing_in(code_pages: Person) -> None:
    code_pages.sign_out()
    code_pages.sign_in()
    assert_sends_nothing(code_pages, "/auth/verify")


def test_refreshing_going_back_and_a_wrong_code_send_nothing_when_confirming(code_pages: Person) -> None:
    code_pages.change_password("five plain words put together")
    assert code_pages.page.path == "/auth/confirm"
    assert_sends_nothing(code_pages, "/auth/confirm")


def test_refreshing_going_back_and_a_wrong_code_send_nothing_when_proving_a_number(alice: Person) -> None:
    alice.register()
    alice.open("/profile/phones/primary")
    alice.submit("/profile/phones/primary", {"number": PHONE})
    assert_sends_nothing(alice, "/profile/phones/primary/verify")


def assert_sends_nothing(person: Person, path: str) -> None:
    code = person.newest_code()
    before = sent(person.app)
    for elsewhere in (path, "/help", "/profile/", "/profile/phones/primary", path):
        person.open(elsewhere)
    assert person.page.path == path
    assert person.type_code(wrong(code)).status == 422
    assert person.type_code("12345").status == 422
    assert person.open(path).status == 200
    assert sent(person.app) == before


def test_a_code_that_is_not_six_digits_uses_no_try(at_code: Person) -> None:
    for typed in ("", "12345", "1234567", "abcdef", "12 34 5"):
        page = at_code.type_code(typed)
        assert page.status == 422
        assert "6 digits" in page.complaint("code")
        assert page.value("code") == typed
    assert "4 tries left" in at_code.type_code(wrong(at_code.newest_code())).complaint("code")
