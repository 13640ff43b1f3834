"""A wrong code, a dead code, and the new one that takes its place."""

import re

import pytest

from tests.conftest import Clock
from tests.person import GOOD_PASSWORD, PHONE, Person, wrong


@pytest.fixture
def at_code(enrolled: Person) -> Person:
    """Alice, who has given her password and is asked for the code."""
    enrolled.sign_out()
    enrolled.sign_in()
    return enrolled


def guess_wrong(person: Person, times: int) -> None:
    code = wrong(person.newest_code())
    for _ in range(times):
        assert person.type_code(code).status == 422


def test_each_wrong_code_says_how_many_tries_are_left(at_code: Person) -> None:
    code = wrong(at_code.newest_code())
    for left in ("4 tries", "3 tries", "2 tries", "1 try"):
        page = at_code.type_code(code)
        assert f"you have {left} left" in page.complaint("code")
        assert page.value("code") == code
    assert at_code.type_code(at_code.newest_code()).path == "/resources/"


def test_after_five_wrong_codes_the_right_one_is_dead_and_the_page_offers_a_new_one(at_code: Person) -> None:
    code = at_code.newest_code()
    guess_wrong(at_code, 5)
    assert "the last try" in at_code.page.complaint("code")
    assert "no longer works" in at_code.page.status_line
    assert "Send a new code" in at_code.page.words
    page = at_code.type_code(code)
    assert (page.status, page.path) == (422, "/auth/verify")
    assert "tried too often" in page.words


@pytest.mark.parametrize("settings", [{"CODE_MAX_ATTEMPTS": "1"}])
def test_the_shop_can_allow_a_single_try(at_code: Person) -> None:
    guess_wrong(at_code, 1)
    assert "no longer works" in at_code.page.status_line


def test_an_expired_code_is_refused_and_a_new_one_is_offered(at_code: Person, time: Clock) -> None:
    code = at_code.newest_code()
    time.forward(minutes=5)
    page = at_code.type_code(code)
    assert page.status == 422
    assert "expired" in page.words
    assert "expired" in at_code.open("/auth/verify").status_line
    assert "Send a new code" in at_code.page.words


def test_a_code_works_until_the_last_second_of_its_life(at_code: Person, time: Clock) -> None:
    code = at_code.newest_code()
    time.forward(minutes=4, seconds=59)
    assert at_code.type_code(code).path == "/resources/"


@pytest.mark.parametrize("settings", [{"CODE_TTL_SECONDS": "20"}])
def test_the_shop_chooses_how_long_a_code_lives(at_code: Person, time: Clock) -> None:
    assert "It works for 20 seconds." in at_code.page.words
    assert re.search(r"It works for (19|20) seconds\.", at_code.texts(PHONE)[-1])
    time.forward(seconds=20)
    assert "expired" in at_code.open("/auth/verify").status_line


@pytest.mark.parametrize("how", ["expired", "locked"])
def test_a_new_code_takes_its_place_in_the_same_browser_without_the_password(
    at_code: Person, time: Clock, how: str
) -> None:
    old = at_code.newest_code()
    if how == "locked":
        guess_wrong(at_code, 5)
    else:
        time.forward(minutes=14)
        at_code.open("/auth/verify")
    page = at_code.send_code()
    assert (page.status, page.path) == (200, "/auth/verify")
    assert "It works for 5 minutes." in page.words
    new = at_code.newest_code()
    assert new != old
    assert "4 tries left" in at_code.type_code(old).complaint("code")
    assert at_code.type_code(new).path == "/resources/"


def test_after_15_minutes_a_new_code_takes_the_password_again(at_code: Person, time: Clock) -> None:
    time.forward(minutes=14)
    at_code.open("/auth/verify")
    sent = len(at_code.texts())
    time.forward(minutes=1)
    page = at_code.send_code()
    assert page.path == "/auth/login"
    assert "Start again" in page.words
    assert len(at_code.texts()) == sent
    assert at_code.open("/auth/verify").path == "/auth/login"
    at_code.submit("/auth/login", {"email": "alice@example.com", "password": GOOD_PASSWORD})
    assert at_code.type_code(at_code.newest_code()).path == "/resources/"


def test_the_15_minutes_count_from_the_password_over_all_its_codes(at_code: Person, time: Clock) -> None:
    for _ in range(2):
        time.forward(minutes=7)
        at_code.open("/auth/verify")
        assert at_code.send_code().path == "/auth/verify"
    time.forward(minutes=4)
    assert at_code.type_code(at_code.newest_code()).path == "/resources/"
    at_code.sign_out()
    at_code.sign_in()
    time.forward(minutes=14)
    at_code.open("/auth/verify")
    at_code.send_code()
    time.forward(minutes=5)
    assert at_code.open("/auth/verify").path == "/auth/login"


def test_a_dead_code_is_replaced_when_proving_a_number(alice: Person, time: Clock) -> None:
    alice.register()
    alice.open("/profile/phones/primary")
    alice.submit("/profile/phones/primary", {"number": PHONE})
    time.forward(minutes=6)
    page = alice.open("/profile/phones/primary/verify")
    assert "expired" in page.status_line
    assert alice.send_code().path == "/profile/phones/primary/verify"
    assert alice.type_code(alice.newest_code(PHONE)).path == "/profile/"
    assert "··23" in alice.page.words


def test_a_number_is_not_proven_15_minutes_after_the_password(alice: Person, time: Clock) -> None:
    alice.register()
    alice.open("/profile/phones/primary")
    alice.submit("/profile/phones/primary", {"number": PHONE})
    time.forward(minutes=14)
    alice.open("/profile/phones/primary/verify")
    time.forward(minutes=1)
    page = alice.send_code()
    assert page.path == "/profile/"
    assert "Start again" in page.words
    assert "··23" not in page.words


def test_a_dead_code_is_replaced_when_confirming(enrolled: Person, time: Clock) -> None:
    enrolled.change_password("five plain words put together")
    guess_wrong(enrolled, 5)
    assert enrolled.page.path == "/auth/confirm"
    time.forward(minutes=14)
    enrolled.open("/auth/confirm")
    assert enrolled.send_code().path == "/auth/confirm"
    assert enrolled.type_code(enrolled.newest_code()).path == "/profile/"


def test_a_number_is_not_set_by_a_wrong_code(alice: Person) -> None:
    alice.register()
    alice.open("/profile/phones/primary")
    alice.submit("/profile/phones/primary", {"number": PHONE})
    guess_wrong(alice, 5)
    alice.open("/profile/")
    assert "··23" not in alice.page.words
    assert "Sign-in codes are off" in alice.page.words
