"""A code works once, in the browser that asked for it, and for what it was asked for."""

from collections.abc import Callable

import pytest

from portal.accounts import staff
from portal.audit import Actor
from portal.models import Challenge
from tests.attacks.rows import count, rows_of
from tests.attacks.test_sessions import with_app
from tests.conftest import Clock
from tests.person import BACKUP, OTHER, PHONE, Person, wrong

ALICE = "alice@example.com"
NEW_PASSWORD = "five other words this time"
USED = Challenge.used_at.is_not(None)


def refused(person: Person, path: str, code: str) -> bool:
    """Whether a code is refused where it is typed in; sent as a program would, past what the page offers."""
    used = count(person.app, Challenge, USED)
    person.post(path, {"code": code, "csrf_token": person.csrf()})
    return count(person.app, Challenge, USED) == used


def phones(person: Person) -> set[tuple[str, str]]:
    return {(phone[2], phone[3]) for phone in rows_of(person.app, ALICE)["phones"]}


@pytest.fixture
def second(enrolled: Person) -> Person:
    """Another browser of Alice, signed in with its code."""
    browser = Person(enrolled.app, "203.0.113.8")
    browser.sign_in_with_code()
    return browser


def test_a_sign_in_code_confirms_nothing(enrolled: Person, time: Clock) -> None:
    enrolled.remove()
    enrolled.submit("/auth/confirm", {"password": "four plain words together"})
    time.forward(seconds=1)
    other = Person(enrolled.app, "203.0.113.8")
    other.sign_in()
    assert refused(enrolled, "/auth/confirm", enrolled.newest_code())
    assert phones(enrolled) == {("primary", PHONE)}


def test_a_confirm_code_signs_nobody_in(half: Person, time: Clock) -> None:
    mine = half.copy()
    mine.open("/auth/verify")
    mine.type_code(mine.newest_code())
    mine.remove()
    mine.submit("/auth/confirm", {"password": "four plain words together"})
    code = mine.newest_code()
    time.forward(seconds=1)
    other = Person(half.app, "203.0.113.8")
    other.sign_in()
    assert refused(other, "/auth/verify", code)
    assert other.open("/resources/").path == "/auth/verify"


def test_a_proving_code_confirms_nothing_and_a_confirm_code_proves_nothing(enrolled: Person) -> None:
    enrolled.open("/profile/phones/backup")
    enrolled.submit("/profile/phones/backup", {"number": BACKUP})
    enrolled.submit("/auth/confirm", {"password": "four plain words together"})
    confirm_code = enrolled.newest_code(PHONE)
    enrolled.type_code(confirm_code)
    assert enrolled.page.path == "/profile/phones/backup/verify"
    assert refused(enrolled, "/profile/phones/backup/verify", confirm_code)
    enrolled.open("/profile/phones/backup/verify")
    assert refused(enrolled, "/auth/confirm", enrolled.newest_code(BACKUP))
    assert phones(enrolled) == {("primary", PHONE)}


def test_a_confirm_code_pays_for_its_own_act_only(enrolled: Person, time: Clock) -> None:
    enrolled.enrol(BACKUP, "backup")
    time.forward(minutes=2)
    enrolled.remove("backup")
    enrolled.submit("/auth/confirm", {"password": "four plain words together"})
    code = enrolled.newest_code(PHONE)
    enrolled.remove("primary")
    assert refused(enrolled, "/auth/confirm", code), "the password was not typed for this act"
    enrolled.open("/auth/confirm")
    enrolled.submit("/auth/confirm", {"password": "four plain words together"})
    assert refused(enrolled, "/auth/confirm", code)
    assert phones(enrolled) == {("primary", PHONE), ("backup", BACKUP)}


def test_a_proving_code_fills_its_own_slot_only(enrolled: Person) -> None:
    enrolled.open("/profile/phones/backup")
    enrolled.submit("/profile/phones/backup", {"number": BACKUP})
    enrolled.confirm()
    code = enrolled.newest_code(BACKUP)
    assert refused(enrolled, "/profile/phones/primary/verify", code)
    assert phones(enrolled) == {("primary", PHONE)}
    enrolled.open("/profile/phones/backup/verify")
    assert enrolled.type_code(code).path == "/profile/"


def test_a_proving_code_proves_the_number_it_went_to(alice: Person, time: Clock) -> None:
    alice.register()
    codes = {}
    for number in (PHONE, OTHER):
        alice.open("/profile/phones/primary")
        alice.submit("/profile/phones/primary", {"number": number})
        codes[number] = alice.newest_code(number)
        time.forward(seconds=1)
    assert refused(alice, "/profile/phones/primary/verify", codes[PHONE])
    alice.open("/profile/phones/primary/verify")
    alice.type_code(codes[OTHER])
    assert phones(alice) == {("primary", OTHER)}


