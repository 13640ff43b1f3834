"""From one provider to the next: how a text gets out, and how often it is tried."""

import logging
import re
from datetime import timedelta

import pytest
from flask import Flask

from portal.extensions import db
from portal.models import Purpose
from portal.sms_backends.base import SmsMessage, SmsRejected, SmsUnavailable
from tests.delivery.conftest import Outbox, failing
from tests.fakes import Answer, MemoryBackend
from tests.person import PHONE

CERTAIN = failing(lambda: SmsUnavailable("busy", possible=False))
POSSIBLE = failing(lambda: SmsUnavailable("no answer", possible=True))
REJECTED = failing(lambda: SmsRejected("the number is barred"))
MOMENT = timedelta(milliseconds=1)


def test_the_providers_are_asked_in_order_of_preference(
    post: Outbox, first: MemoryBackend, second: MemoryBackend
) -> None:
    text = post.row(post.put_code())
    assert post.send() == 1
    assert (len(first.texts), len(second.asked)) == (1, 0)
    row = post.row(text)
    assert (row.outcome, row.provider, row.provider_id) == ("accepted", "memory", "memory-1")
    assert (row.lease, row.lease_until) == (None, None)
    assert row.settled_at is not None
    assert post.send() == 0


def test_the_next_provider_sends_the_same_text_under_the_text_s_own_reference(
    post: Outbox, first: MemoryBackend, second: MemoryBackend
) -> None:
    first.answer = CERTAIN
    text = post.put_code()
    post.send()
    assert second.texts == first.asked
    [sent] = second.texts
    assert (sent.to, sent.reference, sent.sender) == (PHONE, text.id, None)
    assert str(text.challenge_id) not in sent.reference
    assert re.search(r"\n@127\.0\.0\.1 #\d{6}\Z", sent.text)
    assert sent.ttl_seconds == 299
    assert post.row(text).provider == "second"


def test_each_purpose_says_its_own_words(post: Outbox, first: MemoryBackend) -> None:
    for purpose in Purpose:
        post.put_code(purpose=purpose)
        post.send()
    words = [text.text for text in first.texts]
    assert [w for w in words if "sign-in code" in w] == [words[0]]
    assert [w for w in words if "adds this phone" in w] == [words[1]]
    assert [w for w in words if "code to remove your backup phone" in w] == [words[2]]
    assert len({re.findall(r"\d{6}", w)[0] for w in words}) == 3


def test_a_possible_send_goes_to_the_next_provider_at_once(
    post: Outbox, first: MemoryBackend, second: MemoryBackend
) -> None:
    first.answer = POSSIBLE
    text = post.put_code()
    assert post.send() == 1
    assert second.texts == first.asked
    assert (post.row(text).outcome, post.row(text).possible) == ("accepted", 1)


def test_after_two_possible_sends_nobody_is_asked_again(
    post: Outbox, first: MemoryBackend, second: MemoryBackend
) -> None:
    first.answer = second.answer = POSSIBLE
    text = post.put_code()
    assert post.send() == 1
    assert (post.row(text).outcome, post.row(text).possible) == ("possible", 2)
    post.time.forward(seconds=60)
    assert post.send() == 0
    assert (len(first.asked), len(second.asked)) == (1, 1)


def test_with_no_provider_left_a_possible_send_is_tried_again_after_2_seconds_once(
    post: Outbox, first: MemoryBackend, second: MemoryBackend
) -> None:
    first.answer, second.answer = CERTAIN, POSSIBLE
    text = post.put_code()
    post.send()
    assert (post.row(text).outcome, post.row(text).possible) == (None, 1)
    assert abs(post.next_pass(text) - timedelta(seconds=2)) < MOMENT
    assert (post.row(text).outcome, post.row(text).possible) == ("possible", 2)
    assert (len(first.asked), len(second.asked)) == (2, 2)


def test_a_possible_send_after_certain_failures_is_tried_again_after_2_seconds_too(
    post: Outbox, first: MemoryBackend, second: MemoryBackend
) -> None:
    first.answer = second.answer = CERTAIN
    text = post.put_code()
    post.send()
    post.next_pass(text)
    second.answer = POSSIBLE
    post.next_pass(text)
    assert abs(post.next_pass(text) - timedelta(seconds=2)) < MOMENT
    assert post.row(text).outcome == "possible"


def test_after_one_possible_send_at_most_one_more_is_made_whoever_makes_it(
    post: Outbox, first: MemoryBackend, second: MemoryBackend
) -> None:
    first.answer, second.answer = CERTAIN, POSSIBLE
    text = post.put_code()
    post.send()
    first.answer = POSSIBLE
    post.next_pass(text)
    assert (post.row(text).outcome, len(second.asked)) == ("possible", 1)


