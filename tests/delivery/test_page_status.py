"""What the code page says became of the text. Whatever becomes of it, nobody is let in without the code."""

from collections.abc import Callable

import pytest
from flask import Flask

from portal.sms_backends.base import SmsMessage, SmsRejected, SmsUnavailable
from tests.conftest import Clock
from tests.delivery.conftest import TWO, failing
from tests.fakes import Answer, MemoryBackend, accept
from tests.person import OTHER, PHONE, Person

CERTAIN = failing(lambda: SmsUnavailable("no credit left", possible=False))
POSSIBLE = failing(lambda: SmsUnavailable("no answer", possible=True))
REJECTED = failing(lambda: SmsRejected("the number is barred"))
NOT_SENT_YET = "Not sent yet: the phone network does not answer. We keep trying."
SENT = "Sent to your phone ending 23."


@pytest.fixture
def waiting(enrolled: Person) -> Person:
    """Alice after the password; her code is still in the outbox."""
    enrolled.sign_out()
    assert enrolled.sign_in().path == "/auth/verify"
    return enrolled


def dispatch(person: Person) -> None:
    person.app.extensions["dispatcher"].drain()


def is_shut_out(person: Person) -> bool:
    return all(person.open(path).path == "/auth/verify" for path in ("/resources/", "/profile/", "/auth/confirm"))


def test_on_its_way_until_a_provider_took_it(waiting: Person) -> None:
    assert waiting.page.status_line == "On its way to your phone ending 23."
    assert waiting.open("/auth/verify").status_line == "On its way to your phone ending 23."
    assert is_shut_out(waiting)
    dispatch(waiting)
    assert waiting.open("/auth/verify").status_line == SENT
    assert is_shut_out(waiting)


def test_not_sent_yet_after_the_first_pass_that_failed(
    waiting: Person, time: Clock, first: MemoryBackend, second: MemoryBackend
) -> None:
    first.answer = second.answer = CERTAIN
    dispatch(waiting)
    assert waiting.open("/auth/verify").status_line == NOT_SENT_YET
    assert is_shut_out(waiting)
    second.answer = accept
    time.forward(seconds=3)
    dispatch(waiting)
    assert waiting.open("/auth/verify").status_line == SENT
    assert waiting.type_code(second.texts[0].text[-6:]).path == "/resources/"


def test_not_sent_yet_when_12_seconds_have_passed(waiting: Person, time: Clock) -> None:
    time.forward(seconds=11)
    assert "On its way" in waiting.open("/auth/verify").status_line
    time.forward(seconds=1)
    assert waiting.open("/auth/verify").status_line == NOT_SENT_YET
    assert is_shut_out(waiting)
    assert waiting.type_code(waiting.newest_code()).path == "/resources/"


def test_a_text_that_may_have_been_sent_by_one_provider_is_on_its_way_until_the_next_took_it(
    waiting: Person, first: MemoryBackend
) -> None:
    first.answer = POSSIBLE
    dispatch(waiting)
    assert waiting.open("/auth/verify").status_line == SENT
    assert is_shut_out(waiting)


def test_two_possible_sends_are_told_as_they_are_and_the_code_works_if_it_came(
    waiting: Person, time: Clock, first: MemoryBackend, second: MemoryBackend
) -> None:
    first.answer = second.answer = POSSIBLE
    dispatch(waiting)
    page = waiting.open("/auth/verify")
    assert page.status_line == "We can't tell whether the text was sent. If none comes, send the code again."
    assert is_shut_out(waiting)
    code = second.asked[-1].text[-6:]
    first.answer = accept
    time.forward(seconds=31)
    waiting.open("/auth/verify")
    waiting.send_code()
    assert waiting.newest_code() == code
    assert waiting.type_code(code).path == "/resources/"


def test_a_proven_number_that_all_reject_could_not_be_sent_to_and_what_to_do(
    waiting: Person, first: MemoryBackend, second: MemoryBackend
) -> None:
    first.answer = second.answer = REJECTED
    dispatch(waiting)
    page = waiting.open("/auth/verify")
    assert page.status_line == (
        "The text could not be sent to your phone ending 23: the number is barred. "
        "Use another phone, or contact support."
    )
    assert is_shut_out(waiting)


