"""How many codes are sent to a number, for an account, and to new numbers."""

from datetime import timedelta

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.person import BACKUP, OTHER, PHONE, Page, Person

NO_LONGER_NEW = timedelta(days=7)


def stranger(app: Flask, email: str = "alice@example.com") -> Person:
    """One of many browsers that know the password, at the code page."""
    person = Person(app, "198.51.100.7")
    assert person.sign_in(email).path == "/auth/verify"
    return person


def is_sent(page: Page) -> bool:
    """Whether the page says that a text goes out, and if not that it says so and when."""
    assert page.status == 200
    if "On its way" in page.status_line:
        return True
    assert "No text was sent: there were too many in a short time." in page.status_line
    assert "You can send the next one at" in page.status_line
    assert page.has_field("phone")
    return False


def assert_too_many(page: Page) -> None:
    assert page.status == 429
    assert "Too many texts in a short time. Try again at" in page.words
    assert int(page.response.headers["Retry-After"]) > 0
    assert page.has_field("code")
    assert page.has_field("phone")


MINUTES_10, DAY = timedelta(minutes=10), timedelta(days=1)


@pytest.mark.parametrize(
    ("settings", "period"),
    [
        ({"LIMIT_TEXT_NUMBER": "2/10min"}, MINUTES_10),
        ({"LIMIT_TEXT_NUMBER_DAY": "2/day"}, DAY),
        ({"LIMIT_TEXT_ACCOUNT": "2/10min"}, MINUTES_10),
        ({"LIMIT_TEXT_ACCOUNT_DAY": "2/day"}, DAY),
    ],
)
def test_with_a_limit_spent_the_code_page_opens_sends_nothing_and_says_when(
    enrolled: Person, time: Clock, period: timedelta
) -> None:
    time.at += NO_LONGER_NEW
    before = len(enrolled.texts(PHONE))
    assert is_sent(stranger(enrolled.app).page)
    assert is_sent(stranger(enrolled.app).page)
    third = stranger(enrolled.app)
    assert not is_sent(third.page)
    assert len(enrolled.texts(PHONE)) == before + 2
    time.forward(minutes=9)
    third.open("/auth/verify")
    assert_too_many(third.send_code())
    assert len(enrolled.texts(PHONE)) == before + 2
    time.at += period - timedelta(minutes=9)
    if period == DAY:
        assert is_sent(stranger(enrolled.app).page)
    else:
        third.open("/auth/verify")
        assert is_sent(third.send_code())
        assert third.type_code(third.newest_code()).path == "/resources/"


@pytest.mark.parametrize("settings", [{"LIMIT_TEXT_NUMBER": "3/10min"}])
def test_texts_to_one_number_count_over_all_accounts_that_use_it(enrolled: Person, time: Clock) -> None:
    bob = Person(enrolled.app)
    bob.register("bob@example.com")
    bob.enrol(PHONE)
    time.at += NO_LONGER_NEW
    for email in ("alice@example.com", "bob@example.com", "alice@example.com"):
        assert is_sent(stranger(enrolled.app, email).page)
    assert not is_sent(stranger(enrolled.app, "bob@example.com").page)


@pytest.mark.parametrize("settings", [{"LIMIT_TEXT_ACCOUNT": "3/10min"}])
def test_texts_for_one_account_count_over_both_numbers(enrolled: Person, time: Clock) -> None:
    time.at += DAY
    enrolled.sign_in_with_code()
    enrolled.enrol(BACKUP, "backup")
    time.at += DAY
    person = stranger(enrolled.app)
    person.send_code("backup")
    assert is_sent(stranger(enrolled.app).page)
    person = stranger(enrolled.app)
    assert not is_sent(person.page)
    assert_too_many(person.send_code("backup"))


@pytest.mark.parametrize("settings", [{"LIMIT_TEXT_NUMBER": "2/10min"}])
def test_with_one_number_spent_the_other_still_gets_the_code(enrolled: Person, time: Clock) -> None:
    enrolled.enrol(BACKUP, "backup")
    time.at += NO_LONGER_NEW
    for _ in range(2):
        stranger(enrolled.app)
    person = stranger(enrolled.app)
    assert not is_sent(person.page)
    assert is_sent(person.send_code("backup"))
    assert person.type_code(person.newest_code(BACKUP)).path == "/resources/"


