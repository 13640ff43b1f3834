"""The sections on a phone: behind one button, for thumbs, keyboards and screen readers, without scripts."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.customer import Customer
from tests.browser.inspecting import AXE, DESKTOP, PHONE, RUN_AXE, SCHEMES, SMALL_TARGETS, SMALLEST_TARGET
from tests.browser.keyboard import Keyboard
from tests.browser.watching import fits

pytestmark = pytest.mark.browser


def menu(page: Page) -> tuple[Locator, Locator]:
    """Its button, and what it opens."""
    return page.get_by_role("button", name="Menu", exact=True), page.get_by_role("navigation", name="Main")


@pytest.mark.browser_context_args(java_script_enabled=False, viewport=PHONE, has_touch=True)
def test_one_button_leads_to_every_section_without_scripts(page: Page, customer: Customer) -> None:
    customer.register()
    button, sections = menu(page)
    expect(sections).to_be_hidden()
    button.tap()
    expect(sections.get_by_role("link")).to_have_count(9)
    expect(sections.locator("[aria-current=page]")).to_have_text("Overview")
    sections.get_by_role("link", name="DNS").tap()
    expect(customer.heading("DNS")).to_be_visible()
    expect(sections).to_be_hidden()
    button.tap()
    expect(sections.locator("[aria-current=page]")).to_have_text("DNS")
    page.touchscreen.tap(PHONE["width"] - 10, PHONE["height"] - 10)
    expect(sections).to_be_hidden()


@pytest.mark.browser_context_args(viewport=PHONE)
def test_the_menu_is_opened_and_left_by_keyboard(page: Page, customer: Customer) -> None:
    customer.register()
    keyboard, (button, sections) = Keyboard(page), menu(page)
    keyboard.press(button)
    keyboard.go_to(sections.get_by_role("link", name="Overview"))
    page.keyboard.press("Escape")
    expect(sections).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Space")
    keyboard.press(sections.get_by_role("link", name="Support"))
    expect(customer.heading("Support")).to_be_visible()


@pytest.mark.browser_context_args(viewport=PHONE)
def test_the_open_menu_is_seen_and_pressed_by_everyone(page: Page, customer: Customer) -> None:
    customer.register()
    page.evaluate(AXE)
    menu(page)[0].click()
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(RUN_AXE) == [], scheme
    assert page.evaluate(SMALL_TARGETS, SMALLEST_TARGET) == []
    assert fits(page)


def test_a_wide_page_shows_the_sections_and_no_button(page: Page, customer: Customer) -> None:
    page.set_viewport_size(DESKTOP)
    customer.register()
    button, sections = menu(page)
    expect(button).to_be_hidden()
    expect(sections.get_by_role("link", name="Billing")).to_be_visible()
