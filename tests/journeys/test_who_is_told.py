"""Each change of phone or password tells every number that was proven before, and signs every other browser out."""

from collections.abc import Callable

import pytest

from portal.accounts import staff
from portal.audit import PORTAL
from tests.conftest import Clock
from tests.person import BACKUP, GOOD_PASSWORD, OTHER, PHONE, Person

NEW_PASSWORD = "five plain words put together"


def change_primary(alice: Person) -> None:
    alice.enrol(OTHER, "primary")


def change_backup(alice: Person) -> None:
    alice.enrol(OTHER, "backup")


def remove_primary(alice: Person) -> None:
    alice.remove("primary")
    alice.confirm()


def remove_backup(alice: Person) -> None:
    alice.remove("backup")
    alice.confirm()


def change_password(alice: Person) -> None:
    alice.change_password(NEW_PASSWORD)
    alice.type_code(alice.newest_code(PHONE))


@pytest.fixture
def with_backup(enrolled: Person) -> Person:
    enrolled.enrol(BACKUP, "backup")
    return enrolled


def notices(alice: Person, number: str) -> list[str]:
    return [text for text in alice.texts(number) if "#" not in text]


CHANGES = [
    (change_primary, "The primary phone of your account was changed."),
    (change_backup, "The backup phone of your account was changed."),
    (remove_primary, "The primary phone was removed from your account."),
    (remove_backup, "The backup phone was removed from your account."),
    (change_password, "The password of your account was changed."),
]
ANY_CHANGE = pytest.mark.parametrize(("change", "sentence"), CHANGES)


@ANY_CHANGE
def test_both_numbers_are_told_also_the_one_that_goes_and_a_new_one_is_not(
    with_backup: Person, change: Callable[[Person], None], sentence: str
) -> None:
    before = {number: len(notices(with_backup, number)) for number in (PHONE, BACKUP)}
    change(with_backup)
    for number, count in before.items():
        told = notices(with_backup, number)[count:]
        assert len(told) == 1
        assert told[0].startswith(f"Client Portal: {sentence} Not you? Tell us at once: 127.0.0.1/help")
    assert notices(with_backup, OTHER) == []


@ANY_CHANGE
def test_other_browsers_are_signed_out_and_this_one_goes_on(
    with_backup: Person, time: Clock, change: Callable[[Person], None], sentence: str
) -> None:
    del sentence
    other, half = Person(with_backup.app), Person(with_backup.app)
    other.sign_in_with_code()
    half.sign_in()
    code = half.newest_code()
    time.forward(minutes=1)
    change(with_backup)
    assert with_backup.open("/resources/").path == "/resources/"
    assert other.open("/profile/").path == "/auth/login"
    assert half.open("/auth/verify").path == "/auth/login"
    half.sign_in(password=NEW_PASSWORD if change is change_password else GOOD_PASSWORD)
    assert half.type_code(code).status == 422


def test_the_old_cookie_of_the_browser_that_made_the_change_is_dead(enrolled: Person) -> None:
    cookie = enrolled.client.get_cookie("portal")
    assert cookie is not None
    change_password(enrolled)
    thief = Person(enrolled.app)
    thief.client.set_cookie("portal", cookie.value)
    assert thief.open("/resources/").path == "/auth/login"


def test_the_first_number_is_not_told_of_itself(enrolled: Person) -> None:
    assert notices(enrolled, PHONE) == []


def test_the_first_number_signs_other_browsers_out_too(alice: Person) -> None:
    alice.register()
    other = Person(alice.app)
    other.sign_in()
    alice.enrol()
    assert other.open("/resources/").path == "/auth/login"
    assert alice.open("/resources/").path == "/resources/"


def test_the_last_number_is_told_that_codes_are_off(enrolled: Person) -> None:
    enrolled.remove()
    enrolled.confirm()
    [told] = notices(enrolled, PHONE)
    assert "sign-in asks for no code now" in told


def test_a_notice_names_no_code_and_offers_none_to_fill_in(with_backup: Person) -> None:
    change_password(with_backup)
    for text in notices(with_backup, PHONE):
        assert "#" not in text
        assert len(text) <= 160


def test_a_number_that_was_told_it_goes_gets_no_more(with_backup: Person) -> None:
    remove_backup(with_backup)
    count = len(with_backup.texts(BACKUP))
    change_password(with_backup)
    assert len(with_backup.texts(BACKUP)) == count


@pytest.mark.parametrize("settings", [{"LIMIT_TEXT_NUMBER": "3/day", "LIMIT_TEXT_ACCOUNT": "3/day"}])
def test_no_limit_refuses_a_notice(enrolled: Person) -> None:
    enrolled.change_password(NEW_PASSWORD)
    enrolled.type_code(enrolled.newest_code(PHONE))
    for _ in range(3):
        with enrolled.app.app_context():
            staff.disable("alice@example.com", "trying", PORTAL)
            staff.enable("alice@example.com", "trying", PORTAL)
    assert len(notices(enrolled, PHONE)) == 7
