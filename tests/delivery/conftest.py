"""An outbox to put texts into, and two providers that answer as they are told."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from portal import clock
from portal.database import begin_read, begin_write
from portal.delivery import outbox
from portal.delivery.dispatcher import Dispatcher
from portal.delivery.outbox import Target
from portal.models import Account, Challenge, Purpose, TextMessage
from portal.sms_backends.base import SmsMessage
from portal.texts import Notice
from tests.conftest import Clock
from tests.fakes import Answer, MemoryBackend
from tests.person import PHONE, provider

TWO = "tests.fakes:MemoryBackend,tests.fakes:SecondBackend"


@pytest.fixture
def settings() -> dict[str, str]:
    return {"SMS_BACKENDS": TWO}


def dispatcher_of(app: Flask) -> Dispatcher:
    found = app.extensions["dispatcher"]
    assert isinstance(found, Dispatcher)
    return found


class Outbox:
    """The rows, as a test puts and finds them."""

    def __init__(self, app: Flask, time: Clock) -> None:
        self.app = app
        self.time = time
        self.dispatcher = dispatcher_of(app)
        self._made = 0
        with begin_write() as session:
            account = Account(
                email="alice@example.com", name="Alice", account_type="personal", password_hash="-", epoch=0,
                made_at=clock.now(),
            )  # fmt: skip
            session.add(account)
            session.flush()
            self.account_id = account.id

    def put_code(self, number: str = PHONE, *, proven: bool = True, purpose: Purpose = Purpose.SIGN_IN) -> TextMessage:
        """Queue the code of a new challenge that lives 5 minutes."""
        self._made += 1
        now = clock.now()
        proven_at = now if proven else None
        subject = {"act": "remove phone", "slot": "backup"} if purpose == Purpose.CONFIRM else {}
        challenge = Challenge(
            id=f"{self._made:032x}", account_id=self.account_id, epoch=0, session_id="s" * 64, purpose=purpose.value,
            subject=subject, salt=b"s" * 16, made_at=now, expires_at=now + timedelta(minutes=5), password_at=now,
            attempts=0,
        )  # fmt: skip
        with begin_write() as session:
            session.add(challenge)
            session.flush()
            outbox.queue_code(session, now, challenge, Target("primary", number, proven_at))
        return self.last()

    def put_notice(self, number: str = PHONE) -> TextMessage:
        with begin_write() as session:
            account = session.get_one(Account, self.account_id)
            outbox.queue_notices(session, clock.now(), account, Notice.PHONE_ADDED, [number], "backup")
        return self.last()

    def last(self) -> TextMessage:
        with begin_read() as session:
            return session.query(TextMessage).order_by(TextMessage.queued_at.desc()).limit(1).one()

    def row(self, text: TextMessage) -> TextMessage:
        """As it stands in the database now."""
        with begin_read() as session:
            return session.get_one(TextMessage, text.id, populate_existing=True)

    def change_challenge(self, text: TextMessage, **values: object) -> None:
        with begin_write() as session:
            session.execute(update(Challenge).where(Challenge.id == text.challenge_id).values(**values))

    def claim(self, most: int = 1) -> list[TextMessage]:
        return self.dispatcher._claim(most)

    def send(self) -> int:
        """Send what is due now. Returns how many texts that were."""
        return self.dispatcher.drain()

    def next_pass(self, text: TextMessage) -> timedelta:
        """Go to when the text is due again; not a moment earlier is it sent. Returns how long that took."""
        before, due_at = self.time.at, self.row(text).due_at
        self.go_to(due_at - timedelta(microseconds=1))
        assert self.send() == 0
        self.go_to(due_at)
        assert self.send() == 1
        return due_at - before

    def go_to(self, moment: datetime) -> None:
        """The next look at the clock shows this moment."""
        self.time.at = moment - timedelta(microseconds=1)


@pytest.fixture
def post(app: Flask, time: Clock) -> Iterator[Outbox]:
    with app.app_context():
        yield Outbox(app, time)


@pytest.fixture
def first(app: Flask) -> MemoryBackend:
    return provider(app, 0)


@pytest.fixture
def second(app: Flask) -> MemoryBackend:
    return provider(app, 1)


def failing(make_error: Callable[[], Exception]) -> Answer:
    """A provider's answer to every text."""

    def answer(message: SmsMessage) -> None:
        del message
        raise make_error()

    return answer
