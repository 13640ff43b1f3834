"""How often a password may be tried, and an account be made."""

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.person import GOOD_PASSWORD, Page, Person

WRONG = "not her password"


@pytest.fixture
def customer(alice: Person) -> Person:
    """Alice has an account, and is signed in in her own browser."""
    alice.register()
    return alice


def stranger(app: Flask, address: str = "198.51.100.7") -> Person:
    """A browser that the portal has never seen."""
    return Person(app, address)


def assert_paused(page: Page, seconds: int) -> None:
    assert page.status == 429
    assert abs(int(page.response.headers["Retry-After"]) - seconds) <= 1
    assert "Too many wrong passwords, so sign-in is paused. Try again at" in page.words


def test_after_10_wrong_passwords_from_one_address_the_right_one_is_refused_too_for_15_minutes(
    customer: Person, time: Clock
) -> None:
    person = stranger(customer.app)
    for _ in range(10):
        assert person.sign_in(password=WRONG).status == 422
    page = person.sign_in()
    assert_paused(page, 15 * 60)
    assert "Try again at 09:16 UTC." in page.words
    assert page.value("email") == "alice@example.com"
    assert page.has_field("password")
    time.forward(minutes=15)
    assert person.submit("/auth/login", {"password": GOOD_PASSWORD}).path == "/resources/"


def test_an_email_without_an_account_is_paused_in_the_same_way(customer: Person) -> None:
    person = stranger(customer.app)
    statuses = {
        email: [person.sign_in(email, WRONG).status for _ in range(11)]
        for email in ("alice@example.com", "nobody@example.com")
    }
    assert statuses["alice@example.com"] == statuses["nobody@example.com"] == [422] * 10 + [429]


@pytest.mark.parametrize("settings", [{"LIMIT_PASSWORD_ACCOUNT_ADDRESS": "2/15min"}])
class TestTwoAQuarterOfAnHour:
    def test_another_address_and_another_account_are_not_paused(self, customer: Person) -> None:
        person = stranger(customer.app)
        for _ in range(3):
            page = person.sign_in(password=WRONG)
        assert page.status == 429
        assert person.sign_in("bob@example.com", WRONG).status == 422
        assert stranger(customer.app, "198.51.100.8").sign_in().path == "/resources/"

    def test_the_email_counts_however_it_is_written(self, customer: Person) -> None:
        person = stranger(customer.app)
        person.sign_in("Alice@example.com", WRONG)
        person.sign_in(" alice@EXAMPLE.com ", WRONG)
        assert person.sign_in().status == 429

    def test_what_was_refused_is_not_counted(self, customer: Person, time: Clock) -> None:
        person = stranger(customer.app)
        for _ in range(2):
            person.sign_in(password=WRONG)
        for _ in range(5):
            time.forward(minutes=2)
            assert person.sign_in(password=WRONG).status == 429
        time.forward(minutes=5)
        assert person.sign_in().path == "/resources/"

    def test_the_pause_ends_when_the_oldest_try_is_old_enough(self, customer: Person, time: Clock) -> None:
        person = stranger(customer.app)
        person.sign_in(password=WRONG)
        time.forward(minutes=10)
        person.sign_in(password=WRONG)
        assert_paused(person.sign_in(), 5 * 60)
        time.forward(minutes=5)
        assert person.sign_in(password=WRONG).status == 422
        assert_paused(person.sign_in(), 10 * 60)

    def test_right_passwords_are_not_counted(self, customer: Person) -> None:
        person = stranger(customer.app)
        for _ in range(4):
            assert person.sign_in().path == "/resources/"
            person.sign_out()

    def test_wrong_passwords_at_a_confirmation_count_too(self, customer: Person, time: Clock) -> None:
        time.forward(minutes=11)
        customer.open("/profile/phones/primary")
        customer.submit("/profile/phones/primary", {"number": "+12015550123"})
        for _ in range(2):
            assert customer.submit("/auth/confirm", {"password": WRONG}).status == 422
        page = customer.submit("/auth/confirm", {"password": GOOD_PASSWORD})
        assert_paused(page, 15 * 60)
        assert page.has_field("password")
        assert "set your primary phone" in page.words
        assert customer.texts() == []
        page = customer.change_password("five plain words put together")
        assert_paused(page, 15 * 60)
        assert page.has_field("current_password")

    def test_every_address_of_one_ipv6_line_is_the_same(self, customer: Person) -> None:
        for n in range(2):
            stranger(customer.app, f"2001:db8:1:2:{n}::5").sign_in(password=WRONG)
        assert stranger(customer.app, "2001:db8:1:2:ffff::1").sign_in().status == 429
        assert stranger(customer.app, "2001:db8:1:3::1").sign_in().status == 200


