"""However many ask at once, no more is sent, tried or made than one after the other."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from portal import passwords
from portal.models import Account, BrowserSession, TextMessage
from tests.conftest import Clock
from tests.person import BACKUP, GOOD_PASSWORD, PHONE, Person
from tests.storms.parallel import at_once, copies, post_at_once
from tests.storms.test_codes import counted

LONG = pytest.mark.long
WRONG = "a wrong password"


def strangers(person: Person, addresses: list[str], path: str = "/auth/login") -> list[Person]:
    """Browsers with nothing in them, each with the page open."""
    browsers = [Person(person.app, address) for address in addresses]
    for browser in browsers:
        browser.open(path)
    return browsers


def codes_to(person: Person, number: str) -> int:
    return counted(person.app, TextMessage, TextMessage.number == number, TextMessage.kind == "code")


@pytest.mark.parametrize("crowd", [20, pytest.param(64, marks=LONG)])
@pytest.mark.parametrize(("phone", "number"), [("primary", PHONE), ("backup", BACKUP)])
def test_resends_at_once_are_one_text(enrolled: Person, time: Clock, crowd: int, phone: str, number: str) -> None:
    enrolled.enrol(BACKUP, "backup")
    time.forward(minutes=11)
    enrolled.sign_out()
    enrolled.sign_in()
    if phone == "primary":
        time.forward(seconds=31)
    before = codes_to(enrolled, number)
    answers = post_at_once(copies(enrolled, crowd), "/auth/verify/send", {"phone": phone})
    assert Counter(answer.status_code for answer in answers) == {303: 1, 429: crowd - 1}
    assert codes_to(enrolled, number) == before + 1
    sent = [text for text in enrolled.texts(number) if "sign-in code" in text]
    assert len({text[:6] for text in sent}) == 1, "whichever arrives, it is the same code"


@pytest.mark.parametrize("crowd", [20, pytest.param(64, marks=LONG)])
def test_new_codes_at_once_for_a_dead_one_are_one(enrolled: Person, time: Clock, crowd: int) -> None:
    time.forward(minutes=11)
    enrolled.sign_out()
    enrolled.sign_in()
    time.forward(minutes=6)
    enrolled.open("/auth/verify")
    before = codes_to(enrolled, PHONE)
    answers = post_at_once(copies(enrolled, crowd), "/auth/verify/send", {"phone": "primary"})
    assert Counter(answer.status_code for answer in answers) == {303: 1, 429: crowd - 1}
    assert codes_to(enrolled, PHONE) == before + 1


@pytest.mark.parametrize("crowd", [20, pytest.param(64, marks=LONG)])
def test_sign_ins_at_once_send_what_the_number_may_get(enrolled: Person, time: Clock, crowd: int) -> None:
    time.forward(minutes=11)
    before = codes_to(enrolled, PHONE)
    browsers = strangers(enrolled, [f"203.0.113.{n}" for n in range(crowd)])
    answers = post_at_once(browsers, "/auth/login", {"email": "alice@example.com", "password": GOOD_PASSWORD})
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/auth/verify")}
    assert codes_to(enrolled, PHONE) == before + 5
    pages = [browser.open("/auth/verify").words for browser in browsers]
    assert sum("No text was sent" in page for page in pages) == crowd - 5


def _compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    tried: list[str] = []
    real: Callable[..., bool] = passwords.verify

    def verify(password_hash: str | None, password: str) -> bool:
        tried.append(password)
        return real(password_hash, password)

    monkeypatch.setattr(passwords, "verify", verify)
    return tried


@pytest.mark.parametrize("crowd", [20, pytest.param(64, marks=LONG)])
@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com"])
def test_guesses_at_a_password_from_one_address_are_ten(
    alice: Person, monkeypatch: pytest.MonkeyPatch, crowd: int, email: str
) -> None:
    alice.register()
    tried = _compared(monkeypatch)
    browsers = strangers(alice, ["198.51.100.7"] * crowd)
    answers = post_at_once(browsers, "/auth/login", {"email": email, "password": WRONG})
    assert Counter(answer.status_code for answer in answers) == {422: 10, 429: crowd - 10}
    assert len(tried) == 10


@LONG
def test_guesses_at_a_password_from_many_addresses_are_a_hundred(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice.register()
    tried = _compared(monkeypatch)
    browsers = strangers(alice, [f"198.51.100.{n // 2}" for n in range(128)])
    answers = []
    for n in range(0, 128, 64):
        fields = {"email": "alice@example.com", "password": WRONG}
        answers += post_at_once(browsers[n : n + 64], "/auth/login", fields)
    assert Counter(answer.status_code for answer in answers) == {422: 100, 429: 28}
    assert len(tried) == 100


@pytest.mark.parametrize("crowd", [8, pytest.param(64, marks=LONG)])
def test_registrations_of_one_email_make_one_account(alice: Person, crowd: int) -> None:
    browsers = strangers(alice, [f"203.0.113.{n}" for n in range(crowd)], "/auth/register")
    fields = {"name": "Eve", "email": "eve@example.com", "password": GOOD_PASSWORD, "account_type": "personal"}
    answers = post_at_once(browsers, "/auth/register", fields)
    assert Counter(answer.status_code for answer in answers) == {303: 1, 422: crowd - 1}
    assert counted(alice.app, Account) == 1
    assert counted(alice.app, BrowserSession) == 1


@pytest.mark.parametrize("crowd", [20, pytest.param(64, marks=LONG)])
def test_registrations_from_one_address_are_ten(alice: Person, crowd: int) -> None:
    browsers = strangers(alice, ["198.51.100.7"] * crowd, "/auth/register")

    def signing_up(n: int) -> Callable[[], Any]:
        fields = {"name": "Eve", "email": f"eve{n}@example.com", "password": GOOD_PASSWORD, "account_type": "personal"}
        data = fields | {"csrf_token": browsers[n].csrf()}
        where = {"REMOTE_ADDR": browsers[n].address}
        return lambda: browsers[n].client.post("/auth/register", data=data, environ_overrides=where)

    answers = at_once([signing_up(n) for n in range(crowd)])
    assert Counter(answer.status_code for answer in answers) == {303: 10, 429: crowd - 10}
    assert counted(alice.app, Account) == 10
