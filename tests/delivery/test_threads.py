"""The dispatcher at work: woken by commits, looking by itself, eight texts at once."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import insert

from portal import clock
from portal.background import Background
from portal.database import begin_read, begin_write
from portal.delivery import outbox
from portal.extensions import db
from portal.models import Account, TextMessage
from portal.sms_backends.base import SmsMessage
from portal.texts import Notice
from tests.delivery.conftest import Outbox, dispatcher_of
from tests.fakes import MemoryBackend

PATIENCE = 30
"""Seconds after which a test gives up; nothing here takes that long."""


class Arrivals:
    """Lets a test wait for texts."""

    def __init__(self) -> None:
        self._arrived = threading.Semaphore(0)
        self.hold: Callable[[SmsMessage], bool] = lambda _: False
        self.held = threading.Semaphore(0)
        self.may_go_on = threading.Event()

    def __call__(self, message: SmsMessage) -> None:
        if self.hold(message):
            self.held.release()
            assert self.may_go_on.wait(PATIENCE)
        self._arrived.release()

    def wait(self, count: int) -> None:
        for n in range(count):
            assert self._arrived.acquire(timeout=PATIENCE), f"only {n} of {count} texts arrived"


@pytest.fixture
def arrivals(first: MemoryBackend) -> Arrivals:
    arrivals = Arrivals()
    first.answer = arrivals
    return arrivals


@pytest.fixture
def start(app: Flask, arrivals: Arrivals) -> Iterator[Callable[[float], Background]]:
    """Start the app's own thread, that looks for itself every so many seconds. In the end all has been settled."""
    background: Background = app.extensions["background"]

    def run(poll_seconds: float) -> Background:
        background._jobs = {outbox.JOB: replace(background._jobs[outbox.JOB], every_seconds=poll_seconds)}
        background.start()
        return background

    yield run
    arrivals.may_go_on.set()
    end(app)


def end(app: Flask) -> None:
    """Wait for the thread and for each call that is under way: whatever has not been sent by then is sent no more."""
    background: Background = app.extensions["background"]
    background.stop()
    dispatcher_of(app)._pool.shutdown()


def outcomes() -> list[str | None]:
    with begin_read() as session:
        return [text.outcome for text in session.query(TextMessage).execution_options(populate_existing=True)]


def test_a_commit_wakes_the_dispatcher_at_once(
    post: Outbox, arrivals: Arrivals, start: Callable[[float], Background]
) -> None:
    start(3600.0)
    for _ in range(5):
        post.put_code()
        arrivals.wait(1)


def test_a_commit_without_a_text_or_an_undone_one_wakes_nobody(post: Outbox, app: Flask) -> None:
    woken = app.extensions["background"]._woken
    woken.clear()
    with begin_write() as session:
        session.get_one(Account, post.account_id).name = "Alice B"
    assert not woken.is_set()
    undo = RuntimeError("undone")
    try:
        with begin_write() as session:
            account = session.get_one(Account, post.account_id)
            outbox.queue_notices(session, clock.now(), account, Notice.PHONE_ADDED, ["+12015550123"])
            raise undo
    except RuntimeError:
        pass
    assert not woken.is_set()
    post.put_code()
    assert woken.is_set()


def test_texts_of_other_processes_are_found_by_looking(
    post: Outbox, arrivals: Arrivals, start: Callable[[float], Background]
) -> None:
    start(0.01)
    now = clock.now()
    with db.engine.begin() as connection:
        row = {
            "id": "f" * 32, "account_id": post.account_id, "kind": "phone added", "slot": "backup",
            "number": "+12015550123", "proven": True, "queued_at": now, "due_at": now,
            "dies_at": now + outbox.NOTICE_LIFE, "passes": 0, "possible": 0,
        }  # fmt: skip
        connection.execute(insert(TextMessage), row)
    arrivals.wait(1)


def test_one_call_that_hangs_holds_up_no_other_text(
    post: Outbox, arrivals: Arrivals, start: Callable[[float], Background], first: MemoryBackend
) -> None:
    hanging = post.put_code("+12015550100")
    arrivals.hold = lambda message: message.reference == hanging.id
    for n in range(20):
        post.put_code(f"+1201555{n + 101:04}")
    start(3600.0)
    assert arrivals.held.acquire(timeout=PATIENCE)
    arrivals.wait(20)
    assert post.row(hanging).outcome is None
    arrivals.may_go_on.set()
    arrivals.wait(1)
    end(post.app)
    assert len(first.asked) == len(first.texts) == 21
    assert post.row(hanging).outcome == "accepted"


def test_eight_texts_are_sent_at_once_and_the_ninth_waits_for_a_free_sender(
    post: Outbox, arrivals: Arrivals, start: Callable[[float], Background], first: MemoryBackend
) -> None:
    arrivals.hold = lambda _: True
    texts = [post.put_code() for _ in range(9)]
    start(3600.0)
    for _ in range(8):
        assert arrivals.held.acquire(timeout=PATIENCE)
    post.dispatcher.run_due()
    # Not even claimed: a sender of another process may have it.
    assert [text for text in texts if post.row(text).lease is None] == [texts[-1]]
    arrivals.may_go_on.set()
    arrivals.wait(9)
    end(post.app)
    assert len(first.asked) == len(first.texts) == 9


def test_when_all_is_over_every_text_is_settled_and_was_sent_once(
    post: Outbox, arrivals: Arrivals, start: Callable[[float], Background], first: MemoryBackend
) -> None:
    start(3600.0)
    for _ in range(30):
        post.put_code()
    arrivals.wait(30)
    end(post.app)
    assert outcomes() == ["accepted"] * 30
    assert len({text.reference for text in first.asked}) == len(first.asked) == 30
