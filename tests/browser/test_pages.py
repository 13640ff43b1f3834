"""Every page: axe has nothing to say in light and dark, nothing scrolls sideways, all that is pressed is 44 px."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.customer import Customer
from tests.browser.inspecting import Inspector
from tests.browser.server import Portal

pytestmark = pytest.mark.browser


def test_pages_for_everyone(page: Page, customer: Customer, inspector: Inspector) -> None:
    page.goto("/auth/login")
    inspector.look("login")
    customer.give_password()
    expect(page.get_by_role("alert")).to_be_visible()
    inspector.look("login refused")
    page.goto("/auth/register")
    inspector.look("register")
    page.get_by_label("Name").fill("Casey")
    page.get_by_label("Email").fill("casey@example")
    page.get_by_label("Password").fill("short")
    customer.button("Create account").click()
    expect(page.get_by_role("alert")).to_be_visible()
    inspector.look("register refused")
    page.goto("/help")
    inspector.look("help")
    page.goto("/nothing")
    inspector.look("404")


def test_pages_before_the_first_phone(page: Page, customer: Customer, inspector: Inspector) -> None:
    customer.register()
    inspector.look("empty overview")
    page.goto("/profile/")
    inspector.look("profile without a phone")
    page.locator("summary", has_text="Account").click()
    inspector.look("account menu")
    page.goto("/profile/phones/primary")
    inspector.look("first phone")
    page.get_by_label("Mobile number").fill("12345")
    customer.button("Text me a code").click()
    expect(page.get_by_role("alert")).to_be_visible()
    inspector.look("phone refused")
    customer.ask_for_phone()
    expect(customer.status).to_contain_text("Sent")
    inspector.look("phone's code")
    customer.button("Send the code again").click()
    expect(page.get_by_role("alert")).to_be_visible()
    inspector.look("phone's code, waiting")
    page.goto("/help")
    inspector.look("help, signed in")
    page.goto("/nothing")
    inspector.look("404, signed in")


def test_pages_with_phones(page: Page, customer: Customer, inspector: Inspector) -> None:
    customer.enrol()
    inspector.look("profile with one phone")
    page.goto("/profile/password")
    inspector.look("password")
    page.goto("/profile/phones/backup")
    inspector.look("backup phone")
    page.get_by_label("Mobile number").fill(customer.backup.national)
    customer.button("Text me a code").click()
    expect(customer.heading("Confirm it's you")).to_be_visible()
    inspector.look("confirm by password")
    customer.type_password()
    expect(customer.status).to_contain_text("Sent")
    inspector.look("confirm by code")
    customer.prove_backup()
    inspector.look("profile with two phones")


def test_code_pages(page: Page, customer: Customer, inspector: Inspector) -> None:
    customer.enrol()
    customer.phone.hold_texts()
    customer.await_code_page()
    expect(customer.status).to_contain_text("On its way")
    inspector.look("code on its way")
    customer.phone.let_texts_through()
    expect(customer.status).to_contain_text("Sent")
    inspector.look("code sent")
    customer.kill_code(customer.phone.next_code())
    expect(customer.heading("Get a new code")).to_be_visible()
    inspector.look("last try")
    page.goto("/auth/verify")
    inspector.look("dead code")


def test_an_overview_with_everything(page: Page, portal_server: Portal, inspector: Inspector) -> None:
    email, password = next(iter(portal_server.demo.items()))
    page.goto("/auth/login")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    inspector.look("overview")
