"""Passwords as a password manager, or a person with a clipboard, puts them in."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.customer import PASSWORD, Customer

pytestmark = pytest.mark.browser


def copy(field: Locator) -> None:
    """Cut the password out of a field that shows what is typed, by the keys that everybody uses."""
    field.fill(PASSWORD)
    field.press("Control+a")
    field.press("Control+x")
    expect(field).to_have_value("")


def paste(page: Page, label: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.focus()
    page.keyboard.press("Control+v")
    expect(field).to_have_value(PASSWORD)


def test_a_password_can_be_pasted_wherever_one_is_asked_for(page: Page, customer: Customer) -> None:
    page.goto("/auth/register")
    copy(page.get_by_label("Name"))
    paste(page, "Password")
    page.get_by_label("Name").fill("Casey Customer")
    page.get_by_label("Email").fill(customer.email)
    customer.button("Create account").click()
    expect(customer.heading("Overview")).to_be_visible()

    page.goto("/profile/password")
    paste(page, "Current password")
    paste(page, "New password")

    customer.ask_for_phone()
    customer.type_code(customer.phone.next_code(), "Save this number")
    expect(customer.heading("Profile")).to_be_visible()
    page.goto("/profile/phones/backup")
    page.get_by_label("Mobile number").fill(customer.backup.national)
    customer.button("Text me a code").click()
    expect(customer.heading("Confirm it's you")).to_be_visible()
    paste(page, "Password")
    customer.button("Continue").click()
    expect(customer.code_field).to_be_visible()

    customer.sign_out()
    paste(page, "Password")
    page.get_by_label("Email").fill(customer.email)
    customer.button("Sign in").click()
    expect(customer.heading("Enter your code")).to_be_visible()
