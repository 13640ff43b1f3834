"""How many wrong codes an account allows, over all its codes, browsers and purposes."""

import pytest
from flask import Flask

from portal.accounts import staff
from portal.audit import PORTAL
from tests.conftest import Clock
from tests.person import Page, Person, wrong


def stranger(app: Flask, n: int) -> Person:
    """One of many browsers that know the password."""
    person = Person(app, f"198.51.100.{n}")
    person.sign_in()
    assert person.page.path == "/auth/verify"
    return person


def guess(person: Person, times: int) -> Page:
    code = wrong(person.newest_code())
    for _ in range(times):
        page = person.type_code(code)
    return page


def assert_paused(page: Page, seconds: int) -> None:
    assert (page.status, page.path) == (429, "/auth/verify")
    assert abs(int(page.response.headers["Retry-After"]) - seconds) <= 1
    assert "Too many wrong codes, so codes are paused for this account. Try again at" in page.words
    assert page.has_field("code")
    assert page.has_field("phone")


def test_10_wrong_codes_in_an_hour_pause_the_account_over_all_codes_and_browsers(enrolled: Person, time: Clock) -> None:
    first, second, third = (stranger(enrolled.app, n) for n in range(3))
    guess(first, 5)
    first.send_code()
    assert guess(first, 2).status == 422
    time.forward(minutes=1)
    assert guess(second, 3).status == 422
    assert_paused(third.type_code(third.newest_code()), 59 * 60)
    assert_paused(first.type_code(first.newest_code()), 59 * 60)
    time.forward(minutes=59)
    later = stranger(enrolled.app, 4)
    assert later.type_code(later.newest_code()).path == "/resources/"


@pytest.mark.parametrize("settings", [{"LIMIT_CODE_ACCOUNT": "2/h"}])
class TestTwoAnHour:
    def test_a_refused_try_uses_none_of_the_tries_of_its_code(self, enrolled: Person, time: Clock) -> None:
        enrolled.change_password("five plain words put together")
        time.forward(minutes=58)
        enrolled.open("/profile/")
        guess(stranger(enrolled.app, 1), 2)
        person = stranger(enrolled.app, 2)
        for _ in range(6):
            assert person.type_code(wrong(person.newest_code())).status == 429
        assert "too often" not in person.open("/auth/verify").status_line

    def test_neither_a_success_nor_a_new_code_clears_it(self, enrolled: Person, time: Clock) -> None:
        person = stranger(enrolled.app, 1)
        guess(person, 1)
        assert person.type_code(person.newest_code()).path == "/resources/"
        person = stranger(enrolled.app, 2)
        guess(person, 1)
        time.forward(seconds=30)
        person.send_code()
        assert_paused(person.type_code(person.newest_code()), 3600 - 30)

    def test_right_codes_are_not_counted(self, enrolled: Person) -> None:
        for n in range(3):
            person = stranger(enrolled.app, n)
            assert person.type_code(person.newest_code()).path == "/resources/"

    def test_wrong_codes_for_other_purposes_count_too(self, enrolled: Person) -> None:
        enrolled.change_password("five plain words put together")
        guess(enrolled, 1)
        enrolled.type_code(enrolled.newest_code())
        enrolled.open("/profile/phones/backup")
        enrolled.submit("/profile/phones/backup", {"number": "+12015550145"})
        enrolled.confirm("five plain words put together")
        page = guess(enrolled, 1)
        assert page.path == "/profile/phones/backup/verify"
        page = enrolled.type_code(enrolled.newest_code("+12015550145"))
        assert page.status == 429
        assert "codes are paused" in page.words

    def test_another_account_is_not_paused(self, enrolled: Person) -> None:
        guess(stranger(enrolled.app, 1), 2)
        bob = Person(enrolled.app)
        bob.register("bob@example.com")
        assert bob.enrol("+12015550167").path == "/profile/"


@pytest.mark.parametrize("settings", [{"LIMIT_CODE_ACCOUNT": "off", "LIMIT_CODE_ACCOUNT_DAY": "6/day"}])
def test_wrong_codes_are_counted_over_a_day_too(enrolled: Person, time: Clock) -> None:
    guess(stranger(enrolled.app, 1), 3)
    time.forward(hours=12)
    guess(stranger(enrolled.app, 2), 3)
    person = stranger(enrolled.app, 3)
    assert_paused(person.type_code(person.newest_code()), 12 * 3600)
    assert "12 hours" in person.page.words
    time.forward(hours=12)
    person = stranger(enrolled.app, 4)
    assert person.type_code(person.newest_code()).path == "/resources/"


@pytest.mark.parametrize("settings", [{"LIMIT_CODE_ACCOUNT_RUN": "3"}])
class TestARunOfThree:
    def test_wrong_codes_in_a_row_shut_the_factor_until_the_shop_helps(self, enrolled: Person, time: Clock) -> None:
        guess(stranger(enrolled.app, 1), 3)
        time.forward(days=3)
        person = stranger(enrolled.app, 2)
        page = person.type_code(person.newest_code())
        assert page.status == 429
        assert "Retry-After" not in page.response.headers
        assert "this account takes no more codes. Contact support" in page.words
        assert page.has_field("code")
        assert page.has_field("phone")
        with enrolled.app.app_context():
            staff.unlock("alice@example.com", "showed her passport", PORTAL)
        person = stranger(enrolled.app, 3)
        assert person.type_code(person.newest_code()).path == "/resources/"

    def test_a_success_ends_the_run(self, enrolled: Person) -> None:
        for n in range(3):
            person = stranger(enrolled.app, n)
            guess(person, 2)
            assert person.type_code(person.newest_code()).path == "/resources/"

    def test_a_shut_factor_confirms_and_proves_nothing_either(self, enrolled: Person) -> None:
        guess(stranger(enrolled.app, 1), 3)
        enrolled.change_password("five plain words put together")
        page = enrolled.type_code(enrolled.newest_code())
        assert (page.status, page.path) == (429, "/auth/confirm")
        assert "Contact support" in page.words