def test_alice_s_code_does_not_work_in_mallory_s_browser(half: Person, mallory: Person) -> None:
    mallory.sign_out()
    mallory.sign_in("mallory@example.com")
    assert refused(mallory, "/auth/verify", half.newest_code(PHONE))
    assert refused(half, "/auth/verify", mallory.newest_code(OTHER))


def test_of_two_browsers_of_one_account_each_has_its_own_code(half: Person, time: Clock) -> None:
    mine = half.newest_code()
    time.forward(seconds=1)
    other = Person(half.app, "203.0.113.8")
    other.sign_in()
    theirs = other.newest_code()
    assert refused(other, "/auth/verify", mine)
    assert refused(half, "/auth/verify", theirs)
    other.open("/auth/verify")
    assert other.type_code(theirs).path == "/resources/"
    half.open("/auth/verify")
    assert half.type_code(mine).path == "/resources/"


def test_a_used_code_is_worth_nothing(half: Person, time: Clock) -> None:
    code, copy = half.newest_code(), half.copy()
    copy.open("/auth/verify")
    half.type_code(code)
    assert refused(copy, "/auth/verify", code)
    assert copy.open("/resources/").path == "/auth/login"
    half.sign_out()
    time.forward(seconds=1)
    half.sign_in()
    assert refused(half, "/auth/verify", code)


def _changes() -> dict[str, Callable[[Person], object]]:
    by = Actor("staff:test")
    return {
        "password": lambda p: p.change_password(NEW_PASSWORD) and p.type_code(p.newest_code()),
        "backup": lambda p: p.enrol(BACKUP, "backup"),
        "number": lambda p: p.enrol(OTHER),
        "removal": lambda p: p.remove() and p.confirm(),
        "disabling": lambda p: with_app(p, lambda: staff.disable(ALICE, "asked", by)),
        "reset": lambda p: with_app(p, lambda: staff.reset_password(ALICE, "asked", by)),
        "lost phone": lambda p: with_app(p, lambda: staff.remove_phone(ALICE, "asked", by, ("primary",))),
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("change", list(_changes()))
@pytest.mark.parametrize("purpose", ["sign in", "confirm", "prove"])
def test_a_code_from_before_a_change_is_dead(enrolled: Person, second: Person, change: str, purpose: str) -> None:
    waiting, path = Person(enrolled.app, "203.0.113.9"), "/auth/verify"
    waiting.sign_in()
    if purpose != "sign in":
        waiting.type_code(waiting.newest_code())
        waiting.open("/profile/phones/backup")
        waiting.submit("/profile/phones/backup", {"number": "+12015550189"})
        waiting.submit("/auth/confirm", {"password": "four plain words together"})
        path = "/auth/confirm"
    if purpose == "prove":
        waiting.type_code(waiting.newest_code())
        path = "/profile/phones/backup/verify"
    code = waiting.newest_code()
    _changes()[change](second)
    before = rows_of(enrolled.app, ALICE)
    assert refused(waiting, path, code)
    assert waiting.page.path == "/auth/login"
    assert rows_of(enrolled.app, ALICE)["phones"] == before["phones"]
    assert waiting.texts("+12015550189") == ([] if purpose != "prove" else waiting.texts("+12015550189")[:1])


def test_two_codes_in_one_request_are_one_try(half: Person) -> None:
    code = half.newest_code()
    fields = {"code": [wrong(code), code], "csrf_token": half.csrf()}
    response = half.client.post("/auth/verify", data=fields, environ_overrides={"REMOTE_ADDR": half.address})
    assert response.status_code == 422
    assert "4 tries left" in response.get_data(as_text=True)


def test_what_is_no_code_costs_no_try(half: Person) -> None:
    no_codes = ["", " ", "12345", "1234567", "abcdef", "-12345", "1e5000", "0x1234", "12\x003456", "²²²²²²", "9" * 5000]
    for typed in no_codes:
        assert half.post("/auth/verify", {"code": typed, "csrf_token": half.csrf()}).status == 422, typed
    half.open("/auth/verify")
    assert "4 tries left" in half.type_code(wrong(half.newest_code())).words


def test_after_the_last_try_the_right_code_is_refused(half: Person) -> None:
    code = half.newest_code()
    for _ in range(5):
        half.post("/auth/verify", {"code": wrong(code), "csrf_token": half.csrf()})
    assert refused(half, "/auth/verify", code)
    assert half.open("/resources/").path == "/auth/verify"


def test_no_new_code_browser_or_sign_in_makes_room_for_more_guesses(half: Person, time: Clock) -> None:
    for _ in range(2):
        for _ in range(5):
            assert half.post("/auth/verify", {"code": "000000", "csrf_token": half.csrf()}).status == 422
        half.open("/auth/verify")
        half.send_code()
        time.forward(minutes=3)
    other = Person(half.app, "198.51.100.99")
    other.sign_in()
    for browser in (half, other):
        browser.open("/auth/verify")
        assert browser.type_code(browser.newest_code()).status == 429
    time.forward(minutes=60)
    half.sign_in()
    assert half.type_code(half.newest_code()).path == "/resources/"
