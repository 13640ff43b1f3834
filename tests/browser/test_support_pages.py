"""Support and Activity: axe, sizes and targets; a question asked, and what a browser makes of its text."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.customer import Customer
from tests.browser.inspecting import PHONE, Inspector
from tests.browser.server import Portal
from tests.browser.watching import fits

pytestmark = pytest.mark.browser

LONG = "a" * 300
TEXT = f"First line.\n\n    indented\n<b>bold</b> https://evil.example/ {LONG}"


@pytest.fixture
def demo(page: Page, portal_server: Portal) -> Page:
    """Signed in as a customer of the demo shop, who has a ticket with an answer."""
    email, password = list(portal_server.demo.items())[-1]
    page.goto("/auth/login")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    return page


def test_pages_of_tickets(page: Page, customer: Customer, inspector: Inspector) -> None:
    customer.register()
    page.goto("/support/")
    inspector.look("no tickets")
    page.get_by_role("link", name="Open a ticket").click()
    expect(page.get_by_label("Subject")).to_be_focused()
    inspector.look("open a ticket")
    page.get_by_label("Subject").fill(" ")
    page.get_by_label("Message", exact=True).fill(" ")
    customer.button("Open ticket").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    inspector.look("open a ticket, refused")
    page.get_by_label("Subject").fill(LONG[:200])
    page.get_by_label("Message", exact=True).fill(f"{TEXT} 123456")
    customer.button("Open ticket").click()
    expect(page.locator("#flash")).to_contain_text("Numbers of six digits were hidden")
    inspector.look("a ticket")
    page.get_by_label("Message", exact=True).fill(" ")
    customer.button("Send").click()
    expect(page.get_by_role("alert")).to_be_visible()
    inspector.look("an answer, refused")
    customer.button("Close ticket").click()
    expect(page.locator("#flash")).to_contain_text("The ticket is closed.")
    inspector.look("a closed ticket")
    page.goto("/support/?state=all")
    inspector.look("tickets")


def test_a_ticket_with_an_answer(demo: Page, inspector: Inspector) -> None:
    demo.goto("/support/")
    if demo.get_by_text("New answer").count():
        inspector.look("a new answer")
    demo.get_by_role("link", name="Is web-1 backed up at night?").click()
    expect(demo.locator(".typed").last).to_contain_text("Yes: every night at 02:00")
    inspector.look("an answer")


def test_pages_of_activity(demo: Page, inspector: Inspector) -> None:
    demo.goto("/profile/activity")
    inspector.look("activity")
    demo.get_by_label("What", exact=True).select_option(label="Tickets")
    demo.get_by_role("button", name="Show").click()
    expect(demo.locator("tbody tr").first).to_contain_text("Support")
    inspector.look("activity, narrowed")
    demo.goto("/profile/activity?since=2999-01-01")
    inspector.look("activity, empty")
    demo.goto("/profile/activity?since=2026-02-02&until=2026-02-01")
    expect(demo.get_by_role("alert")).to_contain_text("This day is before the first one.")
    inspector.look("activity, refused")
    demo.goto("/resources/virtual-servers/")
    demo.locator("tbody a").first.click()
    demo.get_by_role("link", name="All that was done to it").click()
    expect(demo.get_by_role("heading", name="History", exact=True)).to_be_visible()
    inspector.look("history of a server")


def test_text_is_shown_as_it_was_typed(page: Page, customer: Customer) -> None:
    customer.register()
    page.goto("/support/new")
    page.get_by_label("Subject").fill("As it was typed")
    page.get_by_label("Message", exact=True).fill(TEXT)
    customer.button("Open ticket").click()
    shown = page.locator(".typed")
    expect(shown).to_be_visible()
    page.wait_for_load_state()  # With its style.
    assert shown.inner_text() == TEXT, "with its line breaks and spaces"
    assert shown.locator("b, a").count() == 0
    assert fits(page)


def test_a_double_click_is_one_ticket(page: Page, customer: Customer) -> None:
    customer.register()
    page.goto("/support/new")
    page.get_by_label("Subject").fill("Clicked twice")
    page.get_by_label("Message", exact=True).fill("Once is enough.")
    customer.button("Open ticket").dblclick()
    expect(page).to_have_url(re.compile(r"/support/\d+$"))
    expect(page.locator(".typed")).to_have_count(1)
    page.goto("/support/")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_the_file_is_downloaded(demo: Page) -> None:
    demo.goto("/profile/activity")
    with demo.expect_download() as download:
        demo.get_by_role("link", name="Download as a CSV file").click()
    assert re.fullmatch(r"activity-\d{4}-\d\d-\d\d\.csv", download.value.suggested_filename)
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("When (UTC),What,By,From")
    assert any("Asked to reboot server 'web-1'" in line for line in lines)


@pytest.mark.browser_context_args(java_script_enabled=False, viewport=PHONE, has_touch=True)
def test_a_question_is_asked_and_closed_without_scripts_on_a_phone(page: Page, customer: Customer) -> None:
    customer.register()
    page.get_by_role("button", name="Menu").tap()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Support").tap()
    page.get_by_role("link", name="Open a ticket").tap()
    page.get_by_label("Subject").fill("From my phone")
    page.get_by_label("Message", exact=True).fill("Hello.\nAnybody?")
    customer.button("Open ticket").tap()
    expect(customer.heading("From my phone")).to_be_visible()
    assert fits(page)
    page.get_by_label("Message", exact=True).fill("Never mind.")
    customer.button("Send").tap()
    expect(page.locator(".typed")).to_have_count(2)
    customer.button("Close ticket").tap()
    expect(page.get_by_role("main")).to_contain_text("The ticket is closed.")
    page.locator("summary", has_text="Account").tap()
    page.get_by_role("link", name="Activity").tap()
    expect(page.locator("tbody tr").first).to_contain_text("Closed ticket")
    assert fits(page)
