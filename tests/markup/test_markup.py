"""An HTML checker (html-validate) has nothing to say about any page."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import demo
from tests.conftest import Clock
from tests.person import BACKUP, Page, Person, wrong
from tests.shelf import add_invoice

HERE = Path(__file__).parent
CHECKER = HERE / "node_modules" / ".bin" / "html-validate"


@pytest.fixture
def checker(tmp_path: Path) -> Iterator[Path]:
    """A folder for pages; what is in it at the end is checked."""
    if not CHECKER.exists() or shutil.which("node") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("html-validate is not installed: ./test installs it")
        pytest.skip("html-validate is not installed: npm ci --ignore-scripts in tests/markup")
    pages = tmp_path / "pages"
    pages.mkdir()
    yield pages
    command = [str(CHECKER), "--config", str(HERE / ".htmlvalidate.json"), str(pages)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def keep(pages: Path, name: str, page: Page) -> None:
    (pages / f"{name}.html").write_text(page.html)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_pages_are_valid_html(checker: Path, alice: Person, time: Clock) -> None:
    for name, path in (("login", "/auth/login"), ("register", "/auth/register"), ("help", "/help"), ("none", "/none")):
        keep(checker, name, alice.open(path))
    alice.open("/auth/login")
    keep(checker, "refused", alice.submit("/auth/login", {}))
    keep(checker, "empty", alice.register())
    for name, path in (
        ("profile", "/profile/"),
        ("phone", "/profile/phones/primary"),
        ("password", "/profile/password"),
    ):
        keep(checker, name, alice.open(path))
    alice.open("/profile/phones/primary")
    keep(checker, "bad-number", alice.submit("/profile/phones/primary", {"number": "12"}))
    keep(checker, "proving", alice.submit("/profile/phones/primary", {"number": "(201) 555-0123"}))
    code = alice.newest_code()
    keep(checker, "wrong-code", alice.type_code(wrong(code)))
    alice.type_code(code)
    keep(checker, "one-phone", alice.page)
    keep(checker, "two-phones", alice.enrol(BACKUP, "backup"))
    keep(checker, "confirm-password", alice.remove("backup"))
    keep(checker, "confirm-code", alice.submit("/auth/confirm", {"password": "four plain words together"}))
    alice.open("/resources/")
    alice.sign_out()
    keep(checker, "code", alice.sign_in())
    keep(checker, "wait", alice.send_code())
    time.forward(minutes=6)
    keep(checker, "dead", alice.open("/auth/verify"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_overview_is_valid_html(checker: Path, alice: Person) -> None:
    with alice.app.app_context():
        made = demo.make()
    email, password = next(iter(made.items()))
    page = alice.sign_in(email, password)
    assert page.path == "/resources/"
    keep(checker, "overview", page)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_billing_is_valid_html(checker: Path, enrolled: Person, time: Clock) -> None:
    keep(checker, "empty-billing", enrolled.open("/billing/"))
    invoice = add_invoice(enrolled)
    for name, path in (
        ("billing", "/billing/"),
        ("billing-nothing", "/billing/?number=zzz"),
        ("invoice", f"/billing/invoices/{invoice}"),
        ("billing-details", "/billing/details"),
    ):
        keep(checker, name, enrolled.open(path))
    keep(checker, "billing-details-refused", enrolled.submit("/billing/details", {"city": ""}))
    time.forward(minutes=11)
    keep(checker, "billing-stale", enrolled.open("/billing/"))
