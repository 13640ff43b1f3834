"""What a form is not meant to hold."""

import pytest
from bs4 import BeautifulSoup

from portal import passwords
from portal.limits import LIMITS
from portal.models import Account
from tests.attacks.rows import all_rows, count, rows_of
from tests.person import GOOD_PASSWORD, Person
from tests.routes import paths
from tests.shelf import add_domain, add_metal, add_server, add_site, add_zone

MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}${7*7}"
ODD = [
    MARKUP, "' OR '1'='1' --", "\x00", "a\x00b", "\r\nSet-Cookie: x=1", "\ud7ff\ue000", "\U0001f600" * 50, "\u202eevil",
    "x" * 20_000, "[]", "{}", "null", "-1", "1e309", "../../etc/passwd", "%s%n%x", "\xff\xfe", " ", "\u0001", "٠١٢٣٤٥",
]  # fmt: skip
FIELDS = (
    "name", "email", "password", "current_password", "account_type", "code", "number", "phone", "next", "csrf_token",
    "act", "once", "revision", "image", "admin", "name_servers", "values", "ttl", "text", "how", "q", "type", "page",
)  # fmt: skip
NOTHING_TO_TYPE = {"/auth/logout", "/profile/phones/primary/remove", "/resources/dns/1/delete"}
"""Buttons: what else is sent with them is not looked at."""
LISTS = ("/resources/virtual-servers/", "/resources/domains/", "/resources/dns/", "/resources/dns/1/")
IN_ORDER = {"once": "a" * 32, "revision": "1"}
"""The hidden fields of the forms of acts, so that the odd ones get far; and where each leads, an act that takes one."""
ACTS = {
    "/resources/virtual-servers/1/act": "reinstall server", "/resources/dedicated-servers/1/act": "reinstall server",
    "/resources/wordpress/1/act": "reset admin password", "/resources/domains/1/act": "lock domain",
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("settings", [{f"LIMIT_{limit.name}": "off" for limit in LIMITS}], ids=["unlimited"])
@pytest.mark.parametrize("state", ["stranger", "half", "signed in"])
def test_odd_input_is_refused_in_words_and_never_breaks_a_page(enrolled: Person, state: str) -> None:
    """On PostgreSQL alone, which refuses more than SQLite does."""
    for put in (add_server, add_metal, add_site, add_domain, add_zone):
        assert put(enrolled) == 1
    if state != "signed in":
        enrolled.sign_out()
    if state == "half":
        enrolled.sign_in()
    enrolled.open({"stranger": "/auth/login", "half": "/auth/verify", "signed in": "/profile/"}[state])
    token, before = enrolled.csrf(), rows_of(enrolled.app, "alice@example.com")
    targets = set(paths(enrolled.app, "POST")) - NOTHING_TO_TYPE
    for odd in ODD:
        for path in sorted(targets):
            odd_ones = dict.fromkeys(FIELDS, odd)
            in_order = odd_ones | {"csrf_token": token} | IN_ORDER | {"act": ACTS.get(path, "")}
            for fields in (odd_ones, odd_ones | {"csrf_token": token}, in_order):
                response = enrolled.client.post(path, data=fields, environ_overrides={"REMOTE_ADDR": enrolled.address})
                assert response.status_code in {302, 303, 400, 404, 413, 422}, (path, odd, response.status_code)
                is_harmless(response.get_data(as_text=True))
        for path in ("/auth/login", "/profile/", "/resources/", "/help", *LISTS):
            response = enrolled.client.get(path, query_string=dict.fromkeys(FIELDS, odd[:1000]))
            assert response.status_code in {200, 302, 303}, (path, odd)
            is_harmless(response.get_data(as_text=True))
        if state == "signed in":
            response = enrolled.client.get("/resources/dns/1/records/A", query_string={"name": odd[:1000]})
            assert response.status_code == 404, odd
    after = rows_of(enrolled.app, "alice@example.com")
    for table in ("accounts", "phones", "texts", "orders"):
        assert after[table] == before[table]


def is_harmless(page: str) -> None:
    soup = BeautifulSoup(page, "html.parser")
    assert soup.find("img") is None
    assert not any("alert" in script.get_text() for script in soup.find_all("script"))
    assert not any(name.startswith("on") for tag in soup.find_all() for name in tag.attrs)


def test_a_name_is_text_and_not_markup(alice: Person) -> None:
    alice.open("/auth/register")
    fields = {"name": MARKUP, "email": "alice@example.com", "password": GOOD_PASSWORD}
    assert alice.submit("/auth/register", fields).path == "/resources/"
    for path in ("/resources/", "/profile/", "/nothing"):
        page = alice.open(path)
        assert "<script>alert" not in page.html
        assert page.soup.find("img") is None
        assert "{{7*7}}" in page.html
        assert "49" not in page.soup.get_text()


@pytest.mark.parametrize("chosen", ["admin", "staff", "", "PERSONAL"])
def test_nobody_chooses_a_type_that_is_not_offered(alice: Person, chosen: str) -> None:
    alice.open("/auth/register")
    fields = {"name": "Eve", "email": "eve@example.com", "password": GOOD_PASSWORD, "csrf_token": alice.csrf()}
    assert alice.post("/auth/register", fields | {"account_type": chosen}).status == 422
    assert count(alice.app, Account) == 0


def test_fields_that_no_form_has_are_ignored(alice: Person) -> None:
    alice.open("/auth/register")
    fields = {"name": "Eve", "email": "eve@example.com", "password": GOOD_PASSWORD, "csrf_token": alice.csrf()}
    more = {
        "id": "77",
        "epoch": "77",
        "signed_in": "1",
        "is_admin": "1",
        "disabled_at": "2026-01-01",
        "account_id": "1",
    }
    alice.post("/auth/register", fields | {"account_type": "personal"} | more)
    account = rows_of(alice.app, "eve@example.com")["accounts"][0]
    assert account[0] != 77
    assert 77 not in account


def test_a_closed_registration_is_closed_to_a_form_too(alice: Person) -> None:
    alice.open("/auth/register")
    fields = {"name": "Eve", "email": "eve@example.com", "password": GOOD_PASSWORD, "csrf_token": alice.csrf()}
    alice.app.config["REGISTRATION_OPEN"] = False
    before = all_rows(alice.app)
    assert alice.post("/auth/register", fields | {"account_type": "personal"}).status == 403
    assert all_rows(alice.app) == before


def test_a_password_that_is_short_only_in_composed_letters_opens_its_account(alice: Person) -> None:
    """100 letters, each typed as a letter and an accent: 200 code points, but 100 characters."""
    password = "e\u0301o\u0302a\u0308n\u0303u\u0300" * 20
    alice.open("/auth/register")
    fields = {"name": "Zoe", "email": "alice@example.com", "password": password}
    assert alice.submit("/auth/register", fields).path == "/resources/"
    alice.sign_out()
    assert alice.sign_in(password=password).path == "/resources/"
    assert not passwords.verify(passwords.NOBODYS_HASH, "")


def test_a_try_that_had_no_turn_at_the_hashing_is_not_a_wrong_password(
    enrolled: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a flood of guesses from elsewhere would shut customers out of their own accounts."""
    enrolled.sign_out()
    with monkeypatch.context() as patch:
        patch.setattr("portal.passwords.verify", _busy)
        for _ in range(12):
            assert enrolled.sign_in().status == 503
    assert enrolled.sign_in().path == "/auth/verify"


def test_guesses_at_the_current_password_hash_no_new_one(enrolled: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing is what the portal can do least of: what the limits refuse may not cost any."""
    made: list[str] = []
    enrolled.open("/profile/password")
    monkeypatch.setattr("portal.passwords.make_hash", made.append)
    for _ in range(12):
        enrolled.change_password("five other words this time", current="a wrong password")
    assert enrolled.page.status == 429
    assert made == []


def _busy(*_: object) -> bool:
    raise passwords.HashingBusyError
