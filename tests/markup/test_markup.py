"""An HTML checker (html-validate) has nothing to say about any page."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import demo
from tests.conftest import Clock
from tests.faults import break_page, busy_hashing
from tests.journeys.test_dns import change, save
from tests.person import BACKUP, GOOD_PASSWORD, Page, Person, wrong
from tests.shelf import add_domain, add_invoice, add_metal, add_server, add_site, add_zone, answer_ticket

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


def keep(pages: Path, name: str, page: Page, status: int = 200) -> None:
    assert page.status == status, name
    (pages / f"{name}.html").write_text(page.html)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_pages_are_valid_html(checker: Path, alice: Person, time: Clock) -> None:
    for name, path in (("login", "/auth/login"), ("register", "/auth/register"), ("help", "/help")):
        keep(checker, name, alice.open(path))
    keep(checker, "none", alice.open("/none"), 404)
    alice.open("/auth/login")
    keep(checker, "refused", alice.submit("/auth/login", {}), 422)
    keep(checker, "empty", alice.register())
    for name, path in (
        ("profile", "/profile/"),
        ("phone", "/profile/phones/primary"),
        ("password", "/profile/password"),
    ):
        keep(checker, name, alice.open(path))
    alice.open("/profile/phones/primary")
    keep(checker, "bad-number", alice.submit("/profile/phones/primary", {"number": "12"}), 422)
    keep(checker, "proving", alice.submit("/profile/phones/primary", {"number": "(201) 555-0123"}))
    code = alice.newest_code()
    keep(checker, "wrong-code", alice.type_code(wrong(code)), 422)
    alice.type_code(code)
    keep(checker, "one-phone", alice.page)
    keep(checker, "two-phones", alice.enrol(BACKUP, "backup"))
    keep(checker, "confirm-password", alice.remove("backup"))
    keep(checker, "confirm-code", alice.submit("/auth/confirm", {"password": GOOD_PASSWORD}))
    alice.open("/resources/")
    alice.sign_out()
    keep(checker, "code", alice.sign_in())
    keep(checker, "wait", alice.send_code(), 429)
    time.forward(minutes=6)
    keep(checker, "dead", alice.open("/auth/verify"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("settings", [{"LIMIT_PASSWORD_ACCOUNT_ADDRESS": "1/15min"}])
def test_pages_that_refuse_something_are_valid_html(checker: Path, alice: Person) -> None:
    visitor = Person(alice.app)
    visitor.sign_in()
    keep(checker, "paused", visitor.sign_in(), 429)
    fields = {"name": "A", "email": "a@example", "password": "short", "account_type": "free"}
    visitor.open("/auth/register")
    keep(checker, "register", visitor.submit("/auth/register", fields), 422)
    alice.register()
    keep(checker, "password", alice.change_password("password"), 422)
    keep(checker, "current-password", alice.change_password("five plain words put together", "not the password"), 422)
    alice.open("/profile/phones/primary")
    alice.submit("/profile/phones/primary", {"number": "(201) 555-0123"})
    kill_code(alice)
    keep(checker, "last-try-proving", alice.page, 422)
    keep(checker, "dead-proving", alice.open("/profile/phones/primary/verify"))


def kill_code(person: Person) -> None:
    code = person.newest_code()
    for _ in range(5):
        person.type_code(wrong(code))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_refused_confirmations_are_valid_html(checker: Path, enrolled: Person) -> None:
    enrolled.remove()
    keep(checker, "wrong-password", enrolled.submit("/auth/confirm", {"password": "not the password"}), 422)
    enrolled.submit("/auth/confirm", {"password": GOOD_PASSWORD})
    keep(checker, "wrong-code", enrolled.type_code(wrong(enrolled.newest_code())), 422)
    kill_code(enrolled)
    keep(checker, "last-try", enrolled.page, 422)
    keep(checker, "dead", enrolled.open("/auth/confirm"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_pages_of_errors_are_valid_html(checker: Path, alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = Person(alice.app)
    alice.register()
    for name, person in (("visitor", visitor), ("alice", alice)):
        keep(checker, f"{name}-method", person.open("/auth/logout"), 405)
        keep(checker, f"{name}-expired", person.post("/auth/login", {"csrf_token": "of an earlier visit"}), 400)
    keep(checker, "visitor-large", visitor.sign_in(password="A" * 70_000), 413)
    keep(checker, "alice-large", alice.change_password("A" * 70_000), 413)
    with busy_hashing(monkeypatch):
        keep(checker, "visitor-busy", visitor.sign_in(), 503)
        keep(checker, "alice-busy", alice.change_password("five plain words put together"), 503)
    break_page(alice.app, "web.help")
    visitor.expects_fault = alice.expects_fault = True
    keep(checker, "visitor-fault", visitor.open("/help"), 500)
    keep(checker, "alice-fault", alice.open("/help"), 500)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("settings", [{"LIMIT_TICKET_ACCOUNT": "1/h"}])
def test_pages_of_tickets_and_activity_are_valid_html(checker: Path, registered: Person) -> None:
    keep(checker, "no-tickets", registered.open("/support/"))
    keep(checker, "new", registered.open("/support/new"))
    keep(checker, "new-refused", registered.submit("/support/new", {"subject": "", "message": "x" * 10_001}), 422)
    fields = {"subject": '<Mail> & "more"', "message": "Since noon.\n\n</p> & <p>"}
    keep(checker, "ticket", registered.submit("/support/new", fields))
    registered.open("/support/new")
    keep(checker, "limited", registered.submit("/support/new", fields), 429)
    registered.open("/support/1")
    keep(checker, "answer-refused", registered.submit("/support/1", {"message": " "}), 422)
    keep(checker, "closed", registered.submit("/support/1/close"))
    keep(checker, "tickets", registered.open("/support/?state=all"))
    keep(checker, "activity", registered.open("/profile/activity"))
    keep(checker, "activity-refused", registered.open("/profile/activity?since=x"), 422)
    keep(checker, "history", registered.open("/profile/activity?kind=ticket&id=1"))
    for n in range(55):
        answer_ticket(registered, 1, f"Answer {n}.")
    keep(checker, "long-ticket", registered.open("/support/1"))
    keep(checker, "long-activity", registered.open("/profile/activity"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_overview_is_valid_html(checker: Path, alice: Person) -> None:
    page = sign_in_as_demo(alice)
    assert page.path == "/resources/"
    keep(checker, "overview", page)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("settings", [{"REGISTRATION_OPEN": "false", "REQUIRE_TWO_FACTOR": "all"}])
def test_the_pages_of_a_strict_shop_are_valid_html(checker: Path, alice: Person) -> None:
    keep(checker, "closed", alice.open("/auth/register"), 403)
    page = sign_in_as_demo(alice)
    assert page.path == "/profile/phones/primary"
    keep(checker, "phone", page)


def sign_in_as_demo(person: Person) -> Page:
    with person.app.app_context():
        made = demo.make()
    email, password = next(iter(made.items()))
    return person.sign_in(email, password)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_zone_editor_is_valid_html(checker: Path, enrolled: Person) -> None:
    keep(checker, "empty-dns", enrolled.open("/resources/dns/"))
    zone = add_zone(enrolled)
    path = f"/resources/dns/{zone}"
    change(enrolled, zone, "A", "www", "203.0.113.8")
    for name, page in (
        ("dns", "/resources/dns/"),
        ("zone", f"{path}/"),
        ("zone-nothing", f"{path}/?q=zzz&type=MX"),
        ("record-new", f"{path}/records/MX"),
        ("record", f"{path}/records/A?name=www"),
        ("zone-import", f"{path}/import"),
        ("zone-history", f"{path}/history"),
    ):
        keep(checker, name, enrolled.open(page))
    keep(checker, "record-refused", save(enrolled, zone, "A", "www2", "203.0.113.999"), 422)
    enrolled.open(f"{path}/import")
    keep(checker, "zone-import-refused", enrolled.submit(f"{path}/import", {"text": "www A nothing\n"}), 422)
    enrolled.open(f"{path}/import")
    keep(checker, "zone-draft", enrolled.submit(f"{path}/import", {"text": "new 600 A 203.0.113.9\n"}))


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
    keep(checker, "billing-details-refused", enrolled.submit("/billing/details", {"city": ""}), 422)
    time.forward(minutes=11)
    keep(checker, "billing-stale", enrolled.open("/billing/"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_servers_sites_and_domains_are_valid_html(checker: Path, enrolled: Person) -> None:
    server, metal, site, domain = (put(enrolled) for put in (add_server, add_metal, add_site, add_domain))
    for number in range(60):
        add_domain(enrolled, name=f"d{number}.example")
    for name, path in (
        ("servers", "/resources/virtual-servers/"),
        ("servers-nothing", "/resources/virtual-servers/?q=zzz"),
        ("metals", "/resources/dedicated-servers/"),
        ("sites", "/resources/wordpress/"),
        ("domains", "/resources/domains/"),
        ("domains-second", "/resources/domains/?page=2"),
        ("server", f"/resources/virtual-servers/{server}"),
        ("metal", f"/resources/dedicated-servers/{metal}"),
        ("site", f"/resources/wordpress/{site}"),
        ("domain", f"/resources/domains/{domain}"),
        ("name-servers", f"/resources/domains/{domain}/name-servers"),
    ):
        keep(checker, name, enrolled.open(path))
    path = f"/resources/domains/{domain}/name-servers"
    keep(checker, "name-servers-refused", enrolled.submit(path, {"name_servers": "ns1 192.0.2.1"}), 422)
    keep(checker, "name-servers-same", enrolled.submit(path, {"name_servers": "ns1.old.example ns2.old.example"}), 422)
    path = f"/resources/virtual-servers/{server}"
    enrolled.open(path)
    keep(checker, "image-refused", enrolled.submit(f"{path}/act", {"image": "x"}, act="reinstall server"), 422)
    keep(checker, "asked", enrolled.submit(f"{path}/act", act="stop server"))
    keep(checker, "approval", enrolled.submit(f"{path}/act", act="delete server"))
    keep(checker, "order", enrolled.type_code(enrolled.newest_code()))
    keep(checker, "being-deleted", enrolled.open(path))
    path = f"/resources/wordpress/{site}"
    enrolled.open(path)
    enrolled.submit(f"{path}/act", None, act="reset admin password", admin="editor")
    keep(checker, "to-be-shown", enrolled.type_code(enrolled.newest_code()))
    keep(checker, "shown", enrolled.submit(f"{enrolled.page.path}/secret"))
    keep(checker, "was-shown", enrolled.open(enrolled.page.path.removesuffix("/secret")))
