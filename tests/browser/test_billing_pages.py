"""Billing in a browser: the pages as people see them, and an invoice on paper."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.inspecting import Inspector
from tests.browser.server import Portal

pytestmark = pytest.mark.browser

EMAIL = "bob@demo.example"
COLOURS = """() => {
    const style = getComputedStyle(document.documentElement);
    const texts = [...document.querySelectorAll("main *")].filter(e => e.checkVisibility());
    return [style.backgroundColor, ...new Set(texts.map(e => getComputedStyle(e).color))];
}"""


@pytest.fixture
def signed_in(page: Page, portal_server: Portal) -> Page:
    """A customer of the demo shop, who has invoices."""
    page.goto("/auth/login")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(portal_server.demo[EMAIL])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1, name="Overview")).to_be_visible()
    return page


def test_billing_pages(signed_in: Page) -> None:
    page, inspector = signed_in, Inspector(signed_in)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Billing").click()
    expect(page.get_by_role("heading", level=1, name="Billing")).to_be_visible()
    inspector.look("billing")
    page.get_by_label("Invoice number").fill("nothing")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("No invoice fits.")).to_be_visible()
    inspector.look("billing, nothing found")
    page.get_by_role("link", name="Show all").click()
    page.get_by_role("link", name="2001").click()
    expect(page.get_by_role("heading", level=1, name="Invoice 2001")).to_be_visible()
    inspector.look("open invoice")
    page.goto("/billing/details")
    inspector.look("billing details")
    page.get_by_label("City").fill("   ")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    inspector.look("billing details refused")
    assert not inspector.problems, "\n".join(inspector.problems)


def test_an_invoice_prints_on_one_a4_page_black_on_white_without_the_navigation(signed_in: Page) -> None:
    page = signed_in
    page.goto("/billing/?number=2001")
    page.get_by_role("link", name="2001").click()
    expect(page.get_by_role("link", name="Pay ")).to_be_visible()
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(COLOURS) == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    for gone in (page.get_by_role("navigation"), page.get_by_role("banner"), page.get_by_role("link", name="Pay ")):
        expect(gone).to_be_hidden()
    expect(page.get_by_role("columnheader", name="Amount")).to_be_visible()

    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    [box] = {match.group(1) for match in re.finditer(rb"/MediaBox\s*\[([\d. ]+)\]", pdf)}
    width, height = map(float, box.split()[2:])
    assert (round(width), round(height)) == (595, 842)
