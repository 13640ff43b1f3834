"""The main job without a mouse: Tab, Shift+Tab, Enter and Space are enough, and the focus shows all the way."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.customer import PASSWORD, Customer
from tests.browser.keyboard import Keyboard

pytestmark = pytest.mark.browser


@pytest.fixture
def keyboard(page: Page) -> Keyboard:
    return Keyboard(page)


def test_from_signing_up_to_signing_in_with_a_code(page: Page, customer: Customer, keyboard: Keyboard) -> None:
    page.goto("/auth/login")
    keyboard.press(page.get_by_role("link", name="Create an account"))
    expect(page.get_by_label("Name")).to_be_focused()
    keyboard.type("Casey Customer")
    keyboard.go_to(page.get_by_label("Email"))
    keyboard.type(customer.email)
    keyboard.go_to(page.get_by_label("Password"))
    keyboard.type(PASSWORD)
    keyboard.press(customer.button("Create account"), "Space")

    expect(customer.heading("Overview")).to_be_visible()
    keyboard.press(page.get_by_role("link", name="Add a phone"))
    expect(page.get_by_label("Mobile number")).to_be_focused()
    keyboard.type(customer.phone.national)
    keyboard.press(customer.button("Text me a code"), "Space")

    expect(customer.code_field).to_be_focused()
    keyboard.type(customer.phone.next_code())
    keyboard.press(customer.button("Save this number"))
    expect(customer.heading("Profile")).to_be_visible()

    keyboard.press(page.locator("summary", has_text="Account"))
    keyboard.press(customer.button("Sign out"))
    expect(page.get_by_label("Email")).to_be_focused()
    keyboard.go_to(page.get_by_label("Password"))
    keyboard.type(PASSWORD)
    keyboard.go_to(page.get_by_label("Email"), "Shift+Tab")
    keyboard.type(customer.email)
    page.keyboard.press("Enter")

    expect(customer.code_field).to_be_focused()
    keyboard.type(customer.phone.next_code())
    page.keyboard.press("Enter")
    expect(customer.heading("Overview")).to_be_visible()


def test_the_account_menu_opens_with_enter_and_closes_with_escape(
    page: Page, customer: Customer, keyboard: Keyboard
) -> None:
    customer.register()
    menu, profile = page.locator("summary", has_text="Account"), page.get_by_role("link", name="Profile")
    keyboard.press(menu)
    expect(profile).to_be_visible()
    keyboard.go_to(profile)
    page.keyboard.press("Escape")
    expect(profile).to_be_hidden()
    expect(menu).to_be_focused()
    page.keyboard.press("Space")
    expect(profile).to_be_visible()
    keyboard.press(profile)
    expect(customer.heading("Profile")).to_be_visible()


def test_the_first_stop_leads_past_the_menus_to_the_content(page: Page, customer: Customer) -> None:
    customer.register()
    page.goto("/profile/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Add primary phone")).to_be_focused()
