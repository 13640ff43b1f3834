"""What each answer tells the browser to forbid (OWASP ASVS 5.0, 3.3 and 3.4)."""

import sqlite3
from http.cookies import SimpleCookie

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from portal import passwords
from tests.attacks.test_reading import EVERYBODY, PATHS, bring
from tests.person import Person

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), otp-credentials=(self)",
}
HTTPS = {"PUBLIC_URL": "https://portal.example.com", "TRUSTED_PROXIES": "1", "REGISTRATION_OPEN": "true"}
BASE = "https://portal.example.com"


def check(response: TestResponse, path: str, *, https: bool = False) -> None:
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS, path
    assert response.headers.get("Strict-Transport-Security") == ("max-age=31536000" if https else None)
    is_file = path.startswith("/static/") and response.status_code == 200
    kept = response.headers["Cache-Control"]
    assert "max-age=3600" in kept if is_file else kept == "no-store", path
    assert not {"X-Powered-By", "Access-Control-Allow-Origin"} & set(response.headers.keys())


@pytest.mark.parametrize("state", EVERYBODY)
def test_every_answer_has_the_headers(enrolled: Person, state: str) -> None:
    bring(enrolled, state)
    for path in PATHS:
        for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "TRACE"):
            response = enrolled.client.open(path, method=method, buffered=True)
            check(response, path)


def test_so_has_every_page_of_an_error(enrolled: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    enrolled.app.config["PROPAGATE_EXCEPTIONS"] = False
    seen = {}

    def note(response: TestResponse) -> None:
        check(response, "/an-error")
        seen[response.status_code] = response.get_data(as_text=True)

    client = enrolled.client
    note(client.get("/nothing"))
    note(client.get("/help", headers={"Host": "evil.example"}))
    note(client.post("/auth/login", data={"email": "x" * 70_000}))
    note(client.post("/auth/logout"))
    note(client.put("/help"))
    monkeypatch.setattr("portal.web.gate.sessions.load", _fail)
    note(client.get("/resources/"))
    monkeypatch.undo()
    stranger = Person(enrolled.app)
    stranger.open("/auth/login")
    monkeypatch.setattr("portal.auth.sign_in.signing_in.sign_in", _busy)
    fields = {"email": "a@example.com", "password": "x", "csrf_token": stranger.csrf()}
    note(stranger.client.post("/auth/login", data=fields))
    assert set(seen) == {400, 404, 405, 413, 500, 503}
    for page in seen.values():
        assert not any(word in page for word in ("Traceback", "portal/", "werkzeug", "Error: ", "secret words"))


def test_without_its_database_it_says_so_in_words_and_headers(
    enrolled: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.web.gate.sessions.load", _no_database)
    for method, path in (("GET", "/resources/"), ("POST", "/profile/password"), ("HEAD", "/profile/")):
        response = enrolled.client.open(path, method=method)
        assert response.status_code == 503
        assert response.headers["Retry-After"] == "5"
        check(response, path)
        assert method == "HEAD" or "busy" in response.get_data(as_text=True)


def _no_database(*_: object) -> None:
    raise OperationalError("SELECT secret words", None, sqlite3.OperationalError("disk I/O error"))


def _fail(*_: object) -> None:
    raise RuntimeError("secret words")


def _busy(*_: object) -> None:
    raise passwords.HashingBusyError


def test_a_page_that_is_not_there_is_never_kept_by_a_cache(enrolled: Person) -> None:
    """Under /static/ too: its error page is the customer's own, with name, email and token."""
    for path in ("/static/nothing.css", "/static/../profile/", "/static/", "/static/vendor", "/resources/x.css"):
        response = enrolled.client.get(path)
        assert response.status_code == 404
        assert response.headers["Cache-Control"] == "no-store", path


def test_files_of_the_portal_set_no_cookie(enrolled: Person) -> None:
    response = enrolled.client.get("/static/portal.css", buffered=True)
    assert "Set-Cookie" not in response.headers
    assert "max-age=3600" in response.headers["Cache-Control"]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: Flask) -> None:
    cookies = _cookies(app.test_client().get("/auth/login"))
    assert set(cookies) == {"portal"}
    portal = cookies["portal"]
    assert (portal["httponly"], portal["samesite"], portal["path"]) == (True, "Lax", "/")
    assert portal["secure"] == portal["domain"] == portal["expires"] == portal["max-age"] == ""


@pytest.mark.parametrize("settings", [HTTPS])
def test_under_https_the_cookie_is_bound_to_the_host(app: Flask) -> None:
    response = app.test_client().get("/auth/login", base_url=BASE)
    check(response, "/auth/login", https=True)
    cookies = _cookies(response)
    assert set(cookies) == {"__Host-portal"}
    portal = cookies["__Host-portal"]
    assert (portal["secure"], portal["httponly"], portal["samesite"], portal["path"]) == (True, True, "Lax", "/")
    assert portal["domain"] == ""


@pytest.mark.parametrize("settings", [HTTPS])
def test_under_https_a_cookie_of_another_name_is_not_read(app: Flask) -> None:
    client = app.test_client()
    cookie = _cookies(client.get("/auth/login", base_url=BASE))["__Host-portal"].value
    other = app.test_client()
    other.set_cookie("portal", cookie, domain="portal.example.com")
    assert "__Host-portal" in _cookies(other.get("/auth/login", base_url=BASE)), "a new one is given"


@pytest.mark.parametrize("settings", [HTTPS])
def test_under_https_every_answer_says_to_stay_there(app: Flask) -> None:
    client = app.test_client()
    for path in PATHS:
        check(client.get(path, base_url=BASE, buffered=True), path, https=True)
    for host in ("localhost", "127.0.0.1", "evil.example"):
        assert client.get("/help", base_url=f"https://{host}").status_code == 400


def test_sign_out_empties_the_browser_s_cache(enrolled: Person) -> None:
    enrolled.open("/resources/")
    response = enrolled.post("/auth/logout", {"csrf_token": enrolled.csrf()}, follow_redirects=False).response
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'


def _cookies(response: TestResponse) -> SimpleCookie:
    cookies: SimpleCookie = SimpleCookie()
    for header in response.headers.getlist("Set-Cookie"):
        cookies.load(header)
    return cookies
