"""Makes the pictures of the README from a demo portal of its own: .venv/bin/python -m docs.pictures.make [folder].

Needs what ./test installs: Playwright and Chromium.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from tests.browser import server
from tests.browser.server import Phone, Portal

HERE = Path(__file__).parent
EMAIL = "bob@demo.example"
SIZE = ViewportSize(width=1180, height=800)


def main(out: Path) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        server.serve(Path(folder), PORTAL_NAME="Harbor Hosting") as portal,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(base_url=portal.url, viewport=SIZE, color_scheme="light", reduced_motion="reduce")
        take_pictures(page, portal, out)
        browser.close()


def take_pictures(page: Page, portal: Portal, out: Path) -> None:
    primary, backup = portal.phone("+12015550142"), portal.phone("+12015550107")
    password = portal.demo[EMAIL]

    sign_in(page, password)
    arrive(page, "Overview")
    add_phone(page, "primary", primary)
    arrive(page, "Check your primary phone")
    type_code(page, primary, "Save this number")
    arrive(page, "Profile")
    add_phone(page, "backup", backup)
    arrive(page, "Confirm it's you")
    page.get_by_label("Password").fill(password)
    press(page, "Continue")
    type_code(page, primary, "Confirm")
    arrive(page, "Check your backup phone")
    type_code(page, backup, "Save this number")
    arrive(page, "Profile")
    page.locator("summary", has_text="Account").click()
    press(page, "Sign out")
    arrive(page, "Sign in")

    sign_in(page, password)
    arrive(page, "Enter your code")
    expect(page.get_by_role("status")).to_contain_text("Sent")
    page.screenshot(path=out / "code.png")
    type_code(page, primary, "Sign in")
    arrive(page, "Overview")
    page.screenshot(path=out / "overview.png")


def sign_in(page: Page, password: str) -> None:
    page.goto("/auth/login")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(password)
    press(page, "Sign in")


def add_phone(page: Page, slot: str, phone: Phone) -> None:
    page.goto(f"/profile/phones/{slot}")
    page.get_by_label("Mobile number").fill(phone.national)
    press(page, "Text me a code")


def type_code(page: Page, phone: Phone, button: str) -> None:
    page.get_by_label("Code", exact=True).fill(phone.next_code())
    press(page, button)


def arrive(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1, name=heading, exact=True)).to_be_visible()


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