@pytest.mark.parametrize("settings", [{"LIMIT_PASSWORD_ACCOUNT": "3/h"}])
def test_wrong_passwords_for_one_account_count_over_all_addresses(customer: Person, time: Clock) -> None:
    for n in range(3):
        assert stranger(customer.app, f"198.51.100.{n}").sign_in(password=WRONG).status == 422
    assert_paused(stranger(customer.app, "192.0.2.1").sign_in(), 3600)
    assert stranger(customer.app, "192.0.2.1").sign_in("bob@example.com").status == 422
    time.forward(hours=1)
    assert stranger(customer.app, "192.0.2.1").sign_in().path == "/resources/"


@pytest.mark.parametrize("settings", [{"LIMIT_PASSWORD_ADDRESS": "3/h"}])
def test_wrong_passwords_from_one_address_count_over_all_accounts(customer: Person, time: Clock) -> None:
    person = stranger(customer.app)
    for n in range(3):
        assert person.sign_in(f"c{n}@example.com", WRONG).status == 422
    assert_paused(person.sign_in(), 3600)
    assert stranger(customer.app, "192.0.2.1").sign_in().path == "/resources/"
    time.forward(hours=1)
    assert person.sign_in().path == "/resources/"


def sign_up(person: Person, email: str, password: str = GOOD_PASSWORD) -> Page:
    person.open("/auth/register")
    return person.submit("/auth/register", {"name": "C", "email": email, "password": password})


@pytest.mark.parametrize("settings", [{"LIMIT_REGISTER_ADDRESS": "3/h"}])
def test_well_formed_attempts_to_sign_up_are_counted_for_each_address(customer: Person, time: Clock) -> None:
    person = stranger(customer.app)
    for _ in range(4):
        assert sign_up(person, "alice@example.com", "too short").status == 422
        assert sign_up(person, "not an email").status == 422
    for _ in range(2):
        assert "already" in sign_up(person, "alice@example.com").complaint("email")
    assert sign_up(person, "c1@example.com").path == "/resources/"
    person.sign_out()
    page = sign_up(person, "c2@example.com")
    assert page.status == 429
    assert page.value("email") == "c2@example.com"
    assert abs(int(page.response.headers["Retry-After"]) - 3600) <= 1
    assert "Too many new accounts" in page.words
    assert sign_up(stranger(customer.app, "192.0.2.1"), "c3@example.com").path == "/resources/"
    time.forward(hours=1)
    assert sign_up(person, "c2@example.com").path == "/resources/"


def test_10_attempts_to_sign_up_an_hour_are_allowed(customer: Person) -> None:
    person = stranger(customer.app)
    statuses = [sign_up(person, "alice@example.com").status for _ in range(11)]
    assert statuses == [422] * 10 + [429]


@pytest.mark.parametrize("settings", [{"LIMIT_PASSWORD_ACCOUNT_ADDRESS": "off"}])
def test_the_shop_can_switch_a_limit_off(customer: Person) -> None:
    person = stranger(customer.app)
    assert {person.sign_in(password=WRONG).status for _ in range(11)} == {422}