def test_a_new_number_that_is_rejected_says_to_check_it(
    alice: Person, first: MemoryBackend, second: MemoryBackend
) -> None:
    alice.register()
    first.answer = REJECTED
    alice.open("/profile/phones/primary")
    alice.submit("/profile/phones/primary", {"number": OTHER})
    dispatch(alice)
    page = alice.open("/profile/phones/primary/verify")
    assert page.status_line == (
        "The text could not be sent to your phone ending 67: the number is barred. "
        "Check the number, or use another one."
    )
    assert second.asked == []
    assert "··67" not in alice.open("/profile/").words


def test_a_text_that_came_too_late_to_be_sent_says_to_ask_for_a_new_code(
    waiting: Person, time: Clock, first: MemoryBackend, second: MemoryBackend
) -> None:
    first.answer = second.answer = CERTAIN
    dispatch(waiting)
    time.forward(seconds=301)
    dispatch(waiting)
    page = waiting.open("/auth/verify")
    assert "expired" in page.words
    assert is_shut_out(waiting)
    first.answer = accept
    waiting.open("/auth/verify")
    waiting.send_code()
    dispatch(waiting)
    assert waiting.open("/auth/verify").status_line == SENT
    assert waiting.type_code(waiting.newest_code()).path == "/resources/"


def test_a_reason_of_a_provider_is_shown_as_text_and_not_as_markup(
    waiting: Person, first: MemoryBackend, second: MemoryBackend
) -> None:
    first.answer = second.answer = failing(lambda: SmsRejected("<b>barred</b> & done"))
    dispatch(waiting)
    assert "<b>barred</b> & done. Use another phone" in waiting.open("/auth/verify").status_line


def arrive_and_fall_silent(provider: MemoryBackend) -> Answer:
    """The text reaches the phone, and the answer never comes."""

    def answer(message: SmsMessage) -> None:
        provider.texts.append(message)
        raise SmsUnavailable("no answer", possible=True)

    return answer


def breaking(message: SmsMessage) -> None:
    raise TypeError(message)


WAYS: list[Callable[[MemoryBackend], Answer]] = [
    lambda _: CERTAIN,
    lambda _: POSSIBLE,
    lambda _: REJECTED,
    lambda _: breaking,
    arrive_and_fall_silent,
]


@pytest.mark.parametrize(
    "settings", [{"SMS_BACKENDS": TWO, "LIMIT_TEXT_NUMBER_DAY": "off", "LIMIT_TEXT_ACCOUNT_DAY": "off"}]
)
def test_40_sign_ins_reach_the_second_provider_and_either_text_signs_in(
    enrolled: Person, time: Clock, first: MemoryBackend, second: MemoryBackend, app: Flask
) -> None:
    enrolled.sign_out()
    for n in range(40):
        first.answer = WAYS[n % len(WAYS)](first)
        first.texts.clear()
        first.asked.clear()
        second.texts.clear()
        person = Person(app)
        assert person.sign_in().path == "/auth/verify"
        dispatch(person)
        [text] = second.texts
        assert text.to == PHONE
        assert len(first.asked) == 1
        assert len(first.texts) + len(second.texts) <= 2
        assert person.open("/auth/verify").status_line == SENT
        assert person.open("/resources/").path == "/auth/verify"
        [*_, code] = {sent.text[-6:] for sent in (first.texts or second.texts)}
        assert person.type_code(code).path == "/resources/"
        time.forward(minutes=30)


def test_nothing_that_a_provider_does_lets_anyone_in(
    waiting: Person, time: Clock, first: MemoryBackend, second: MemoryBackend
) -> None:
    for way in WAYS:
        first.answer, second.answer = way(first), way(second)
        for _ in range(3):
            dispatch(waiting)
            assert is_shut_out(waiting)
            time.forward(seconds=31)
        waiting.open("/auth/verify")
        waiting.send_code()
