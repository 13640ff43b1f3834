"""However many type a code at once: it is tried only so often, and pays only once."""

from collections import Counter
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import otp
from portal.database import begin_read
from portal.limits import Count
from portal.models import Account, BrowserSession, Challenge, LimitHit, TextMessage
from tests.conftest import Clock
from tests.person import BACKUP, GOOD_PASSWORD, Person, wrong
from tests.storms.parallel import at_once, copies, post_at_once

CROWD = pytest.mark.parametrize("crowd", [12, pytest.param(64, marks=pytest.mark.long)])


def counted(app: Flask, model: Any, *where: Any) -> int:
    with app.app_context(), begin_read() as session:
        return session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def wrong_tries(app: Flask, name: str = "CODE_ACCOUNT") -> int:
    """As the limit of Alice's account has counted them."""
    return counted(app, LimitHit, LimitHit.key == Count(name, str(account(app).id)).key)


def account(app: Flask) -> Account:
    with app.app_context(), begin_read() as session:
        return session.scalars(select(Account).where(Account.email == "alice@example.com")).one()


class Compared:
    """Counts the codes that were really compared."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.codes: list[str] = []
        real = otp.matches

        def matches(typed: str, code: str) -> bool:
            self.codes.append(typed)
            return real(typed, code)

        monkeypatch.setattr(otp, "matches", matches)


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> Compared:
    return Compared(monkeypatch)


@pytest.fixture
def half(enrolled: Person) -> Person:
    """Alice, who owes the code."""
    enrolled.sign_out()
    enrolled.sign_in()
    return enrolled


@CROWD
def test_the_right_code_signs_in_one_of_many(half: Person, compared: Compared, crowd: int) -> None:
    browsers = copies(half, crowd)
    answers = post_at_once(browsers, "/auth/verify", {"code": half.newest_code()})
    assert Counter(answer.location for answer in answers if answer.location)["/resources/"] == 1
    assert {answer.status_code for answer in answers} <= {302, 303, 422}, "signed in, sent to the login, or dead"
    assert sum(browser.open("/resources/").path == "/resources/" for browser in browsers) == 1
    assert counted(half.app, BrowserSession, BrowserSession.signed_in) == 1
    assert counted(half.app, Challenge, Challenge.used_at.is_not(None), Challenge.purpose == "sign_in") == 1
    assert len(compared.codes) <= 5
    assert wrong_tries(half.app) == 0, "none of these tries was wrong"


@CROWD
def test_many_wrong_guesses_at_once_are_five_tries(half: Person, compared: Compared, crowd: int) -> None:
    code = half.newest_code()
    answers = post_at_once(copies(half, crowd), "/auth/verify", {"code": wrong(code)})
    pages = [answer.get_data(as_text=True) for answer in answers]
    assert {answer.status_code for answer in answers} == {422}
    assert sum("That is not the code" in page for page in pages) == 5
    assert sum("tried too often" in page for page in pages) >= crowd - 5
    assert len(compared.codes) == 5
    for name in ("CODE_ACCOUNT", "CODE_ACCOUNT_DAY", "CODE_ACCOUNT_RUN"):
        assert wrong_tries(half.app, name) == 5
    half.open("/auth/verify")
    assert half.type_code(code).status == 422
    assert len(compared.codes) == 5


@CROWD
def test_guesses_in_many_browsers_share_the_budget_of_the_account(
    half: Person, time: Clock, compared: Compared, crowd: int
) -> None:
    browsers = []
    for n in range(4):
        browser = Person(half.app, f"203.0.113.{n + 10}")
        browser.sign_in()
        browsers += copies(browser, crowd // 4)
    time.forward(seconds=1)
    answers = post_at_once(browsers, "/auth/verify", {"code": "000000"})
    statuses = Counter(answer.status_code for answer in answers)
    assert len(compared.codes) == 10
    assert wrong_tries(half.app) == 10
    assert statuses[422] + statuses[429] == crowd


@CROWD
def test_a_right_code_among_wrong_ones_is_one_sign_in_or_none(half: Person, compared: Compared, crowd: int) -> None:
    code = half.newest_code()
    browsers = copies(half, crowd)
    fields = [{"code": code if n == crowd // 2 else wrong(code)} for n in range(crowd)]

    def sending(n: int) -> Any:
        data = fields[n] | {"csrf_token": half.csrf()}
        return lambda: browsers[n].client.post("/auth/verify", data=data)

    answers = at_once([sending(n) for n in range(crowd)])
    signed_in = sum(answer.location == "/resources/" for answer in answers)
    assert signed_in == counted(half.app, BrowserSession, BrowserSession.signed_in) == compared.codes.count(code)
    assert len(compared.codes) <= 5
    assert wrong_tries(half.app) == len(compared.codes) - signed_in


@CROWD
def test_a_proof_of_a_number_is_taken_once(enrolled: Person, crowd: int) -> None:
    enrolled.open("/profile/phones/backup")
    enrolled.submit("/profile/phones/backup", {"number": BACKUP})
    enrolled.confirm()
    before = account(enrolled.app).epoch
    browsers = copies(enrolled, crowd)
    answers = post_at_once(browsers, "/profile/phones/backup/verify", {"code": enrolled.newest_code(BACKUP)})
    assert Counter(answer.location for answer in answers)["/profile/"] == 1
    assert account(enrolled.app).epoch == before + 1
    assert len(account(enrolled.app).phones) == 2
    assert counted(enrolled.app, TextMessage, TextMessage.kind == "phone added") == 1
    assert sum(browser.open("/resources/").path == "/resources/" for browser in browsers) == 1


@CROWD
def test_a_confirmed_act_is_carried_out_once(enrolled: Person, crowd: int) -> None:
    enrolled.enrol(BACKUP, "backup")
    enrolled.remove("primary")
    enrolled.submit("/auth/confirm", {"password": GOOD_PASSWORD})
    before = account(enrolled.app).epoch
    answers = post_at_once(copies(enrolled, crowd), "/auth/confirm", {"code": enrolled.newest_code()})
    assert Counter(answer.location for answer in answers)["/profile/"] == 1
    assert account(enrolled.app).epoch == before + 1
    assert [(phone.slot, phone.number) for phone in account(enrolled.app).phones] == [("primary", BACKUP)]
    assert counted(enrolled.app, TextMessage, TextMessage.kind == "phone removed") == 2


@CROWD
def test_a_password_for_an_act_sends_one_text(enrolled: Person, crowd: int) -> None:
    enrolled.remove()
    before = counted(enrolled.app, TextMessage)
    browsers = copies(enrolled, min(crowd, 10))
    answers = post_at_once(browsers, "/auth/confirm", {"password": GOOD_PASSWORD})
    assert Counter(answer.location for answer in answers)["/auth/confirm"] == 1
    assert counted(enrolled.app, TextMessage) == before + 1
    assert sum(browser.open("/resources/").path == "/resources/" for browser in browsers) == 1
