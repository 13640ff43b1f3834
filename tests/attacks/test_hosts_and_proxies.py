"""Where a request says it comes from, and which host it says it wants."""

import pytest

from portal.models import AuditEvent
from tests.attacks.rows import count
from tests.person import Person

FORGED = [
    "evil.example", "localhost.evil.example", "evil.example:8000", "localhost@evil.example",
    "localhost:80@evil.example",
    "evil.example/localhost", "localhost#.evil.example", "localhost, evil.example", "localhost evil.example", "[::2]",
    "127.0.0.1.evil.example", "portal.example.com", "", "localhost:x", "loc\u00e4lhost",
]  # fmt: skip
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def from_address(person: Person, forwarded: str, peer: str = "203.0.113.5", **fields: str) -> int:
    """A sign-in as it reaches the portal; its status."""
    person.open("/auth/login")
    response = person.client.post(
        "/auth/login",
        data={"email": "nobody@example.com", "password": "a wrong password", "csrf_token": person.csrf()} | fields,
        headers={"X-Forwarded-For": forwarded, "X-Real-Ip": forwarded, "Forwarded": f"for={forwarded}"},
        environ_overrides={"REMOTE_ADDR": peer},
    )
    return response.status_code


@pytest.mark.parametrize("host", FORGED)
def test_a_forged_host_gets_nothing(alice: Person, host: str) -> None:
    for path in ("/", "/auth/login", "/profile", "/profile/", "/help", "/static/portal.css", "/nothing"):
        response = alice.client.get(path, environ_overrides={"HTTP_HOST": host}, buffered=True)
        assert response.status_code == 400, path
        assert "evil" not in response.get_data(as_text=True) + str(response.headers)
    assert alice.client.post("/auth/login", environ_overrides={"HTTP_HOST": host}).status_code == 400


@pytest.mark.parametrize("host", FORGED)
def test_probes_answer_under_any_host_and_say_only_ok(alice: Person, host: str) -> None:
    for path in ("/healthz", "/readyz"):
        response = alice.client.get(path, environ_overrides={"HTTP_HOST": host})
        assert (response.status_code, response.data) == (200, b"ok\n")
        assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("host", [".localhost", "a..b", "x" * 64 + ".example"])
def test_what_can_be_no_host_gets_nothing_and_is_no_fault_of_ours(alice: Person, host: str) -> None:
    for path in ("/", "/auth/login", "/profile/", "/static/portal.css", "/nothing"):
        response = alice.client.get(path, environ_overrides={"HTTP_HOST": host})
        assert response.status_code == 400, path
        assert response.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "localhost:8000", "LOCALHOST"])
def test_loopback_names_are_its_own(alice: Person, host: str) -> None:
    assert alice.client.get("/help", environ_overrides={"HTTP_HOST": host}).status_code == 200


@pytest.mark.parametrize("settings", [{"PUBLIC_URL": "http://portal.example.com", "HOST": "10.0.0.7"}])
def test_on_a_network_only_its_own_name_is_good(alice: Person) -> None:
    status = {
        host: alice.client.get("/help", environ_overrides={"HTTP_HOST": host}).status_code
        for host in ("portal.example.com", "portal.example.com:8000", "localhost", "10.0.0.7", "www.portal.example.com")
    }
    assert status == {host: 200 if host.startswith("portal.") else 400 for host in status}


def test_forged_forwarding_headers_change_no_link(alice: Person) -> None:
    headers = {
        "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "javascript", "X-Forwarded-Prefix": "/evil",
        "X-Forwarded-Port": "666", "X-Original-Url": "/evil", "X-Rewrite-Url": "/evil", "X-HTTP-Method-Override": "PUT",
        "Forwarded": "host=evil.example;proto=https",
    }  # fmt: skip
    for path in ("/", "/profile", "/profile/", "/auth/login"):
        response = alice.client.get(path, headers=headers)
        seen = response.get_data(as_text=True) + str(response.headers)
        assert not any(word in seen for word in ("evil", "666", "javascript:"))


def test_without_proxies_a_forged_address_is_not_believed(alice: Person) -> None:
    """Ten wrong passwords from one machine are its last, whatever it says of itself."""
    assert [from_address(alice, f"198.51.100.{n}") for n in range(11)] == [422] * 10 + [429]
    assert from_address(alice, "203.0.113.5", peer="203.0.113.6") == 422
    assert count(alice.app, AuditEvent, AuditEvent.address == "203.0.113.5") == 10


@pytest.mark.parametrize("settings", [{"TRUSTED_PROXIES": "1"}])
def test_behind_one_proxy_the_address_it_added_is_the_one_that_counts(alice: Person) -> None:
    proxy = "10.0.0.1"
    assert [from_address(alice, f"198.51.100.{n}, 203.0.113.9", proxy) for n in range(11)] == [422] * 10 + [429]
    assert from_address(alice, "203.0.113.9, 203.0.113.10", proxy) == 422
    assert count(alice.app, AuditEvent, AuditEvent.address == "203.0.113.9") == 10


@pytest.mark.parametrize("settings", [{"TRUSTED_PROXIES": "2"}])
def test_behind_two_proxies_the_second_from_the_right_counts(alice: Person) -> None:
    for n in range(10):
        from_address(alice, f"198.51.100.{n}, 203.0.113.9, 10.0.0.{n}")
    assert from_address(alice, "6.6.6.6, 203.0.113.9, 10.0.0.99") == 429


@pytest.mark.parametrize(
    ("settings", "peer", "forwarded"),
    [
        ({}, "203.0.113.5", "127.0.0.1"),
        ({}, "", "127.0.0.1"),
        ({"TRUSTED_PROXIES": "1"}, "127.0.0.1", "203.0.113.9"),
        ({"TRUSTED_PROXIES": "1"}, "127.0.0.1", "127.0.0.1, 203.0.113.9"),
        ({"TRUSTED_PROXIES": "1"}, "127.0.0.1", "127.0.0.1, garbage"),
    ],
)
def test_a_forged_address_reads_no_metrics(alice: Person, peer: str, forwarded: str) -> None:
    headers = {"X-Forwarded-For": forwarded, "X-Real-Ip": "127.0.0.1", "Forwarded": "for=127.0.0.1"}
    response = alice.client.get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": peer})
    assert response.status_code == 404
    assert "portal_" not in response.get_data(as_text=True)


@pytest.mark.parametrize("settings", [{"TRUSTED_PROXIES": "1"}])
@pytest.mark.parametrize(
    "spelt", ["203.0.113.9:{n}", "::ffff:203.0.113.9", "[2001:db8::9]:{n}", "2001:db8::{n}", "2001:db8::9%eth{n}"]
)
def test_an_address_is_one_however_a_proxy_spells_it(alice: Person, spelt: str) -> None:
    assert [from_address(alice, spelt.format(n=5000 + n)) for n in range(11)][-1] == 429


@pytest.mark.parametrize("settings", [{"TRUSTED_PROXIES": "1"}])
@pytest.mark.parametrize(
    "forwarded", ["", "unknown", "<script>", "9" * 5000, "a,b,,", "::::", "1.2.3.4.5", "203.0.113.9\t"]
)
def test_a_garbage_address_is_counted_like_any_other(alice: Person, forwarded: str) -> None:
    assert [from_address(alice, forwarded) for _ in range(11)][-1] == 429
