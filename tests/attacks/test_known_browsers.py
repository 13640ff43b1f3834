"""Strangers who guess, and a neighbour at the same address, can't lock out a customer in a known browser."""

import pytest

from tests.conftest import Clock
from tests.person import GOOD_PASSWORD, PHONE, Person

GUESS = "not the password at all"


def guess(stranger: Person, times: int, email: str = "alice@example.com") -> int:
    """Guess until refused; the last status."""
    status = 0
    for _ in range(times):
        status = stranger.sign_in(email, GUESS).status
    return status


def test_guesses_from_the_same_address_do_not_lock_a_known_browser_out(enrolled: Person) -> None:
    enrolled.sign_out()
    neighbour = Person(enrolled.app, enrolled.address)
    assert guess(neighbour, 11) == 429
    assert neighbour.sign_in(password=GOOD_PASSWORD).status == 429
    assert enrolled.sign_in_with_code().path == "/resources/"


@pytest.mark.parametrize("settings", [{"LIMIT_PASSWORD_ACCOUNT": "12/h"}])
def test_guesses_from_many_addresses_do_not_lock_a_known_browser_out(enrolled: Person) -> None:
    enrolled.sign_out()
    for n in range(3):
        last = guess(Person(enrolled.app, f"198.51.100.{n + 1}"), 6)
    assert last == 429
    assert enrolled.sign_in_with_code().path == "/resources/"


def test_texts_that_a_thief_of_the_password_causes_leave_a_known_browser_its_own(enrolled: Person, time: Clock) -> None:
    enrolled.sign_out()
    time.forward(minutes=11)
    thief = Person(enrolled.app, "198.51.100.7")
    for _ in range(6):
        thief.sign_in()
    assert "No text was sent" in thief.page.words
    sent = len(enrolled.texts(PHONE))
    enrolled.sign_in()
    assert len(enrolled.texts(PHONE)) == sent + 1
    assert enrolled.type_code(enrolled.newest_code()).path == "/resources/"


def test_a_known_browser_has_a_budget_too(enrolled: Person) -> None:
    enrolled.sign_out()
    assert guess(enrolled, 11) == 429
    assert enrolled.sign_in().status == 429


def test_a_known_browser_is_known_to_its_own_account_only(enrolled: Person) -> None:
    enrolled.sign_out()
    bob = Person(enrolled.app, "198.51.100.9")
    bob.register("bob@example.com")
    bob.sign_out()
    guess(Person(enrolled.app, "198.51.100.8"), 11)
    guess(Person(enrolled.app, bob.address), 11)
    assert bob.sign_in(password=GOOD_PASSWORD).status == 429


def test_a_planted_cookie_is_worth_nothing_after_the_sign_in(enrolled: Person) -> None:
    enrolled.sign_out()
    planted = enrolled.copy()
    enrolled.sign_in_with_code()
    guess(Person(enrolled.app, planted.address), 11)
    assert planted.sign_in().status == 429


def test_a_known_browser_skips_no_step(enrolled: Person) -> None:
    enrolled.sign_out()
    assert enrolled.sign_in().path == "/auth/verify"
    assert enrolled.open("/resources/").path == "/auth/verify"


def test_signing_out_and_changing_the_password_leave_a_browser_known(enrolled: Person) -> None:
    enrolled.change_password("another five plain words here")
    enrolled.type_code(enrolled.newest_code())
    enrolled.sign_out()
    guess(Person(enrolled.app, enrolled.address), 11)
    assert enrolled.sign_in(password="another five plain words here").path == "/auth/verify"


def test_a_browser_is_known_for_a_year(enrolled: Person, time: Clock) -> None:
    enrolled.sign_out()
    time.forward(days=366)
    guess(Person(enrolled.app, enrolled.address), 11)
    assert enrolled.sign_in().status == 429


@pytest.mark.parametrize("settings", [{"LIMIT_PASSWORD_ADDRESS": "12/h"}])
def test_a_neighbour_who_tries_other_accounts_does_not_lock_a_known_browser_out(enrolled: Person) -> None:
    enrolled.sign_out()
    neighbour = Person(enrolled.app, enrolled.address)
    for n in range(13):
        last = neighbour.sign_in(f"customer{n}@example.com", GUESS).status
    assert last == 429
    assert enrolled.sign_in_with_code().path == "/resources/"


@pytest.mark.parametrize(
    "settings",
    [{f"LIMIT_TEXT_NEW_{name}": "2/h"} for name in ("ADDRESS", "PREFIX", "ALL")],
    ids=["address", "prefix", "all"],
)
def test_strangers_who_enrol_numbers_do_not_keep_texts_from_a_known_browser(enrolled: Person) -> None:
    enrolled.sign_out()
    for n in range(3):
        stranger = Person(enrolled.app, enrolled.address)
        stranger.register(f"stranger{n}@example.com")
        stranger.open("/profile/phones/primary")
        stranger.submit("/profile/phones/primary", {"number": f"+1201555019{n}"})
    assert "No text was sent" in stranger.page.words
    assert enrolled.sign_in_with_code().path == "/resources/"
