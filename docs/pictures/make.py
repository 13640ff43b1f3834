"""Makes the pictures of the README from a demo portal of its own: .venv/bin/python docs/pictures/make.py [folder].

Needs what ./test installs: Playwright and Chromium.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
PORT = 8765
ADDRESS = f"http://127.0.0.1:{PORT}"
EMAIL = "bob@demo.example"


@contextmanager
def demo_portal(folder: Path) -> Iterator[str]:
    """A portal with the demo shop. Yields the demo customer's password."""
    env = os.environ | {
        "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3",
        "SECRET_KEY": "only for the pictures of a demo portal",
        "PORT": str(PORT),
        "PORTAL_NAME": "Harbor Hosting",
        "SMS_CONSOLE_FILE": str(folder / "texts"),
    }
    command = [str(Path(sys.executable).with_name("portal")), "serve", "--set-up", "--workers", "1"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            password = next(line.split()[1] for line in server.stdout if EMAIL in line)
            wait_for(lambda: urllib.request.urlopen(f"{ADDRESS}/readyz").status == 200)
            yield password
        finally:
            server.terminate()


def wait_for(condition: object, seconds: float = 20) -> None:
    end = monotonic() + seconds
    while monotonic() < end:
        try:
            if condition():  # type: ignore[operator]
                return
        except (urllib.error.URLError, OSError):
            pass
        sleep(0.1)
    raise TimeoutError


def newest_code(folder: Path) -> str:
    lines = (folder / "texts").read_text().splitlines()
    match = re.search(r"#(\d{6})$", json.loads(lines[-1])["body"])
    assert match
    return match[1]


def take(page: Page, name: str, out: Path) -> None:
    page.screenshot(path=out / f"{name}.png")


def main(out: Path) -> None:
    chromium = shutil.which("chromium")
    with tempfile.TemporaryDirectory() as name, demo_portal(Path(name)) as password, sync_playwright() as playwright:
        folder = Path(name)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1180, "height": 800})
        page.goto(f"{ADDRESS}/auth/login")
        sign_in(page, password)
        for slot, number in (("primary", "(201) 555-0142"), ("backup", "(201) 555-0107")):
            enrol(page, folder, slot, number, password)
        page.get_by_text("Account", exact=True).first.click()
        page.get_by_role("button", name="Sign out").click()
        sign_in(page, password)
        page.locator("#code-status .good").wait_for()
        take(page, "code", out)
        page.get_by_label("Code").fill(newest_code(folder))
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Overview").wait_for()
        take(page, "overview", out)
        browser.close()


def sign_in(page: Page, password: str) -> None:
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def enrol(page: Page, folder: Path, slot: str, number: str, password: str) -> None:
    page.goto(f"{ADDRESS}/profile/phones/{slot}")
    page.get_by_label("Mobile number").fill(number)
    page.locator("main form button[type=submit]").first.click()
    if "/auth/confirm" in page.url:
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Continue").click()
        type_code(page, folder)
    type_code(page, folder)


def type_code(page: Page, folder: Path) -> None:
    page.locator("#code-status .good").wait_for()
    page.get_by_label("Code").fill(newest_code(folder))
    page.locator("main form:has(#code) button[type=submit]").click()
    page.wait_for_load_state()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
