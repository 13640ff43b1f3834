"""Servers, WordPress sites and domains in a browser: what is asked for, approved, and seen to be done."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import server
from tests.browser.customer import Customer
from tests.browser.inspecting import PHONE, Inspector
from tests.browser.keyboard import Keyboard
from tests.browser.server import Portal, code_in
from tests.browser.watching import fits

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def go(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file without which no order is carried out."""
    return tmp_path_factory.mktemp("orders") / "go"


@pytest.fixture(scope="session")
def portal_server(chromium: str, go: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal of its own, whose driver does what the test says."""
    del chromium
    settings = {
        "SMS_BACKENDS": "tests.browser.provider:ObedientBackend",
        "SMS_ALLOWED_REGIONS": "US",
        "DRIVER_VPS": "tests.browser.driver:ObedientDriver",
        "OBEDIENT_GO": str(go),
    }
    with server.serve(tmp_path_factory.mktemp("shop"), **settings) as portal:
        yield portal


@pytest.fixture
def carol(page: Page, portal_server: Portal, go: Path) -> Customer:
    """A customer of the demo shop who is signed in, without a phone. No order is carried out yet."""
    go.unlink(missing_ok=True)
    return sign_in(page, portal_server, "carol@demo.example")


@pytest.fixture
def bob(page: Page, portal_server: Portal, go: Path) -> Customer:
    """Another one, with a phone."""
    go.unlink(missing_ok=True)
    bob = sign_in(page, portal_server, "bob@demo.example")
    bob.ask_for_phone()
    bob.type_code(bob.phone.next_code(), "Save this number")
    expect(bob.heading("Profile")).to_be_visible()
    return bob


def sign_in(page: Page, portal: Portal, email: str) -> Customer:
    customer = Customer(page, portal)
    page.goto("/auth/login")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(portal.demo[email])
    customer.button("Sign in").click()
    expect(customer.heading("Overview")).to_be_visible()
    return customer


def follow(page: Page, *links: str) -> None:
    """From the menu to a list, and from there to one thing."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name=links[0], exact=True).click()
    for link in links[1:]:
        page.get_by_role("link", name=link, exact=True).click()
    expect(page.get_by_role("heading", level=1, name=links[-1], exact=True)).to_be_visible()


def test_a_server_is_restarted_and_the_page_says_so_by_itself(page: Page, carol: Customer, go: Path) -> None:
    inspector = Inspector(page)
    follow(page, "Virtual servers", "web-1")
    carol.button("Reboot").click()
    expect(page.locator("#power")).to_contain_text("Reboot asked for")
    expect(page.locator("#orders tbody tr").first).to_contain_text("Asked for")
    inspector.look("server with an open order")
    go.touch()
    expect(page.locator("#orders tbody tr").first).to_contain_text("Done for web-1.")
    expect(carol.button("Reboot")).to_be_visible()
    assert not inspector.problems, "\n".join(inspector.problems)


def test_a_server_that_is_stopped_can_be_started_without_loading_the_page_again(
    page: Page, carol: Customer, go: Path
) -> None:
    follow(page, "Virtual servers", "web-2")
    page.get_by_label("System").select_option("Ubuntu 24.04 LTS")
    carol.button("Stop").click()
    expect(page.locator("#power")).to_contain_text("Once the open orders are done: off.")
    page.get_by_label("System").select_option("AlmaLinux 10")
    go.touch()
    expect(page.locator("#state")).to_contain_text("Stopped")
    expect(page.get_by_label("System")).to_have_value("AlmaLinux 10")
    carol.button("Start").click()
    expect(page.locator("#state")).to_contain_text("Running")


def test_a_deletion_and_a_new_password_are_approved_by_codes(page: Page, bob: Customer, go: Path) -> None:
    inspector = Inspector(page)
    follow(page, "Virtual servers", "web-3")
    bob.button("Delete server").click()
    expect(bob.heading("Confirm it's you")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("delete server 'web-3'")
    inspector.look("approval")
    text = bob.phone.next_text()
    assert re.match(r"\d{6} deletes server 'web-3'\.", text)
    bob.type_code(code_in(text), "Confirm")
    expect(bob.heading("Delete server")).to_be_visible()
    inspector.look("open order")
    follow(page, "Virtual servers", "web-3")
    expect(page.get_by_role("main")).to_contain_text("This server is being deleted")
    inspector.look("server being deleted")
    page.get_by_role("link", name="Delete server").click()
    go.touch()
    expect(page.locator("#order-status")).to_contain_text("Done for web-3.")
    follow(page, "Virtual servers")
    expect(page.get_by_role("link", name="web-3")).to_have_count(0)

    go.unlink()
    follow(page, "Virtual servers", "web-2")
    bob.button("New root password").click()
    bob.type_code(bob.phone.next_code(), "Confirm")
    inspector.look("a password to be shown")
    bob.button("Show it").dblclick()
    secret = page.locator(".secret").inner_text()
    inspector.look("a password that is shown")
    go.touch()
    expect(page.locator("#order-status")).to_contain_text("Done for web-2.")
    assert page.locator(".secret").inner_text() == secret, "it stays while the page looks what became of the order"
    page.go_back()
    expect(page.locator("#order-secret")).to_contain_text("It was shown in this browser just now.")
    inspector.look("a password that was shown just now")
    bob.button("Show it again").click()
    assert page.locator(".secret").inner_text() == secret
    page.reload()
    assert page.locator(".secret").inner_text() == secret
    assert not inspector.problems, "\n".join(inspector.problems)


def test_every_page_and_its_refusals(page: Page, carol: Customer) -> None:
    inspector = Inspector(page)
    inspector.look("overview")
    for links in (
        ["Virtual servers"],
        ["Dedicated servers", "metal-1"],
        ["WordPress", "carol-1.example"],
        ["Domains", "carol-2.example"],
    ):
        follow(page, *links)
        inspector.look(links[-1])
    page.get_by_role("link", name="Change name servers").click()
    expect(carol.heading("Name servers")).to_be_visible()
    inspector.look("name servers")
    page.get_by_label("Name servers").fill("ns1\n192.0.2.1")
    carol.button("Change name servers").click()
    expect(page.get_by_role("alert")).to_contain_text("“192.0.2.1” is an address.")
    inspector.look("name servers refused")
    page.goto("/resources/domains/?q=nothing")
    inspector.look("a search without a hit")
    assert not inspector.problems, "\n".join(inspector.problems)


def test_a_server_is_found_and_restarted_by_keyboard_alone(page: Page, carol: Customer) -> None:
    keyboard = Keyboard(page)
    keyboard.press(page.get_by_role("navigation", name="Main").get_by_role("link", name="Dedicated servers"))
    expect(carol.heading("Dedicated servers")).to_be_visible()
    keyboard.go_to(page.get_by_label("Search by name"))
    keyboard.type("METAL-2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2)).to_have_text("1 with “METAL-2” in the name")
    keyboard.press(page.get_by_role("link", name="metal-2"))
    expect(carol.heading("metal-2")).to_be_visible()
    keyboard.press(carol.button("Reboot"), "Space")
    expect(page.locator("#power")).to_contain_text("Reboot asked for")


@pytest.mark.browser_context_args(java_script_enabled=False, viewport=PHONE, has_touch=True)
def test_a_site_is_updated_on_a_phone_that_runs_no_scripts(page: Page, carol: Customer) -> None:
    page.get_by_role("button", name="Menu").tap()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="WordPress").tap()
    expect(carol.heading("WordPress")).to_be_visible()
    assert fits(page)
    page.get_by_role("link", name="carol-1.example").tap()
    expect(carol.heading("carol-1.example")).to_be_visible()
    assert fits(page)
    carol.button("Update to 7.0").tap()
    expect(page.locator("#version")).to_contain_text("Update to 7.0 asked for")
    assert fits(page)
