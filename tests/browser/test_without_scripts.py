"""The main job on a phone that runs no scripts."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.customer import PASSWORD, Customer
from tests.browser.inspecting import PHONE
from tests.browser.watching import fits
from tests.person import wrong

pytestmark = [
    pytest.mark.browser,
    pytest.mark.browser_context_args(java_script_enabled=False, viewport=PHONE, has_touch=True),
]


def test_from_signing_up_to_signing_in_with_a_code(page: Page, customer: Customer) -> None:
    def arrive(heading: str) -> None:
        expect(customer.heading(heading)).to_be_visible()
        assert fits(page), f"{heading} must be scrolled sideways"

    page.goto("/auth/login")
    arrive("Sign in")
    page.get_by_role("link", name="Create an account").tap()
    arrive("Create an account")
    page.get_by_label("Name").fill("Casey Customer")
    page.get_by_label("Email").fill(customer.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Reseller").tap()
    customer.button("Create account").tap()

    arrive("Overview")
    page.locator("summary", has_text="Account").tap()
    assert fits(page)
    page.get_by_role("link", name="Profile").tap()
    arrive("Profile")
    page.get_by_role("link", name="Add primary phone").tap()
    arrive("Add your phone")
    page.get_by_label("Mobile number").fill(customer.phone.national)
    customer.button("Text me a code").tap()
    arrive("Check your primary phone")
    expect(customer.code_field).to_be_focused()
    code = customer.phone.next_code()
    customer.code_field.fill(wrong(code))
    customer.button("Save this number").tap()
    expect(page.get_by_role("alert")).to_contain_text("That is not the code.")
    arrive("Check your primary phone")
    customer.code_field.fill(code)
    customer.button("Save this number").tap()
    arrive("Profile")

    page.locator("summary", has_text="Account").tap()
    customer.button("Sign out").tap()
    arrive("Sign in")
    page.get_by_label("Email").fill(customer.email)
    page.get_by_label("Password").fill(PASSWORD)
    customer.button("Sign in").tap()
    arrive("Enter your code")
    expect(customer.code_field).to_be_focused()
    customer.code_field.fill(customer.phone.next_code())
    customer.button("Sign in").tap()
    arrive("Overview")
