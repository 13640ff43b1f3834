"""What deploy/nginx.conf and deploy/Caddyfile do: checked by the proxies themselves, then in front of a portal."""

import gzip
import http.client
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass

import pytest
from bs4 import BeautifulSoup

from .front import DEPLOY, PROXIES, Site, Visitor, need, new_site, nginx, serve

CLIENT = "127.0.0.5"
"""Another address than the proxy's own."""


@dataclass(frozen=True)
class Front:
    name: str
    site: Site


@pytest.fixture(scope="module", params=PROXIES)
def front(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    site = new_site(tmp_path_factory.mktemp(request.param))
    with serve(site, PROXIES[request.param](site)):
        yield Front(request.param, site)


def test_nginx_has_nothing_to_say_about_its_site(tmp_path_factory: pytest.TempPathFactory) -> None:
    command = nginx(new_site(tmp_path_factory.mktemp("nginx")))
    done = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stderr.splitlines() if "listen ... http2" not in line]
    assert not any("[warn]" in line for line in said), said


def test_caddy_has_nothing_to_say_about_its_file() -> None:
    program, file = need("caddy", "caddy"), str(DEPLOY / "Caddyfile")
    command = [program, "validate", "--adapter", "caddyfile", "--config", file]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert '"level":"warn"' not in done.stderr
    formatted = subprocess.run([program, "fmt", file], capture_output=True, text=True, check=False)
    assert formatted.stdout == (DEPLOY / "Caddyfile").read_text()


def test_a_customer_signs_up_over_tls(front: Front) -> None:
    visitor = Visitor(front.site)
    page = visitor.get("/auth/register")
    assert page.status == 200
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    done = visitor.sign_up("tls@example.com")
    assert (done.status, done.headers["Location"]) == (303, "/resources/")
    assert visitor.get("/resources/").status == 200
    for cookie in [*page.cookies, *done.cookies]:
        assert cookie.key.startswith("__Host-")
        assert (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"]) == (True, True, "/", "")
    assert page.cookies
    assert done.cookies


def test_a_form_that_stood_on_no_page_of_ours_is_refused(front: Front) -> None:
    """Only under https: so the proxy has told the portal that it is."""
    visitor = Visitor(front.site)
    visitor.headers = {"Referer": "https://evil.example/auth/register"}
    assert visitor.sign_up("nobody@example.com").status == 400


def test_the_audit_has_the_customers_own_address(front: Front) -> None:
    assert Visitor(front.site, CLIENT).sign_up("here@example.com").status == 303
    assert set(front.site.addresses("here@example.com")) == {CLIENT}


def test_what_a_visitor_claims_of_itself_is_not_believed(front: Front) -> None:
    visitor = Visitor(front.site, CLIENT)
    visitor.headers = {
        "X-Forwarded-For": "6.6.6.6, 127.0.0.1",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.example",
        "X-Real-IP": "6.6.6.6",
        "Forwarded": "for=6.6.6.6;proto=http;host=evil.example",
    }
    done = visitor.sign_up("forger@example.com")
    assert done.status == 303
    assert "evil" not in str(done.headers)
    assert all(cookie["secure"] for cookie in done.cookies)
    assert set(front.site.addresses("forger@example.com")) == {CLIENT}


@pytest.mark.parametrize("name", ["metrics", "readyz"])
def test_what_is_for_the_machine_itself_is_closed(front: Front, name: str) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", front.site.portal, timeout=20)) as inside:
        inside.request("GET", "/readyz")
        assert inside.getresponse().read() == b"ok\n"
    visitor = Visitor(front.site)
    coded = f"%{ord(name[0]):x}{name[1:]}"
    for spelt in (f"/{name}", f"/{name}/", f"//{name}", f"/{name}?", f"/./{name}", f"/static/../{name}", f"/{coded}"):
        answer = visitor.get(spelt)
        assert answer.status in {400, 404}, spelt
        assert answer.body != b"ok\n", spelt


def test_a_huge_body_ends_at_the_proxy(front: Front) -> None:
    visitor = Visitor(front.site)
    visitor.get("/auth/login")
    # It may hang up on what is still coming; and Caddy 2.6 says 502 when it was told to wait for the whole body.
    with suppress(ConnectionResetError, BrokenPipeError, ssl.SSLEOFError):
        assert visitor.post("/auth/login", {"email": "x" * 200_000}).status in {413, 502}
    assert visitor.get("/auth/login").status == 200


def test_a_long_message_comes_through_and_one_that_is_too_long_is_for_the_page_to_say(front: Front) -> None:
    visitor = Visitor(front.site)
    visitor.sign_up("writer@example.com")
    for message, status in (("\U0001f600" * 10_000, 303), ("x" * 100_000, 422)):
        fields = hidden_fields(visitor, "/support/new") | {"subject": "Mail", "message": message}
        assert visitor.post("/support/new", fields).status == status


def test_a_zone_file_and_a_help_desk_may_send_more_than_a_form(front: Front) -> None:
    """Each is refused by the portal itself: it has no help desk, and this customer no zone."""
    visitor = Visitor(front.site)
    visitor.sign_up("zones@example.com")
    assert visitor.post("/hooks/tickets", {"message": "x" * 200_000}).status == 404
    fields = hidden_fields(visitor, "/support/new") | {"file": "x" * 3_000_000}
    assert visitor.post("/resources/dns/1/import", fields).status == 404


def hidden_fields(visitor: Visitor, path: str) -> dict[str, str]:
    """Of the form on a page, which a post comes from then."""
    page = BeautifulSoup(visitor.get(path).body, "html.parser")
    visitor.page = path
    return {str(field["name"]): str(field["value"]) for field in page.select("main input[type=hidden]")}


def test_visitors_who_send_slowly_hold_nobody_up(front: Front) -> None:
    site = front.site
    head = (
        f"POST /auth/login HTTP/1.1\r\nHost: localhost:{site.port}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nemail="
    )
    with ExitStack() as stack:
        for _ in range(8):
            plain = stack.enter_context(socket.create_connection(("127.0.0.1", site.port), timeout=20))
            context = Visitor(site).context
            slow = stack.enter_context(context.wrap_socket(plain, server_hostname="localhost"))
            slow.sendall(head.encode())
        for _ in range(20):  # so many that the last come after what the proxy might have passed on
            assert Visitor(site, seconds=5).get("/auth/login").status == 200


def test_http_2_is_offered(front: Front) -> None:
    context = Visitor(front.site).context
    context.set_alpn_protocols(["h2", "http/1.1"])
    plain = socket.create_connection(("127.0.0.1", front.site.port), timeout=20)
    with plain, context.wrap_socket(plain, server_hostname="localhost") as connection:
        assert connection.selected_alpn_protocol() == "h2"


def test_the_style_sheet_is_compressed_and_pages_are_not(front: Front) -> None:
    visitor = Visitor(front.site)
    plain = visitor.get("/static/portal.css")
    packed = visitor.get("/static/portal.css", **{"Accept-Encoding": "gzip"})
    assert (plain.status, packed.headers["Content-Encoding"]) == (200, "gzip")
    assert gzip.decompress(packed.body) == plain.body
    assert visitor.get("/auth/login", **{"Accept-Encoding": "gzip"}).headers["Content-Encoding"] is None


# Caddy does so by itself on port 80, which a test can't have.
@pytest.mark.parametrize("front", ["nginx"], indirect=True)
def test_http_leads_to_https(front: Front) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", front.site.plain, timeout=20)) as connection:
        connection.request("GET", "/help?a=b")
        response = connection.getresponse()
        assert (response.status, response.headers["Location"]) == (301, "https://localhost/help?a=b")
