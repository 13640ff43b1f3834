"""`portal users`: recorded with who did it and why, ends the account's sessions, told to every proven phone."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.database import begin_read
from portal.models import Account, AuditEvent
from tests.cli.conftest import Run
from tests.person import BACKUP, GOOD_PASSWORD, PHONE, Person, wrong

EMAIL = "alice@example.com"
ACTS = ("disable", "enable", "reset-password", "unlock", "remove-phone")


@pytest.fixture
def both(enrolled: Person) -> Person:
    """Alice, signed in, with a primary and a backup phone."""
    enrolled.enrol(BACKUP, "backup")
    return enrolled


def newest_event(app: Flask) -> AuditEvent:
    with app.app_context(), begin_read() as session:
        return session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()


def is_signed_out(person: Person) -> bool:
    return person.open("/resources/").path == "/auth/login"


@pytest.mark.parametrize(
    ("command", "event", "said", "told"),
    [
        ("disable", "account disabled", f"{EMAIL} is disabled.", "Your account was switched off."),
        ("enable", "account enabled", f"{EMAIL} is enabled.", "Your account was switched on again."),
        ("reset-password", "password reset", f"New password of {EMAIL}: ", "The password of your account was changed."),
        ("unlock", "account unlocked", f"{EMAIL} is unlocked.", "Your account was unlocked"),
        ("remove-phone", "phone removed", f"Removed from {EMAIL}: both.", "sign-in asks for no code now"),
    ],
)
def test_each_act_is_recorded_ends_every_session_and_is_told_to_every_proven_phone(
    portal: Run, both: Person, command: str, event: str, said: str, told: str
) -> None:
    before = len(both.texts())
    result = portal("users", command, EMAIL, "--reason", "asked by phone")
    assert result.exit_code == 0
    assert result.output.startswith(said)
    row = newest_event(both.app)
    assert (row.event, row.by, row.detail) == (event, "staff:sam", {"reason": "asked by phone"})
    assert (row.address, row.browser, row.account_id) == (None, None, 1)
    assert is_signed_out(both)
    assert len(both.texts()) == before + 2
    assert told in both.texts(PHONE)[-1]
    assert told in both.texts(BACKUP)[-1]


def test_an_unknown_email_is_said_in_a_sentence(portal: Run) -> None:
    for command in ACTS:
        result = portal("users", command, "nobody@example.com", "--reason", "why")
        assert result.exit_code == 1
        assert result.output == "Error: There is no account with the email nobody@example.com.\n"


def test_each_act_needs_a_reason(portal: Run, both: Person) -> None:
    for command in ACTS:
        result = portal("users", command, EMAIL)
        assert result.exit_code == 2
        assert "--reason" in result.output
    assert not is_signed_out(both)


def test_an_email_is_known_in_any_case(portal: Run, both: Person) -> None:
    assert portal("users", "disable", " ALICE@Example.com ", "--reason", "why").exit_code == 0
    assert is_signed_out(both)


def test_a_disabled_account_lets_nobody_in_until_it_is_enabled(portal: Run, both: Person) -> None:
    portal("users", "disable", EMAIL, "--reason", "unpaid")
    assert "This account is switched off" in both.sign_in().words
    assert portal("users", "list").output.splitlines()[0].endswith("\tdisabled")
    portal("users", "enable", EMAIL, "--reason", "paid")
    assert both.sign_in().path == "/auth/verify"


def test_a_reset_password_works_and_the_code_is_still_asked_for(portal: Run, both: Person) -> None:
    password = portal("users", "reset-password", EMAIL, "--reason", "forgotten").output.split()[-1]
    assert "don't match" in both.sign_in(password=GOOD_PASSWORD).words
    assert both.sign_in(password=password).path == "/auth/verify"
    assert both.type_code(both.newest_code(PHONE)).path == "/resources/"


def test_a_reset_kills_a_code_that_was_asked_for(portal: Run, both: Person) -> None:
    both.sign_out()
    both.sign_in()
    code = both.newest_code(PHONE)
    verify = both.page
    portal("users", "reset-password", EMAIL, "--reason", "forgotten")
    both.page = verify
    assert both.type_code(code).path == "/auth/login"


@pytest.mark.parametrize("settings", [{"LIMIT_CODE_ACCOUNT_RUN": "2", "LIMIT_PASSWORD_ACCOUNT": "2/day"}])
def test_unlocking_opens_a_shut_factor_and_forgets_wrong_passwords(portal: Run, enrolled: Person) -> None:
    enrolled.sign_out()
    enrolled.sign_in()
    code = enrolled.newest_code()
    for _ in range(2):
        enrolled.type_code(wrong(code))
    assert "this account takes no more codes" in enrolled.type_code(code).words
    stranger = Person(enrolled.app, "198.51.100.7")
    for _ in range(2):
        stranger.sign_in(password="not the password")
    assert "Too many wrong passwords" in stranger.sign_in().words

    portal("users", "unlock", EMAIL, "--reason", "showed her passport")
    stranger.sign_in()
    assert stranger.type_code(stranger.newest_code()).path == "/resources/"


def test_one_phone_may_be_removed_and_the_backup_moves_up(portal: Run, both: Person) -> None:
    result = portal("users", "remove-phone", EMAIL, "--reason", "lost", "--slot", "primary")
    assert result.output == f"Removed from {EMAIL}: primary.\n"
    assert "The primary phone was removed" in both.texts(PHONE)[-1]
    assert "The primary phone was removed" in both.texts(BACKUP)[-1]
    assert both.sign_in().path == "/auth/verify"
    assert both.type_code(both.newest_code(BACKUP)).path == "/resources/"
    assert "+1 ··· ··45" in both.open("/profile/").words


def test_after_both_phones_are_removed_the_password_alone_signs_in(portal: Run, both: Person) -> None:
    portal("users", "remove-phone", EMAIL, "--reason", "stolen bag")
    assert both.sign_in().path == "/resources/"
    assert "Add a phone" in both.page.html


def test_an_account_is_made_with_a_random_password_that_works(portal: Run, alice: Person) -> None:
    result = portal("users", "create", "Bob@Example.com", "--name", " Bob ", "--type", "business")
    assert result.exit_code == 0
    password = result.output.split()[-1]
    assert len(password) >= 16
    assert newest_event(alice.app).by == "staff:sam"
    assert newest_event(alice.app).event == "account made"
    assert alice.sign_in("bob@example.com", password).path == "/resources/"
    with alice.app.app_context(), begin_read() as session:
        account = session.scalars(select(Account)).one()
    assert (account.email, account.name, account.account_type) == ("bob@example.com", "Bob", "business")


def test_an_email_that_is_taken_is_said_in_a_sentence(portal: Run, both: Person) -> None:
    result = portal("users", "create", EMAIL.upper(), "--name", "Alice")
    assert (result.exit_code, result.output) == (1, "Error: There is an account with this email already.\n")
    assert not is_signed_out(both)


def test_what_is_no_email_is_refused(portal: Run) -> None:
    for email in ("", "alice", "alice@example", "a b@example.com", "a\n@example.com", f"{'a' * 250}@b.cc"):
        result = portal("users", "create", email, "--name", "Alice")
        assert result.exit_code == 1
        assert "That is not an email address" in result.output


def test_what_is_no_name_is_refused(portal: Run) -> None:
    for name in ("", "  ", "a\nb", "a" * 101):
        result = portal("users", "create", EMAIL, "--name", name)
        assert result.exit_code == 1
        assert "A name has 1 to 100 characters" in result.output


def test_the_list_shows_masked_numbers_only(portal: Run, both: Person) -> None:
    del both
    portal("users", "create", "bob@example.com", "--name", "Bob", "--type", "reseller")
    assert portal("users", "list").output.splitlines() == [
        f"{EMAIL}\tpersonal\tprimary +1 ··· ··23 backup +1 ··· ··45\tactive",
        "bob@example.com\treseller\tno phone\tactive",
    ]
