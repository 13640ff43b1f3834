"""The outbox: who sends a text, which first, and which no more."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from portal import clock
from portal.database import begin_write
from portal.delivery import outbox
from portal.delivery.outbox import Outcome
from portal.models import Account, TextMessage
from portal.sms_backends.base import Accepted, SmsMessage, SmsRejected, SmsUnavailable
from tests.delivery.conftest import Outbox, failing
from tests.fakes import MemoryBackend
from tests.person import OTHER, PHONE

CERTAIN = failing(lambda: SmsUnavailable("busy", possible=False))
LEASE = timedelta(seconds=10 + 2 * 5)
"""A margin, and the time limit of each provider."""


def test_a_text_holds_neither_its_words_nor_its_code(post: Outbox, first: MemoryBackend) -> None:
    text = post.put_code()
    post.send()
    code = first.texts[0].text[-6:]
    for column in TextMessage.__table__.columns:
        assert code not in str(getattr(post.row(text), column.name))
    assert "body" not in TextMessage.__table__.columns


def test_a_text_whose_code_is_used_locked_stale_or_expired_is_dropped_and_not_sent(
    post: Outbox, first: MemoryBackend
) -> None:
    for change in ({"used_at": clock.now()}, {"attempts": 5}, {"epoch": 1}, {"expires_at": clock.now()}):
        text = post.put_code()
        post.change_challenge(text, **change)
        assert post.send() == 1
        assert post.row(text).outcome == "dropped"
    assert first.asked == []


def test_a_text_queued_before_the_password_or_a_phone_changed_is_dropped(post: Outbox, first: MemoryBackend) -> None:
    text = post.put_code()
    with begin_write() as session:
        session.get_one(Account, post.account_id).epoch += 1
    post.send()
    assert post.row(text).outcome == "dropped"
    assert first.asked == []


def test_a_code_with_a_try_left_is_still_sent(post: Outbox, first: MemoryBackend) -> None:
    text = post.put_code()
    post.change_challenge(text, attempts=4)
    post.go_to(text.dies_at - timedelta(seconds=1, microseconds=3))
    post.send()
    assert "It works for 1 second." in first.texts[0].text
    assert first.texts[0].ttl_seconds == 1
    assert post.row(text).outcome == "accepted"


def test_a_notice_goes_even_a_day_later_and_then_no_more(
    post: Outbox, first: MemoryBackend, second: MemoryBackend
) -> None:
    first.answer = second.answer = CERTAIN
    text = post.put_notice()
    post.send()
    post.time.forward(hours=23, minutes=59)
    assert post.send() == 1
    assert post.row(text).outcome is None
    second.answer = lambda _: None
    post.time.forward(seconds=59)
    post.send()
    assert post.row(text).outcome == "accepted"
    assert "backup phone was added" in second.texts[0].text
    assert "#" not in second.texts[0].text

    second.answer = CERTAIN
    late = post.put_notice()
    post.time.forward(hours=24)
    post.send()
    assert post.row(late).outcome == "dropped"


def test_a_notice_goes_also_when_the_account_has_changed_or_is_disabled(post: Outbox, first: MemoryBackend) -> None:
    post.put_notice()
    with begin_write() as session:
        account = session.get_one(Account, post.account_id)
        account.epoch, account.disabled_at = 7, clock.now()
    post.send()
    assert len(first.texts) == 1


def test_codes_go_before_notices_and_older_ones_first(post: Outbox, first: MemoryBackend) -> None:
    queued = [post.put_notice(), post.put_code(), post.put_notice(OTHER), post.put_code(OTHER)]
    post.send()
    assert [text.reference for text in first.texts] == [queued[n].id for n in (1, 3, 0, 2)]


def test_a_claimed_text_is_left_to_whoever_claimed_it(post: Outbox) -> None:
    texts = [post.put_code() for _ in range(5)]
    mine = post.claim(3)
    assert {text.id for text in mine} == {text.id for text in texts[:3]}
    assert all(text.lease for text in mine)
    assert {text.id for text in post.claim(10)} == {text.id for text in texts[3:]}
    assert post.claim(10) == []
    assert post.claim(0) == []


def test_a_lapsed_lease_lets_another_sender_have_the_text(post: Outbox, first: MemoryBackend) -> None:
    text = post.put_code()
    [mine] = post.claim()
    assert mine.lease_until is not None
    post.go_to(mine.lease_until - timedelta(microseconds=1))
    assert post.send() == 0
    assert post.send() == 1
    assert first.texts[0].reference == text.id
    assert abs(mine.lease_until - text.queued_at - LEASE) < timedelta(milliseconds=1)


def test_who_settles_after_the_lease_was_lost_changes_nothing(post: Outbox, first: MemoryBackend) -> None:
    post.put_code()
    [slow] = post.claim()
    post.time.forward(seconds=21)
    [other] = post.claim()
    held = post.row(other)
    assert held.lease == other.lease != slow.lease

    post.dispatcher._settle(slow, Outcome.REJECTED, reason="too late")
    post.dispatcher._put_back(slow, is_new_possible=False)
    assert not post.dispatcher._note_possible(slow, 1, "memory")
    now = post.row(other)
    assert (now.outcome, now.passes, now.possible, now.lease) == (None, 0, 0, other.lease)

    post.dispatcher._send(other)
    assert post.row(other).outcome == "accepted"
    post.dispatcher._settle(slow, Outcome.DROPPED)
    post.dispatcher._settle(other, Outcome.DROPPED)
    assert post.row(other).outcome == "accepted"
    assert len(first.texts) == 1


def test_who_lost_the_lease_asks_no_further_provider(post: Outbox, first: MemoryBackend, second: MemoryBackend) -> None:
    post.put_code()
    [slow] = post.claim()

    def be_slow(message: SmsMessage) -> None:
        del message
        post.time.forward(seconds=21)
        assert len(post.claim()) == 1
        raise SmsUnavailable("no answer", possible=True)

    first.answer = be_slow
    post.dispatcher._send(slow)
    assert second.asked == []


def test_a_possible_send_is_kept_when_the_sender_dies_and_still_counts(
    post: Outbox, first: MemoryBackend, second: MemoryBackend
) -> None:
    class Killed(BaseException):
        """The process ends here."""

    def die(message: SmsMessage) -> None:
        raise Killed(message.reference)

    text = post.put_code()
    first.answer = failing(lambda: SmsUnavailable("no answer", possible=True))
    second.answer = die
    with pytest.raises(Killed):
        post.send()
    assert (post.row(text).possible, post.row(text).outcome) == (1, None)
    post.time.forward(seconds=21)
    post.send()
    assert (len(first.asked), len(second.asked)) == (2, 1)
    assert post.row(text).outcome == "possible"


def test_who_dies_before_settling_repeats_the_text_with_the_same_code(post: Outbox, first: MemoryBackend) -> None:
    post.put_code()
    [dying] = post.claim()
    message = post.dispatcher._message(dying)
    assert message is not None
    first.send(message)
    post.time.forward(seconds=21)
    post.send()
    assert len(first.texts) == 2
    assert len({text.text[-6:] for text in first.texts}) == 1
    assert {text.to for text in first.texts} == {PHONE}


def test_a_text_that_can_t_be_settled_is_tried_until_it_dies_and_no_longer(
    post: Outbox, first: MemoryBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle = outbox.settle

    def settle_the_dead(*words: Any, **facts: Any) -> bool:
        if Outcome.DROPPED not in words:
            raise RuntimeError("no room on the disk")
        return settle(*words, **facts)

    monkeypatch.setattr(outbox, "settle", settle_the_dead)
    text = post.put_code()
    while clock.now() < text.dies_at:
        before = len(first.asked)
        with pytest.raises(RuntimeError):
            post.send()
        assert len(first.asked) == before + 1
        lease_until = post.row(text).lease_until
        assert lease_until is not None
        post.go_to(lease_until)
    tried = len(first.asked)
    assert tried == 5 * 60 // LEASE.seconds
    assert post.send() == 1
    assert post.row(text).outcome == "dropped"
    post.time.forward(days=1)
    assert post.send() == 0
    assert len(first.asked) == tried


def test_a_text_of_a_kind_that_this_version_does_not_know_is_given_up_when_it_dies(
    post: Outbox, first: MemoryBackend
) -> None:
    text = post.put_notice()
    with begin_write() as session:
        session.execute(update(TextMessage).values(kind="of a later version"))
    with pytest.raises(ValueError, match="of a later version"):
        post.send()
    post.time.forward(hours=24)
    assert post.send() == 1
    assert post.row(text).outcome == "dropped"
    assert first.asked == []


ODD = "\x00a\nb\u2028c" + "x" * 1000


def test_whatever_a_provider_is_called_and_says_its_text_is_settled(
    post: Outbox, first: MemoryBackend, second: MemoryBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(MemoryBackend, "name", f"package.module:{ODD}")
        patched.setattr(first, "send", lambda _: Accepted(ODD))
        accepted = post.put_code()
        post.send()
    accepted = post.row(accepted)
    assert (accepted.outcome, accepted.provider_id) == ("accepted", "abc" + "x" * 97)
    assert accepted.provider == "package.module:abc" + "x" * 32

    first.answer = second.answer = failing(lambda: SmsRejected(ODD))
    rejected = post.put_code()
    post.send()
    rejected = post.row(rejected)
    assert (rejected.outcome, rejected.reason) == ("rejected", "abc" + "x" * 197)
