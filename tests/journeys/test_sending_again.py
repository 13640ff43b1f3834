"""Sending the code again, or to the backup phone."""

import pytest

from tests.conftest import Clock
from tests.person import BACKUP, PHONE, Page, Person


@pytest.fixture
def at_code(enrolled: Person) -> Person:
    """Alice, who has given her password and is asked for the code."""
    enrolled.sign_out()
    enrolled.sign_in()
    return enrolled


@pytest.fixture
def with_backup(enrolled: Person) -> Person:
    """Alice with two phones, at the code page."""
    enrolled.enrol(BACKUP, "backup")
    enrolled.sign_out()
    enrolled.sign_in()
    return enrolled


def assert_must_wait(page: Page, seconds: int) -> None:
    assert page.status == 429
    assert page.response.headers["Retry-After"] == str(seconds)
    assert f"That is in {seconds} second{'s' * (seconds != 1)}." in page.words
    assert page.has_field("code")
    assert page.has_field("phone")


def test_the_second_text_is_possible_after_30_seconds_and_each_one_after_that_60_later(
    at_code: Person, time: Clock
) -> None:
    assert len(at_code.texts(PHONE)) == 2
    assert_must_wait(at_code.send_code(), 30)
    time.forward(seconds=29)
    assert_must_wait(at_code.send_code(), 1)
    time.forward(seconds=1)
    assert at_code.send_code().path == "/auth/verify"
    assert len(at_code.texts(PHONE)) == 3
    time.forward(seconds=30)
    assert_must_wait(at_code.send_code(), 30)
    time.forward(seconds=30)
    assert at_code.send_code().path == "/auth/verify"
    assert len(at_code.texts(PHONE)) == 4
    time.forward(seconds=30)
    assert_must_wait(at_code.send_code(), 30)
    assert len(at_code.texts(PHONE)) == 4


def test_during_a_wait_the_code_can_be_typed_on_the_same_page(at_code: Person) -> None:
    assert at_code.send_code().status == 429
    assert at_code.type_code(at_code.newest_code()).path == "/resources/"


@pytest.mark.parametrize("settings", [{"CODE_RESEND_SECONDS": "5"}])
def test_the_shop_chooses_the_wait(at_code: Person, time: Clock) -> None:
    time.forward(seconds=5)
    assert at_code.send_code().status == 200
    assert_must_wait(at_code.send_code(), 10)


def test_every_text_carries_the_same_code_so_a_late_first_one_works(at_code: Person, time: Clock) -> None:
    first = at_code.newest_code()
    time.forward(seconds=30)
    at_code.send_code()
    assert at_code.newest_code() == first
    assert len(at_code.texts(PHONE)) == 3
    assert at_code.type_code(first).path == "/resources/"


def test_a_text_says_how_long_the_code_still_works(at_code: Person, time: Clock) -> None:
    assert "It works for 5 minutes." in at_code.texts()[-1]
    time.forward(minutes=2)
    at_code.send_code()
    assert "It works for 3 minutes." in at_code.texts()[-1]


def test_sending_again_gives_no_more_tries(at_code: Person, time: Clock) -> None:
    at_code.type_code(f"{(int(at_code.newest_code()) + 1) % 10**6:06d}")
    time.forward(seconds=30)
    at_code.send_code()
    page = at_code.type_code(f"{(int(at_code.newest_code()) + 2) % 10**6:06d}")
    assert "3 tries left" in page.complaint("code")


def test_with_less_than_a_fifth_of_its_life_left_a_new_code_is_sent(at_code: Person, time: Clock) -> None:
    old = at_code.newest_code()
    time.forward(minutes=3, seconds=59)
    at_code.open("/auth/verify")
    assert "Send the code again" in at_code.page.words
    time.forward(seconds=2)
    page = at_code.open("/auth/verify")
    assert "Send a new code" in page.words
    assert at_code.send_code().path == "/auth/verify"
    assert "It works for 5 minutes." in at_code.page.words
    new = at_code.newest_code()
    assert new != old
    assert at_code.type_code(old).status == 422
    assert at_code.type_code(new).path == "/resources/"


