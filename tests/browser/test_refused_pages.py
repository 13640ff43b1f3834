"""Pages that refuse something, and pages that say what went wrong: as good as all others, see `test_pages.py`."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import server
from tests.browser.customer import PASSWORD, Customer
from tests.browser.inspecting import Inspector
from tests.browser.server import Portal
from tests.browser.watching import Watch
from tests.person import wrong

pytestmark = pytest.mark.browser


def test_a_password_change_that_is_refused(page: Page, customer: Customer, inspector: Inspector) -> None:
    customer.register()
    for current, new, sentence in (
        ("not the password", "five plain words put together", "That is not your password."),
        (PASSWORD, "password", "12 characters"),
    ):
        page.goto("/profile/password")
        page.get_by_label("Current password").fill(current)
        page.get_by_label("New password").fill(new)
        customer.button("Change password").click()
        expect(page.get_by_role("alert")).to_contain_text(sentence)
        inspector.look(f"password refused: {sentence}")


def test_a_phone_that_is_not_proven(page: Page, customer: Customer, inspector: Inspector) -> None:
    customer.register()
    customer.ask_for_phone()
    customer.kill_code(customer.phone.next_code(), "Save this number")
    inspector.look("last try for a phone")
    page.goto("/profile/phones/primary/verify")
    expect(customer.status).to_contain_text("no longer works")
    inspector.look("dead code for a phone")


def test_a_confirmation_that_is_refused(page: Page, customer: Customer, inspector: Inspector) -> None:
    customer.enrol()
    page.goto("/profile/phones/backup")
    page.get_by_label("Mobile number").fill(customer.backup.national)
    customer.button("Text me a code").click()
    expect(customer.heading("Confirm it's you")).to_be_visible()
    page.get_by_label("Password").fill("not the password")
    customer.button("Continue").click()
    expect(page.get_by_role("alert")).to_have_text("That is not your password.")
    inspector.look("confirm, wrong password")
    customer.type_password()
    code = customer.phone.next_code()
    expect(customer.status).to_contain_text("Sent")
    customer.type_code(wrong(code), "Confirm")
    expect(page.get_by_role("alert")).to_contain_text("4 tries left")
    inspector.look("confirm, wrong code")
    customer.kill_code(code, "Confirm", tries=4)
    inspector.look("confirm, last try")
    page.goto("/auth/confirm")
    expect(customer.status).to_contain_text("no longer works")
    inspector.look("confirm, dead code")


def test_a_form_that_has_expired_or_is_too_large(page: Page, customer: Customer, inspector: Inspector) -> None:
    customer.register()
    page.goto("/profile/phones/primary")
    elsewhere = Customer(page.context.new_page(), customer.portal)
    elsewhere.email = customer.email
    elsewhere.open("/resources/")
    elsewhere.sign_out()
    elsewhere.give_password()
    expect(elsewhere.heading("Overview")).to_be_visible()
    page.get_by_label("Mobile number").fill(customer.phone.national)
    customer.button("Text me a code").click()
    expect(customer.heading("This page has expired")).to_be_visible()
    inspector.look("expired form, signed in")

    customer.open("/profile/password")
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password").fill("word " * 20_000)
    customer.button("Change password").click()
    expect(customer.heading("Too much at once")).to_be_visible()
    inspector.look("too large, signed in")

    customer.open("/profile/")
    customer.sign_out()
    page.context.clear_cookies()
    customer.give_password()
    expect(customer.heading("This page has expired")).to_be_visible()
    inspector.look("expired form")

    customer.open("/auth/login")
    page.get_by_label("Email").fill(customer.email)
    page.get_by_label("Password").fill("word " * 20_000)
    customer.button("Sign in").click()
    expect(customer.heading("Too much at once")).to_be_visible()
    inspector.look("too large")


@pytest.fixture
def strict(page: Page, tmp_path: Path) -> Iterator[Portal]:
    """A portal that takes no strangers, asks everyone for a phone, and stops whoever guesses passwords."""
    settings = {
        "REGISTRATION_OPEN": "false",
        "REQUIRE_TWO_FACTOR": "all",
        "LIMIT_PASSWORD_ACCOUNT_ADDRESS": "1/15min",
        "SMS_ALLOWED_REGIONS": "US",
    }
    del page
    with server.serve(tmp_path, **settings) as portal:
        yield portal


def test_a_strict_portal_and_a_broken_one(
    page: Page, strict: Portal, inspector: Inspector, watch: Watch, tmp_path: Path
) -> None:
    stranger = Customer(page, strict)
    stranger.open("/auth/register")
    expect(stranger.heading("We make accounts for you")).to_be_visible()
    inspector.look("closed sign-up")
    stranger.open("/auth/login")
    stranger.give_password()
    expect(page.get_by_role("alert")).to_contain_text("don't match")
    stranger.give_password()
    expect(page.get_by_role("alert")).to_contain_text("sign-in is paused")
    inspector.look("paused sign-in")

    email, password = next(iter(strict.demo.items()))
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    stranger.button("Sign in").click()
    expect(stranger.heading("Add your phone")).to_be_visible()
    inspector.look("a phone is a must")

    watch.expected_faults = {500, 503}
    # An import of the shop's that went wrong: no code knows such a type of account.
    _change_database(tmp_path, "UPDATE accounts SET account_type = 'unknown'")
    stranger.open("/help")
    expect(stranger.heading("Our mistake")).to_be_visible()
    inspector.look("500")
    _change_database(tmp_path, "ALTER TABLE accounts RENAME TO accounts_of_another_version")
    stranger.open("/resources/")
    expect(stranger.heading("Busy")).to_be_visible()
    inspector.look("503")


def _change_database(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "portal.sqlite3", timeout=10)) as connection, connection:
        connection.execute(statement)