def test_5_codes_in_10_minutes_go_to_one_number(enrolled: Person, time: Clock) -> None:
    time.at += NO_LONGER_NEW
    assert [is_sent(stranger(enrolled.app).page) for _ in range(6)] == [True] * 5 + [False]


@pytest.mark.parametrize("settings", [{"LIMIT_TEXT_CONFIRM_DAY": "2/day"}])
def test_work_that_uses_up_its_codes_never_locks_sign_in(enrolled: Person, time: Clock) -> None:
    for _ in range(2):
        time.forward(minutes=5)
        assert is_sent(enrolled.change_password("five plain words put together"))
    time.forward(minutes=5)
    page = enrolled.change_password("five plain words put together")
    assert page.path == "/auth/confirm"
    assert not is_sent(page)
    assert_too_many(enrolled.send_code())
    assert is_sent(stranger(enrolled.app).page)
    enrolled.sign_out()
    assert is_sent(enrolled.sign_in())


def give_new_number(app: Flask, n: int, number: str, address: str) -> Page:
    """Somebody signs up and gives a number."""
    person = Person(app, address)
    person.register(f"c{n}@example.com")
    person.open("/profile/phones/primary")
    page = person.submit("/profile/phones/primary", {"number": number})
    assert page.path == "/profile/phones/primary/verify"
    return page


@pytest.mark.parametrize("settings", [{"LIMIT_TEXT_NEW_ADDRESS": "2/h"}])
def test_new_numbers_are_counted_for_each_address(app: Flask, time: Clock) -> None:
    numbers = ["+12015550123", "+12125550123", "+13105550123", "+14155550123"]
    here, there = "203.0.113.5", "192.0.2.1"
    sent = [is_sent(give_new_number(app, n, number, here)) for n, number in enumerate(numbers[:3])]
    assert sent == [True, True, False]
    assert is_sent(give_new_number(app, 3, numbers[3], there))
    time.forward(hours=1)
    assert is_sent(give_new_number(app, 4, numbers[2], here))


@pytest.mark.parametrize("settings", [{"LIMIT_TEXT_NEW_PREFIX": "2/h"}])
def test_new_numbers_alike_but_for_four_digits_are_counted_together(app: Flask, time: Clock) -> None:
    alike = ["+12015550123", "+12015559999", "+12015550145"]
    sent = [is_sent(give_new_number(app, n, number, f"192.0.2.{n}")) for n, number in enumerate(alike)]
    assert sent == [True, True, False]
    assert is_sent(give_new_number(app, 3, "+12125550123", "192.0.2.3"))
    time.forward(hours=1)
    assert is_sent(give_new_number(app, 4, alike[2], "192.0.2.4"))


@pytest.mark.parametrize("settings", [{"LIMIT_TEXT_NEW_ALL": "2/h"}])
def test_new_numbers_are_counted_for_the_whole_shop(app: Flask, time: Clock) -> None:
    numbers = ["+12015550123", "+12125550123", "+13105550123"]
    sent = [is_sent(give_new_number(app, n, number, f"192.0.2.{n}")) for n, number in enumerate(numbers)]
    assert sent == [True, True, False]
    time.forward(hours=1)
    assert is_sent(give_new_number(app, 3, numbers[2], "192.0.2.3"))


@pytest.mark.parametrize("settings", [{"LIMIT_TEXT_NEW_ALL": "1/h"}])
def test_a_number_is_new_until_7_days_after_it_was_proven(enrolled: Person, time: Clock) -> None:
    assert not is_sent(stranger(enrolled.app).page)
    time.at += NO_LONGER_NEW - timedelta(minutes=1)
    assert is_sent(stranger(enrolled.app).page)
    assert not is_sent(stranger(enrolled.app).page)
    time.forward(minutes=1)
    assert is_sent(stranger(enrolled.app).page)
    assert is_sent(stranger(enrolled.app).page)


@pytest.mark.parametrize("settings", [{"LIMIT_TEXT_NEW_ALL": "1/h"}])
def test_a_new_number_in_an_old_account_is_new(enrolled: Person, time: Clock) -> None:
    time.at += NO_LONGER_NEW
    enrolled.sign_in_with_code()
    assert is_sent(give_new_number(enrolled.app, 1, "+12125550123", "192.0.2.1"))
    enrolled.open("/profile/phones/primary")
    enrolled.submit("/profile/phones/primary", {"number": OTHER})
    page = enrolled.confirm()
    assert page.path == "/profile/phones/primary/verify"
    assert not is_sent(page)
