"""Changing the password: the current one, and a code where there is a phone."""

import pytest

from portal.prune import prune
from tests.attacks.rows import as_text, rows_of
from tests.conftest import Clock
from tests.person import GOOD_PASSWORD, PHONE, Person, wrong

NEW = "five plain words put together"


def test_without_a_phone_the_current_password_is_enough(alice: Person, time: Clock) -> None:
    alice.register()
    time.forward(minutes=59)
    page = alice.change_password(NEW)
    assert page.path == "/profile/"
    assert "Your password is changed" in page.words
    alice.sign_out()
    assert alice.sign_in(password=GOOD_PASSWORD).status == 422
    assert alice.sign_in(password=NEW).path == "/resources/"


def test_with_a_phone_it_takes_a_code_too(enrolled: Person) -> None:
    page = enrolled.change_password(NEW)
    assert page.path == "/auth/confirm"
    assert "change your password" in page.words
    assert "code to change your password" in enrolled.texts(PHONE)[-1]
    assert Person(enrolled.app).sign_in(password=NEW).status == 422
    assert enrolled.type_code(enrolled.newest_code(PHONE)).path == "/profile/"
    enrolled.sign_out()
    assert enrolled.sign_in(password=GOOD_PASSWORD).status == 422
    assert enrolled.sign_in(password=NEW).path == "/auth/verify"


def test_a_wrong_code_changes_nothing(enrolled: Person) -> None:
    enrolled.change_password(NEW)
    page = enrolled.type_code(wrong(enrolled.newest_code()))
    assert (page.status, page.path) == (422, "/auth/confirm")
    assert "4 tries left" in page.complaint("code")
    assert Person(enrolled.app).sign_in(password=GOOD_PASSWORD).path == "/auth/verify"


def test_a_wrong_current_password_is_said_beside_its_field_and_sends_nothing(enrolled: Person) -> None:
    sent = len(enrolled.texts())
    page = enrolled.change_password(NEW, current="not her password")
    assert (page.status, page.path) == (422, "/profile/password")
    assert page.complaint("current_password") == "That is not your password."
    assert not page.complaint("password")
    assert len(enrolled.texts()) == sent
    assert enrolled.open("/auth/confirm").path == "/profile/"


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", "Choose a new password."),
        ("short words", "12 characters or more"),
        ("x y" * 50, "at most 128 characters"),
        ("qwertyuiop123", "Many people use"),
        ("alice@example.com", "Your email and our name"),
    ],
)
def test_a_weak_new_password_is_refused_beside_its_field(alice: Person, password: str, sentence: str) -> None:
    alice.register()
    page = alice.change_password(password)
    assert page.status == 422
    assert sentence in page.complaint("password")
    assert not page.complaint("current_password")


def test_the_new_password_waits_only_as_a_hash_and_only_for_its_own_code(enrolled: Person) -> None:
    """A second try with another password takes the place of the first; the first one's code is dead."""
    enrolled.change_password(NEW)
    first = enrolled.newest_code(PHONE)
    enrolled.change_password("six plain words to put together")
    assert enrolled.type_code(first).status == 422
    assert enrolled.type_code(enrolled.newest_code(PHONE)).path == "/profile/"
    enrolled.sign_out()
    assert enrolled.sign_in(password=NEW).status == 422
    assert enrolled.sign_in(password="six plain words to put together").path == "/auth/verify"


def test_the_hash_stays_nowhere_but_in_the_account(enrolled: Person) -> None:
    enrolled.change_password(NEW)
    waiting = as_text(enrolled.app)
    enrolled.type_code(enrolled.newest_code(PHONE))
    (account,) = rows_of(enrolled.app, "alice@example.com")["accounts"]
    password_hash = next(value for value in account if str(value).startswith("$argon2id$"))
    assert waiting.count(password_hash) == 2, "with the code that was asked for, and with what waits for it"
    assert as_text(enrolled.app).count(password_hash) == 1


def test_the_hash_of_a_change_that_was_given_up_is_gone_after_an_hour(enrolled: Person, time: Clock) -> None:
    enrolled.change_password(NEW)
    time.forward(hours=1, minutes=6)
    with enrolled.app.app_context():
        prune(time.now())
    assert as_text(enrolled.app).count("$argon2id$") == 1
