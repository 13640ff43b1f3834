"""Forms that another site, or nobody's page, sends in the customer's name."""

import pytest
from flask import Flask

from tests.attacks.rows import all_rows
from tests.person import BACKUP, GOOD_PASSWORD, Person
from tests.routes import paths

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

FIELDS = {
    "name": "Eve", "email": "eve@example.com", "password": GOOD_PASSWORD, "current_password": GOOD_PASSWORD,
    "code": "123456", "number": BACKUP, "phone": "primary",
}  # fmt: skip


HOOKS = "/hooks/"
"""What the shop's own machines send is signed, and no form: tests/orders/test_hook.py, tests/tickets/test_hook.py."""


def forms(app: Flask) -> list[str]:
    """Every path that takes one."""
    return [path for path in paths(app, "POST") if not path.startswith(HOOKS)]


def test_no_form_is_taken_without_the_token_of_this_browser(enrolled: Person, mallory: Person) -> None:
    mallory.open("/profile/")
    half = Person(enrolled.app)
    half.sign_in()
    enrolled.remove()
    stranger = Person(enrolled.app, "198.51.100.9")
    stranger.open("/auth/login")
    old = enrolled.csrf()
    tokens = [None, "", "x", mallory.csrf(), half.csrf(), stranger.csrf(), old[:-1] + ("A" if old[-1] != "A" else "B")]
    before = all_rows(enrolled.app)
    for person in (enrolled, half, stranger):
        own = person.csrf()
        for path in forms(enrolled.app):
            for token in tokens:
                if token == own:
                    continue
                fields = FIELDS if token is None else FIELDS | {"csrf_token": token}
                response = person.client.post(path, data=fields, environ_overrides={"REMOTE_ADDR": person.address})
                assert response.status_code in {400, 302}, (path, token)
                assert response.status_code == 400 or response.location in {"/auth/login", "/auth/verify"}
    assert all_rows(enrolled.app) == before
    assert len(forms(enrolled.app)) >= 10


def test_every_form_with_the_right_token_is_past_that_check(enrolled: Person) -> None:
    """So that the refusals above are the token's doing."""
    enrolled.open("/profile/")
    token = enrolled.csrf()
    for path in ("/profile/password", "/profile/phones/backup", "/profile/phones/primary/remove", "/auth/logout"):
        response = enrolled.client.post(path, data=FIELDS | {"csrf_token": token})
        assert response.status_code in {303, 422}, path


def test_the_token_of_before_sign_in_is_not_good_after(alice: Person) -> None:
    alice.open("/auth/register")
    before = alice.csrf()
    alice.register()
    assert alice.post("/auth/logout", {"csrf_token": before}).status == 400
    assert alice.open("/resources/").path == "/resources/"


def test_a_page_of_before_sign_out_says_that_it_has_expired(enrolled: Person) -> None:
    enrolled.open("/profile/password")
    token = enrolled.csrf()
    enrolled.sign_out()
    enrolled.sign_in_with_code()
    fields = {"current_password": GOOD_PASSWORD, "password": "five other words this time", "csrf_token": token}
    page = enrolled.post("/profile/password", fields)
    assert page.status == 400
    assert "expired" in page.words


def test_a_form_as_json_or_plain_text_is_no_form(enrolled: Person) -> None:
    enrolled.open("/profile/")
    before = all_rows(enrolled.app)
    body = f"csrf_token={enrolled.csrf()}"
    for content_type in ("application/json", "text/plain", "application/xml", ""):
        response = enrolled.client.post("/profile/phones/primary/remove", data=body, content_type=content_type)
        assert response.status_code == 400
    assert all_rows(enrolled.app) == before


def test_a_file_or_too_much_is_refused(alice: Person) -> None:
    alice.open("/auth/login")
    fields = {"email": "a" * 70_000, "password": "x", "csrf_token": alice.csrf()}
    assert alice.post("/auth/login", fields).status == 413
    many = {f"field{n}": "x" for n in range(20_000)}
    assert alice.post("/auth/login", many).status == 413


HTTPS = {"PUBLIC_URL": "https://portal.example.com", "TRUSTED_PROXIES": "1", "REGISTRATION_OPEN": "true"}


@pytest.mark.parametrize("settings", [HTTPS])
@pytest.mark.parametrize(
    ("referrer", "status"),
    [
        ("https://portal.example.com/auth/login", 422),
        ("", 400),
        ("https://evil.example/auth/login", 400),
        ("http://portal.example.com/auth/login", 400),
        ("https://portal.example.com.evil.example/", 400),
        ("https://portal.example.com:8443/", 400),
    ],
)
def test_under_https_a_form_comes_from_the_portal_s_own_page(app: Flask, referrer: str, status: int) -> None:
    client, base = app.test_client(), "https://portal.example.com"
    page = client.get("/auth/login", base_url=base).get_data(as_text=True)
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0] or page.partition('name="csrf_token"')[2]
    fields = {"email": "eve@example.com", "password": "a wrong password", "csrf_token": token}
    response = client.post("/auth/login", data=fields, base_url=base, headers={"Referer": referrer})
    assert response.status_code == status
