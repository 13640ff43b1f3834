"""A redirect leads to a page of this site, and tells nothing on the way."""

from urllib.parse import quote, urljoin, urlsplit

import pytest

from portal.web.gate import safe_path
from tests.person import GOOD_PASSWORD, PHONE, Person, wrong

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ELSEWHERE = [
    "//evil.example", "///evil.example", "////evil.example/x", "/\\evil.example", "\\\\evil.example", "\\/evil.example",
    "https://evil.example", "http:evil.example", "https:/evil.example", "HTTPS://evil.example", "javascript:alert(1)",
    "data:text/html,x", " //evil.example", "\t//evil.example", "/\t/evil.example", "/\n/evil.example",
    "/\r\nSet-Cookie: x=1", "/\x00/evil.example", "/\x0b/evil.example", "\x01//evil.example", "evil.example", "?x",
    "#x",
    "@evil.example", ".evil.example", "/" + "x" * 600, "//localhost@evil.example", "/\x7f/evil.example",
]  # fmt: skip
HERE = [
    "/", "/profile/", "/resources/?tab=1", "/%2F%2Fevil.example", "/%5Cevil.example", "/..//evil.example",
    "/.//evil.example", "/x?next=//evil.example", "/@evil.example", "/:80", "/%0d%0aSet-Cookie:x=1",
    "/%09/evil.example",
    "/resources/#https://evil.example", "/\uff0fevil.example", "/\u2028", "/ /evil.example",
]  # fmt: skip


@pytest.mark.parametrize("path", ELSEWHERE)
def test_a_forged_next_leads_nowhere_else(alice: Person, path: str) -> None:
    assert safe_path(path) is None
    alice.register()
    alice.sign_out()
    page = alice.open(f"/auth/login?next={quote(path)}")
    assert page.value("next") == ""
    fields = {"email": "alice@example.com", "password": GOOD_PASSWORD, "csrf_token": alice.csrf()}
    response = alice.post("/auth/login", fields | {"next": path}, follow_redirects=False).response
    assert (response.status_code, response.location) == (303, "/resources/")


@pytest.mark.parametrize("path", HERE)
def test_what_looks_like_a_path_stays_on_this_site(alice: Person, path: str) -> None:
    alice.register()
    alice.sign_out()
    alice.open("/auth/login")
    fields = {"email": "alice@example.com", "password": GOOD_PASSWORD, "csrf_token": alice.csrf()}
    location = alice.post("/auth/login", fields | {"next": path}, follow_redirects=False).response.location
    there = urlsplit(urljoin("http://localhost/auth/login", location))
    assert (there.scheme, there.netloc) == ("http", "localhost")
    assert not any(c in location for c in "\r\n\\\t")


def test_a_forged_next_does_not_survive_the_code_page(half: Person) -> None:
    half.sign_out()
    for forged, lands in (("//evil.example", "/resources/"), ("/profile/", "/profile/")):
        half.open("/auth/login")
        fields = {"email": "alice@example.com", "password": GOOD_PASSWORD, "csrf_token": half.csrf(), "next": forged}
        half.post("/auth/login", fields)
        fields = {"code": half.newest_code(), "csrf_token": half.csrf(), "next": "https://evil.example"}
        response = half.post("/auth/verify?next=//evil.example", fields, follow_redirects=False).response
        assert response.location == lands
        half.open("/resources/")
        half.sign_out()


@pytest.mark.parametrize(
    "path", ["//evil.example/", "//evil.example/profile", "/\\evil.example", "//profile", "/profile"]
)
def test_an_odd_path_is_not_sent_on_to_another_site(enrolled: Person, path: str) -> None:
    response = enrolled.client.get("/", environ_overrides={"PATH_INFO": path})
    assert urlsplit(response.location or "").netloc in {"", "localhost"}


def test_what_a_stranger_wanted_comes_back_after_the_login_and_nothing_else(alice: Person) -> None:
    alice.register()
    alice.sign_out()
    response = alice.client.get("/profile/password?x=1&next=//evil.example")
    assert response.location == "/auth/login?next=/profile/password"
    assert alice.client.post("/profile/password").location == "/auth/login"


def test_no_redirect_carries_a_number_or_a_code(alice: Person) -> None:
    locations: list[str] = []

    def post(path: str, **fields: str) -> None:
        response = alice.post(path, fields | {"csrf_token": alice.csrf()}, follow_redirects=False).response
        assert response.status_code == 303, (path, response.status_code)
        locations.append(response.location)
        alice.open(response.location)

    alice.open("/auth/register")
    post("/auth/register", name="Alice", email="alice@example.com", password=GOOD_PASSWORD)
    alice.open("/profile/phones/primary")
    post("/profile/phones/primary", number=PHONE)
    codes = [alice.newest_code()]
    post("/profile/phones/primary/verify", code=codes[-1])
    post("/profile/phones/primary/remove")
    post("/auth/confirm", password=GOOD_PASSWORD)
    codes.append(alice.newest_code())
    alice.type_code(wrong(codes[-1]))
    post("/auth/confirm", code=codes[-1])
    alice.open("/profile/phones/primary/verify?code=123456")
    for location in locations:
        assert not any(code in location for code in codes)
        assert not any(char.isdigit() for char in location), location
        assert "?" not in location
