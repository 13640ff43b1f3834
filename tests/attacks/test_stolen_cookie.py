"""A copied cookie, in the hands of someone who has neither the password nor the phone."""

from collections.abc import Callable

import pytest

from tests.attacks.rows import rows_of
from tests.conftest import Clock
from tests.person import BACKUP, GOOD_PASSWORD, OTHER, PHONE, Person

ALICE = "alice@example.com"
NEW_PASSWORD = "five other words this time"


def _add_backup(browser: Person) -> None:
    browser.open("/profile/phones/backup")
    browser.submit("/profile/phones/backup", {"number": OTHER})


def _change_primary(browser: Person) -> None:
    browser.open("/profile/phones/primary")
    browser.submit("/profile/phones/primary", {"number": OTHER})


def _remove(browser: Person) -> None:
    browser.remove()


ACTS = pytest.mark.parametrize("begin", [_add_backup, _change_primary, _remove])


def _what_counts(person: Person) -> list[object]:
    """The password, epoch and phones of Alice, and the texts and codes that were asked for."""
    rows = rows_of(person.app, ALICE)
    return [rows["accounts"], rows["phones"], rows["texts"], rows["challenges"]]


@ACTS
def test_it_can_t_touch_a_phone_without_the_password(enrolled: Person, begin: Callable[[Person], None]) -> None:
    stolen = enrolled.copy("198.51.100.66")
    before = _what_counts(enrolled)
    begin(stolen)
    assert stolen.page.path == "/auth/confirm"
    assert stolen.submit("/auth/confirm", {"password": "not the right words"}).status == 422
    for fields in ({"code": "123456"}, {"code": enrolled.newest_code()}, {"password": ""}, {}):
        stolen.post("/auth/confirm", fields | {"csrf_token": stolen.csrf()})
        assert stolen.page.path == "/auth/confirm"
    stolen.post("/auth/confirm/send", {"phone": "primary", "csrf_token": stolen.csrf()})
    assert _what_counts(enrolled) == before


@ACTS
def test_with_the_password_it_still_needs_the_phone(
    enrolled: Person, begin: Callable[[Person], None], time: Clock
) -> None:
    stolen = enrolled.copy("198.51.100.66")
    before = _what_counts(enrolled)[:2]
    begin(stolen)
    assert stolen.submit("/auth/confirm", {"password": GOOD_PASSWORD}).has_field("code")
    assert enrolled.texts(OTHER) == [], "the number of the thief gets nothing before the owner's phone has confirmed"
    for guess in ("000000", "111111", "222222", "333333", "444444"):
        stolen.post("/auth/confirm", {"code": guess, "csrf_token": stolen.csrf()})
    for slot in ("primary", "backup"):
        stolen.post(f"/profile/phones/{slot}/verify", {"code": "000000", "csrf_token": stolen.csrf()})
        stolen.open("/profile/")
    time.forward(minutes=2)
    assert _what_counts(enrolled)[:2] == before


def test_it_can_t_change_the_password_without_knowing_it(enrolled: Person) -> None:
    stolen = enrolled.copy("198.51.100.66")
    before = _what_counts(enrolled)
    assert stolen.change_password(NEW_PASSWORD, current="not the right words").status == 422
    assert stolen.open("/auth/confirm").path == "/profile/"
    assert _what_counts(enrolled) == before


def test_with_the_password_it_still_can_t_change_the_password(enrolled: Person) -> None:
    stolen = enrolled.copy("198.51.100.66")
    before = _what_counts(enrolled)[:2]
    assert stolen.change_password(NEW_PASSWORD).has_field("code")
    assert stolen.type_code("000000").status == 422
    assert _what_counts(enrolled)[:2] == before


def test_it_can_add_the_first_phone_only_minutes_after_the_password(alice: Person, time: Clock) -> None:
    alice.register()
    time.forward(minutes=10)
    stolen = alice.copy("198.51.100.66")
    stolen.open("/profile/phones/primary")
    assert stolen.submit("/profile/phones/primary", {"number": OTHER}).path == "/auth/confirm"
    assert stolen.texts() == []


def test_a_form_opened_in_time_and_sent_too_late_sends_nothing(alice: Person, time: Clock) -> None:
    alice.register()
    alice.open("/profile/phones/primary")
    stolen = alice.copy()
    stolen.open("/profile/phones/primary")
    time.forward(minutes=10)
    assert stolen.submit("/profile/phones/primary", {"number": OTHER}).path == "/auth/confirm"
    assert stolen.texts() == []


def test_its_guesses_at_the_password_are_counted_as_at_the_sign_in(enrolled: Person) -> None:
    stolen = enrolled.copy("198.51.100.66")
    stolen.client.delete_cookie("portal-known")  # with it they count in its own budget: test_known_browsers.py
    stolen.remove()
    for _ in range(5):
        assert stolen.submit("/auth/confirm", {"password": "a wrong password"}).status == 422
    for _ in range(5):
        assert stolen.change_password(NEW_PASSWORD, current="a wrong password").status == 422
    assert stolen.change_password(NEW_PASSWORD).status == 429
    assert Person(enrolled.app, "198.51.100.66").sign_in().status == 429
    assert Person(enrolled.app, "203.0.113.77").sign_in().path == "/auth/verify"


@pytest.mark.parametrize("use", ["reads", "confirms"])
def test_it_ends_with_the_owner_s_next_proof(enrolled: Person, use: str) -> None:
    stolen = enrolled.copy("198.51.100.66")
    assert stolen.open("/resources/").path == "/resources/"
    stolen.remove()
    enrolled.remove()
    enrolled.submit("/auth/confirm", {"password": GOOD_PASSWORD})
    if use == "reads":
        assert stolen.open("/resources/").path == "/auth/login"
    else:
        stolen.submit("/auth/confirm", {"password": GOOD_PASSWORD})
        assert stolen.page.path == "/auth/login"
    assert enrolled.type_code(enrolled.newest_code()).path == "/profile/"


def test_an_act_that_it_slips_in_is_named_to_the_owner_and_brings_it_nothing(enrolled: Person) -> None:
    """Both browsers share one session until the owner's password gives the owner a new one."""
    enrolled.enrol(BACKUP, "backup")
    stolen = enrolled.copy("198.51.100.66")
    enrolled.remove("backup")
    _change_primary(stolen)
    enrolled.open("/auth/confirm")
    enrolled.submit("/auth/confirm", {"password": GOOD_PASSWORD})
    codes = [text for text in enrolled.texts(PHONE) if "#" in text]
    assert "set your primary phone" in enrolled.page.words
    assert "set your primary phone" in codes[-1]
    enrolled.type_code(enrolled.newest_code(PHONE))
    stolen.open("/profile/phones/primary/verify")
    assert stolen.page.path == "/auth/login"
    assert [phone[3] for phone in rows_of(enrolled.app, ALICE)["phones"]] == [PHONE, BACKUP]


def test_a_password_typed_for_one_act_confirms_no_other_that_was_slipped_in(enrolled: Person) -> None:
    enrolled.enrol(BACKUP, "backup")
    enrolled.remove("backup")
    owner_sees = enrolled.page
    thief = enrolled.copy()
    thief.remove("primary")
    enrolled.page = owner_sees
    page = enrolled.submit("/auth/confirm", {"password": GOOD_PASSWORD})
    assert page.status == 422
    assert "Something else was asked for meanwhile" in page.words
    assert "remove your primary phone" in page.words
