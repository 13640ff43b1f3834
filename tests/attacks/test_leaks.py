"""Where a code, a password, a whole number or a cookie's token must not turn up."""

import io
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from portal.database import Base, begin_write
from portal.sms_backends.base import SmsMessage, SmsRejected, SmsUnavailable
from tests.attacks.rows import as_text
from tests.attacks.test_sessions import inside
from tests.conftest import Clock
from tests.fakes import Answer
from tests.person import BACKUP, GOOD_PASSWORD, OTHER, PHONE, Page, Person, provider, wrong

NEW_PASSWORD = "five other words this time"
WRONG_PASSWORD = "six words that are not it"
NUMBERS = (OTHER, BACKUP)
"""Not PHONE, which is the example that the pages give."""


@dataclass
class Seen:
    """All that one browser got to see."""

    pages: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)


class Watched(Person):
    """Keeps everything that comes to its browser."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self.seen = Seen()

    def _arrive(self, response: Any) -> Page:
        for answer in (*response.history, response):
            self.seen.pages.append(answer.get_data(as_text=True))
            self.seen.urls.append(f"{answer.request.url} {answer.location}")
            self.seen.headers.append(str(answer.headers))
        if self.client.get_cookie("portal"):
            held = inside(self)
            self.seen.tokens |= {held[name] for name in ("_user_id", "half") if name in held}
            self.seen.cookies.append(repr(held))
        return super()._arrive(response)


def journey(alice: Watched, time: Clock) -> list[str]:
    """Every journey there is, each with its mistakes. Returns the codes, in the order they came."""
    codes: list[str] = []

    def code() -> str:
        codes.append(alice.newest_code())
        return codes[-1]

    def mistake() -> None:
        alice.type_code(wrong(code()))
        alice.send_code()  # too early

    alice.register()
    alice.open("/profile/phones/primary")
    alice.submit("/profile/phones/primary", {"number": "201 555 0167 ext 4"})
    alice.submit("/profile/phones/primary", {"number": OTHER})
    mistake()
    alice.type_code(code())
    alice.open("/profile/phones/backup")
    alice.submit("/profile/phones/backup", {"number": OTHER})
    alice.submit("/profile/phones/backup", {"number": BACKUP})
    alice.submit("/auth/confirm", {"password": WRONG_PASSWORD})
    alice.submit("/auth/confirm", {"password": GOOD_PASSWORD})
    mistake()
    alice.type_code(code())
    alice.type_code(code())
    time.forward(minutes=11)
    alice.change_password("short")
    alice.change_password(NEW_PASSWORD, current=WRONG_PASSWORD)
    alice.change_password(NEW_PASSWORD)
    time.forward(seconds=31)
    alice.send_code()
    alice.type_code(code())
    alice.sign_out()
    alice.sign_in(password=WRONG_PASSWORD)
    alice.sign_in(password=NEW_PASSWORD)
    alice.send_code("backup")
    time.forward(minutes=6)
    alice.type_code(code())
    alice.open("/auth/verify")
    alice.send_code("primary")
    alice.type_code(code())
    alice.remove()
    alice.confirm(NEW_PASSWORD)
    code()
    alice.open("/nothing")
    alice.open("/profile/")
    return codes


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> Iterator[io.StringIO]:
    """Every line that any logger writes, at DEBUG, with its traceback."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s %(args)r"))
    root = logging.getLogger()
    root.addHandler(handler)
    caplog.set_level(logging.DEBUG)
    names = [name for name in logging.root.manager.loggerDict if name.startswith("portal")]
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield stream
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    root.removeHandler(handler)


def has_number(text: str) -> bool:
    """Whether a whole number stands in it, in any of the ways it is written."""
    plain = re.sub(r"[\s().-]", "", text)
    return any(number.removeprefix("+1") in plain for number in NUMBERS)


def has_code(text: str, codes: list[str]) -> bool:
    return any(re.search(rf"(?<![\w.]){code}(?![\w.])", text) for code in codes)