def test_certain_failures_are_tried_again_after_2_4_8_16_30_and_30_seconds_while_the_code_lives(
    post: Outbox, first: MemoryBackend, second: MemoryBackend
) -> None:
    first.answer = second.answer = CERTAIN
    text = post.put_code()
    post.send()
    waits = [post.next_pass(text) for _ in range(12)]
    expected = [timedelta(seconds=s) for s in (2, 4, 8, 16, *[30] * 8)]
    assert all(abs(wait - long) < MOMENT for wait, long in zip(waits, expected, strict=True))
    assert (len(first.asked), len(second.asked)) == (13, 13)
    assert post.row(text).passes == 13
    post.time.forward(minutes=1)
    assert post.send() == 1
    assert post.row(text).outcome == "dropped"
    assert len(first.asked) == 13


def test_a_provider_that_is_well_again_sends_it(post: Outbox, first: MemoryBackend, second: MemoryBackend) -> None:
    first.answer = second.answer = CERTAIN
    text = post.put_code()
    post.send()
    first.answer = POSSIBLE
    second.answer = lambda _: None
    post.next_pass(text)
    assert (post.row(text).outcome, post.row(text).provider, post.row(text).possible) == ("accepted", "second", 1)


def test_a_rejected_number_that_was_never_proven_stops_with_the_reason(
    post: Outbox, first: MemoryBackend, second: MemoryBackend
) -> None:
    first.answer = REJECTED
    text = post.put_code(proven=False, purpose=Purpose.PROVE)
    post.send()
    assert (post.row(text).outcome, post.row(text).reason) == ("rejected", "the number is barred")
    assert second.asked == []


def test_a_rejected_number_that_was_proven_goes_on_to_the_next_provider(
    post: Outbox, first: MemoryBackend, second: MemoryBackend
) -> None:
    first.answer = REJECTED
    text = post.put_code()
    post.send()
    assert (post.row(text).outcome, post.row(text).reason) == ("accepted", None)
    assert len(second.texts) == 1


def test_a_number_that_all_providers_reject_ends(post: Outbox, first: MemoryBackend, second: MemoryBackend) -> None:
    first.answer = second.answer = REJECTED
    text = post.put_code()
    post.send()
    assert post.row(text).outcome == "rejected"
    assert len(second.asked) == 1


@pytest.mark.parametrize("rejects", [0, 1])
def test_a_proven_number_that_one_provider_rejects_waits_for_the_other(
    post: Outbox, first: MemoryBackend, second: MemoryBackend, rejects: int
) -> None:
    (first, second)[rejects].answer = REJECTED
    other = (first, second)[1 - rejects]
    other.answer = CERTAIN
    text = post.put_code()
    post.send()
    assert post.row(text).outcome is None
    other.answer = lambda _: None
    post.next_pass(text)
    assert post.row(text).outcome == "accepted"


def test_a_backend_that_raises_anything_else_may_have_sent_it_and_its_words_are_not_logged(
    post: Outbox, first: MemoryBackend, second: MemoryBackend, caplog: pytest.LogCaptureFixture
) -> None:
    def leaking(error: type[Exception]) -> Answer:
        def leak(message: SmsMessage) -> None:
            raise error(f"could not send {message.text} to {message.to}")

        return leak

    caplog.set_level(logging.DEBUG)
    for error in (TypeError, KeyError, OSError, RuntimeError):
        first.answer = leaking(error)
        text = post.put_code()
        post.send()
        assert (post.row(text).possible, post.row(text).outcome) == (1, "accepted")
        assert f"memory failed: SmsUnavailable: broke with {error.__name__}" in caplog.text
    said = re.sub(r"[0-9a-f]{32}", "", caplog.text)  # without ids, in which any six digits may stand
    for secret in (PHONE, PHONE[-10:], *(sent.text[-6:] for sent in second.texts)):
        assert secret not in said


def test_no_transaction_is_open_while_a_provider_is_asked(
    post: Outbox, first: MemoryBackend, second: MemoryBackend, app: Flask
) -> None:
    seen: list[bool] = []

    def look(message: SmsMessage) -> None:
        del message
        seen.append(db.session().in_transaction())
        if len(seen) == 1:
            raise SmsUnavailable("no answer", possible=True)

    first.answer = second.answer = look
    post.put_code()
    post.send()
    assert seen == [False, False]
    assert app.config["SQLALCHEMY_DATABASE_URI"]