def test_a_code_with_little_life_left_still_works(at_code: Person, time: Clock) -> None:
    time.forward(minutes=4, seconds=30)
    at_code.open("/auth/verify")
    assert at_code.type_code(at_code.newest_code()).path == "/resources/"


def test_the_same_code_goes_to_the_backup_phone_at_once(with_backup: Person) -> None:
    page = with_backup.page
    assert "to my backup phone ending 45" in page.words
    code = with_backup.newest_code(PHONE)
    assert with_backup.send_code("backup").path == "/auth/verify"
    assert "ending in ··45" in with_backup.page.words
    assert with_backup.page.status_line == "On its way to your phone ending 45."
    assert with_backup.newest_code(BACKUP) == code
    assert with_backup.type_code(code).path == "/resources/"


def test_each_phone_has_its_own_wait(with_backup: Person, time: Clock) -> None:
    with_backup.send_code("backup")
    assert_must_wait(with_backup.send_code("backup"), 30)
    assert_must_wait(with_backup.send_code("primary"), 30)
    time.forward(seconds=30)
    assert with_backup.send_code("primary").status == 200
    assert_must_wait(with_backup.send_code("primary"), 60)
    assert with_backup.send_code("backup").status == 200


def test_a_dead_code_is_replaced_by_one_to_the_backup_phone(with_backup: Person, time: Clock) -> None:
    time.forward(minutes=6)
    with_backup.open("/auth/verify")
    assert "Send a new code to my backup phone" in with_backup.page.words
    assert with_backup.send_code("backup").status == 200
    assert with_backup.type_code(with_backup.newest_code(BACKUP)).path == "/resources/"


def test_the_profile_says_which_phone_was_used_last(with_backup: Person) -> None:
    with_backup.send_code("backup")
    with_backup.type_code(with_backup.newest_code(BACKUP))
    with_backup.open("/profile/")
    primary, backup = with_backup.page.soup.select("ul.lines > li")
    assert "not used yet" in primary.get_text()
    assert "last used 24 November 2026" in " ".join(backup.get_text(" ").split())


def test_without_a_backup_phone_none_is_offered(at_code: Person) -> None:
    assert "backup" not in at_code.page.words
    fields = {"csrf_token": at_code.csrf(), "phone": "third"}
    page = at_code.post("/auth/verify/send", fields)
    assert page.status == 422
    assert "no such phone" in page.words


def test_a_number_being_proved_can_get_its_code_again(alice: Person, time: Clock) -> None:
    alice.register()
    alice.open("/profile/phones/primary")
    alice.submit("/profile/phones/primary", {"number": PHONE})
    assert_must_wait(alice.send_code(), 30)
    time.forward(seconds=30)
    assert alice.send_code().path == "/profile/phones/primary/verify"
    first, second = alice.texts(PHONE)
    assert first[:6] == second[:6]


def test_a_confirmation_can_get_its_code_again_and_on_the_backup_phone(enrolled: Person, time: Clock) -> None:
    enrolled.enrol(BACKUP, "backup")
    time.forward(minutes=1)
    enrolled.change_password("five plain words put together")
    code = enrolled.newest_code(PHONE)
    assert_must_wait(enrolled.send_code(), 30)
    assert enrolled.send_code("backup").path == "/auth/confirm"
    assert enrolled.newest_code(BACKUP) == code
    time.forward(seconds=30)
    enrolled.open("/auth/confirm")
    fields = {"csrf_token": enrolled.csrf()}
    assert enrolled.post("/auth/confirm/send", fields).path == "/auth/confirm"  # The primary when none is named.
    assert "ending in ··23" in enrolled.page.words
    assert enrolled.newest_code(PHONE) == code
