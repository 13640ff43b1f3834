"""A session that has ended: by idling, by age, or because somebody ended it."""

from collections.abc import Callable

import pytest

from portal.accounts import staff
from portal.audit import PORTAL
from tests.conftest import Clock
from tests.person import GOOD_PASSWORD, Person


def test_an_hour_without_use_ends_the_session(alice: Person, time: Clock) -> None:
    alice.register()
    time.forward(minutes=59)
    assert alice.open("/resources/").path == "/resources/"
    time.forward(minutes=59)
    assert alice.open("/profile/").path == "/profile/"
    time.forward(hours=1)
    page = alice.open("/profile/")
    assert page.path == "/auth/login"
    alice.submit("/auth/login", {"email": "alice@example.com", "password": GOOD_PASSWORD})
    assert alice.page.path == "/profile/"


def test_24_hours_end_the_session_however_much_it_is_used(alice: Person, time: Clock) -> None:
    alice.register()
    for _ in range(28):
        time.forward(minutes=50)
        assert alice.open("/resources/").path == "/resources/"
    time.forward(minutes=39)
    assert alice.open("/resources/").path == "/resources/"
    time.forward(minutes=1)
    assert alice.open("/resources/").path == "/auth/login"


def test_a_change_does_not_make_a_session_younger(enrolled: Person, time: Clock) -> None:
    for _ in range(28):
        time.forward(minutes=50)
        enrolled.open("/resources/")
    enrolled.change_password("five plain words put together")
    assert enrolled.type_code(enrolled.newest_code()).path == "/profile/"
    time.forward(minutes=39)
    assert enrolled.open("/resources/").path == "/resources/"
    time.forward(minutes=1)
    assert enrolled.open("/resources/").path == "/auth/login"


def test_the_half_way_session_of_a_password_ends_after_an_hour_too(enrolled: Person, time: Clock) -> None:
    enrolled.sign_out()
    enrolled.sign_in()
    time.forward(hours=1)
    assert enrolled.send_code().path == "/auth/login"


def test_a_form_that_was_filled_in_too_slowly_leads_to_the_login(alice: Person, time: Clock) -> None:
    alice.register()
    alice.open("/profile/password")
    time.forward(hours=1)
    fields = {"current_password": GOOD_PASSWORD, "password": "five plain words put together"}
    assert alice.submit("/profile/password", fields).path == "/auth/login"
    assert alice.sign_in(password=GOOD_PASSWORD).path == "/resources/"


def disable() -> None:
    staff.disable("alice@example.com", "asked for", PORTAL)


def unlock() -> None:
    staff.unlock("alice@example.com", "asked for", PORTAL)


def remove_phone() -> None:
    staff.remove_phone("alice@example.com", "lost", PORTAL, ("backup", "primary"))


def reset_password() -> None:
    staff.reset_password("alice@example.com", "forgotten", PORTAL)


@pytest.mark.parametrize("act", [disable, unlock, remove_phone, reset_password])
def test_what_the_shop_does_to_an_account_ends_its_sessions(enrolled: Person, act: Callable[[], None]) -> None:
    half = Person(enrolled.app)
    half.sign_in()
    with enrolled.app.app_context():
        act()
    assert enrolled.open("/resources/").path == "/auth/login"
    assert half.open("/auth/verify").path == "/auth/login"


def test_signing_out_in_one_browser_leaves_the_other_signed_in(alice: Person) -> None:
    alice.register()
    other = Person(alice.app)
    other.sign_in()
    other.sign_out()
    assert alice.open("/resources/").path == "/resources/"


def test_a_session_that_ends_while_a_code_is_typed_leads_to_the_login(enrolled: Person) -> None:
    enrolled.change_password("five plain words put together")
    code = enrolled.newest_code()
    with enrolled.app.app_context():
        staff.reset_password("alice@example.com", "asked for", PORTAL)
    assert enrolled.type_code(code).path == "/auth/login"