def test_a_whole_customer_s_life_leaks_nothing(
    everything: io.StringIO, app: Flask, time: Clock, capfd: pytest.CaptureFixture[str]
) -> None:
    alice = Watched(app)
    codes = journey(alice, time)
    assert len(set(codes)) >= 6
    assert len(alice.seen.tokens) >= 8
    metrics = alice.client.get("/metrics", environ_overrides={"REMOTE_ADDR": "127.0.0.1"}).get_data(as_text=True)
    assert "portal_" in metrics
    lines, printed, database = everything.getvalue(), "".join(capfd.readouterr()), as_text(app)
    assert "phone removed" in lines
    secrets = {GOOD_PASSWORD, NEW_PASSWORD, WRONG_PASSWORD, *alice.seen.tokens}
    for where, text in (
        ("log", lines),
        ("output", printed),
        ("URLs", "\n".join(alice.seen.urls)),
        ("metrics", metrics),
    ):
        assert not has_code(text, codes), where
        assert not has_number(text), where
        assert not any(secret in text for secret in secrets), where
    assert not has_code(database, codes)
    assert not any(secret in database for secret in secrets)
    for held in alice.seen.cookies:
        assert not has_code(held, codes)
        assert not has_number(held)
    for page in alice.seen.pages:
        assert not any(secret in page for secret in secrets)
        typed = re.sub(r'value="[^"]*"', "", page)  # what was typed comes back into its own field
        assert not has_code(typed, codes)
        assert not has_number(typed)
    assert not any(has_number(header) or has_code(header, codes) for header in alice.seen.headers)


def _raises(error: Exception) -> Answer:
    def answer(message: SmsMessage) -> None:
        del message
        raise error

    return answer


def _breaks(message: SmsMessage) -> None:
    raise KeyError(f"{message.to} {message.text}")


@pytest.mark.parametrize(
    "answer", [_breaks, _raises(SmsRejected("barred")), _raises(SmsUnavailable("no answer", possible=True))]
)
def test_a_provider_that_fails_leaks_nothing(everything: io.StringIO, enrolled: Person, answer: Answer) -> None:
    enrolled.enrol(OTHER)
    enrolled.sign_out()
    provider(enrolled.app).answer = answer
    enrolled.sign_in()
    enrolled.texts()
    enrolled.open("/auth/verify")
    asked = next(asked for asked in reversed(provider(enrolled.app).asked) if "#" in asked.text)
    code = asked.text[:6]
    assert not has_number(enrolled.page.html)
    assert code not in enrolled.page.words
    assert not has_number(everything.getvalue())
    assert not has_code(everything.getvalue(), [code])
    assert asked.to not in repr(asked)
    assert code not in repr(asked)


MOMENT = datetime(2026, 11, 24, tzinfo=UTC)
A_PHONE = {"account_id": 1, "slot": "backup", "number": PHONE, "proven_at": MOMENT}
AN_ACCOUNT = {
    "email": "alice@example.com", "name": "Alice", "password_hash": "a hash", "account_type": "personal", "epoch": 0,
    "made_at": MOMENT,
}  # fmt: skip
A_TEXT = {
    "id": "0" * 32, "account_id": 1, "kind": "phone added", "slot": "backup", "number": PHONE, "proven": True,
    "queued_at": MOMENT, "dies_at": MOMENT, "due_at": MOMENT, "passes": 0, "possible": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("table", "row", "rule"),
    [
        ("phones", A_PHONE, "phones.*number"),
        ("phones", A_PHONE | {"account_id": 777888999}, "fk_phones|FOREIGN KEY"),
        ("phones", A_PHONE | {"account_id": None}, "account_id"),
        ("accounts", AN_ACCOUNT, "accounts.email"),
        ("texts", A_TEXT | {"outcome": "accepted"}, "ck_texts_settled"),
    ],
    ids=["twice", "nobody's", "none", "taken", "half settled"],
)
@pytest.mark.usefixtures("enrolled")
def test_an_error_of_the_database_names_the_rule_and_no_values(
    app: Flask, everything: io.StringIO, table: str, row: dict[str, Any], rule: str
) -> None:
    """Its statement is for the log; the numbers and hashes in it are not."""
    with app.app_context():
        try:
            with begin_write() as session:
                session.execute(Base.metadata.tables[table].insert().values(row))
        except IntegrityError:
            logging.getLogger("portal.test").exception("failed")
    written = everything.getvalue().partition("failed")[2]
    assert f"INSERT INTO {table}" in written
    assert re.search(rule, written)
    for value in (PHONE, PHONE[2:], "777888999", "alice@example.com", "a hash", "DETAIL"):
        assert value not in written
