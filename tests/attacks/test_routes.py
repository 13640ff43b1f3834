"""Every route, tried by who may not open it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.attacks.rows import all_rows, rows_of
from tests.person import GOOD_PASSWORD, OTHER, Person
from tests.shelf import add_domain, add_metal, add_server, add_site, add_zone

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ANYONE, PASSWORD, SIGNED_IN = "anyone", "password only", "signed in"


@dataclass(frozen=True)
class Route:
    path: str
    opens_for: str


ROUTES = {
    "static": Route("/static/portal.css", ANYONE),
    "web.index": Route("/", ANYONE),
    "web.help": Route("/help", ANYONE),
    "web.healthz": Route("/healthz", ANYONE),
    "web.readyz": Route("/readyz", ANYONE),
    "web.metrics": Route("/metrics", ANYONE),  # It looks at the address itself: test_hosts_and_proxies.py.
    "auth.login": Route("/auth/login", ANYONE),
    "auth.register": Route("/auth/register", ANYONE),
    "auth.verify": Route("/auth/verify", PASSWORD),
    "auth.verify_send": Route("/auth/verify/send", PASSWORD),
    "auth.logout": Route("/auth/logout", PASSWORD),
    "auth.confirm": Route("/auth/confirm", SIGNED_IN),
    "auth.confirm_send": Route("/auth/confirm/send", SIGNED_IN),
    "profile.index": Route("/profile/", SIGNED_IN),
    "profile.password": Route("/profile/password", SIGNED_IN),
    "profile.phone": Route("/profile/phones/primary", SIGNED_IN),
    "profile.verify": Route("/profile/phones/primary/verify", SIGNED_IN),
    "profile.send": Route("/profile/phones/primary/send", SIGNED_IN),
    "profile.remove": Route("/profile/phones/primary/remove", SIGNED_IN),
    "profile.activity": Route("/profile/activity", SIGNED_IN),
    "profile.activity_csv": Route("/profile/activity.csv", SIGNED_IN),
    "resources.index": Route("/resources/", SIGNED_IN),
    "support.index": Route("/support/", SIGNED_IN),
    "support.new": Route("/support/new", SIGNED_IN),
    "support.ticket": Route("/support/1", SIGNED_IN),
    "support.close": Route("/support/1/close", SIGNED_IN),
    "hooks.tickets": Route("/hooks/tickets", ANYONE),  # It looks at the signature: tests/tickets/test_hook.py.
    "resources.virtual_server": Route("/resources/virtual-servers/1", SIGNED_IN),
    "resources.dedicated_server": Route("/resources/dedicated-servers/1", SIGNED_IN),
    "resources.server_act": Route("/resources/virtual-servers/1/act", SIGNED_IN),
    "resources.virtual_servers": Route("/resources/virtual-servers/", SIGNED_IN),
    "resources.dedicated_servers": Route("/resources/dedicated-servers/", SIGNED_IN),
    "resources.sites": Route("/resources/wordpress/", SIGNED_IN),
    "resources.site": Route("/resources/wordpress/1", SIGNED_IN),
    "resources.site_act": Route("/resources/wordpress/1/act", SIGNED_IN),
    "resources.domains": Route("/resources/domains/", SIGNED_IN),
    "resources.domain": Route("/resources/domains/1", SIGNED_IN),
    "resources.domain_act": Route("/resources/domains/1/act", SIGNED_IN),
    "resources.name_servers": Route("/resources/domains/1/name-servers", SIGNED_IN),
    "resources.zones": Route("/resources/dns/", SIGNED_IN),
    "resources.zone": Route("/resources/dns/1/", SIGNED_IN),
    "resources.zone_delete": Route("/resources/dns/1/delete", SIGNED_IN),
    "resources.zone_export": Route("/resources/dns/1/export", SIGNED_IN),
    "resources.zone_import": Route("/resources/dns/1/import", SIGNED_IN),
    "resources.zone_history": Route("/resources/dns/1/history", SIGNED_IN),
    "resources.zone_draft": Route("/resources/dns/drafts/1", SIGNED_IN),
    "resources.zone_apply": Route("/resources/dns/drafts/1/apply", SIGNED_IN),
    "resources.zone_undo": Route("/resources/dns/changes/1/undo", SIGNED_IN),
    "resources.record": Route("/resources/dns/1/records/A", SIGNED_IN),
    "resources.record_delete": Route("/resources/dns/1/records/A/delete", SIGNED_IN),
    "resources.order": Route("/resources/orders/1", SIGNED_IN),
    "resources.order_secret": Route("/resources/orders/1/secret", SIGNED_IN),
    "billing.index": Route("/billing/", SIGNED_IN),
    "billing.invoice": Route("/billing/invoices/1", SIGNED_IN),
    "billing.details": Route("/billing/details", SIGNED_IN),
    "hooks.orders": Route("/hooks/orders", ANYONE),  # It looks at the signature itself: tests/orders/test_hook.py.
}
PRIVATE = [endpoint for endpoint, route in ROUTES.items() if route.opens_for != ANYONE]
NOT_HALF = [endpoint for endpoint, route in ROUTES.items() if route.opens_for == SIGNED_IN]
FIELDS = {
    "email": "alice@example.com", "password": GOOD_PASSWORD, "current_password": GOOD_PASSWORD,
    "code": "123456", "number": OTHER, "phone": "primary",
}  # fmt: skip


def _methods(app: Flask, endpoint: str) -> list[str]:
    """All methods of a route, reading ones first."""
    found = {method for rule in app.url_map.iter_rules(endpoint) for method in rule.methods or ()}
    return sorted(found, key=["GET", "HEAD", "OPTIONS", "POST"].index)


def _try_all(person: Person, endpoint: str, token: str) -> Iterator[tuple[str, TestResponse]]:
    for method in _methods(person.app, endpoint):
        data = FIELDS | {"csrf_token": token} if method == "POST" else None
        yield (
            method,
            person.client.open(
                ROUTES[endpoint].path,
                method=method,
                data=data,
                environ_overrides={"REMOTE_ADDR": person.address},
                buffered=True,
            ),
        )


def test_every_route_is_listed_here_with_who_may_open_it(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(ROUTES)
    adapter = app.url_map.bind("localhost")
    for endpoint, route in ROUTES.items():
        assert adapter.match(route.path, method=_methods(app, endpoint)[-1])[0] == endpoint


@pytest.mark.parametrize("endpoint", PRIVATE)
def test_a_private_page_sends_a_stranger_to_the_login_and_changes_nothing(alice: Person, endpoint: str) -> None:
    alice.register()
    alice.sign_out()
    stranger = Person(alice.app, "198.51.100.1")
    stranger.open("/auth/login")
    before = all_rows(alice.app)
    for token in (stranger.csrf(), ""):
        for method, response in _try_all(stranger, endpoint, token):
            assert response.status_code == 302, method
            assert response.location.partition("?")[0] == "/auth/login"
            assert all_rows(alice.app) == before


@pytest.mark.parametrize("endpoint", NOT_HALF)
def test_the_password_alone_opens_nothing_but_the_code_page(half: Person, endpoint: str) -> None:
    token, before = half.csrf(), all_rows(half.app)
    for method, response in _try_all(half, endpoint, token):
        assert (response.status_code, response.location) == (302, "/auth/verify"), method
    assert all_rows(half.app) == before


def test_the_password_alone_opens_the_code_page_help_and_sign_out(half: Person) -> None:
    assert half.open("/auth/verify").status == 200
    assert half.open("/help").status == 200
    assert "Sign out" not in half.page.html, "help looks as for a stranger"
    half.open("/auth/verify")
    assert half.sign_out().path == "/auth/login"
    assert half.open("/auth/verify").path == "/auth/login"


def test_the_password_alone_shows_a_stranger_s_pages_where_all_may_go(half: Person) -> None:
    for endpoint, route in ROUTES.items():
        if route.opens_for == ANYONE and endpoint != "static":
            page = half.client.get(route.path, follow_redirects=True).get_data(as_text=True)
            assert "alice@example.com" not in page, endpoint


@pytest.mark.parametrize("endpoint", list(ROUTES))
def test_another_customer_can_touch_nothing_of_mine(enrolled: Person, mallory: Person, endpoint: str) -> None:
    for add in (add_server, add_metal, add_site, add_domain, add_zone):
        assert add(enrolled) == 1
    enrolled.open("/profile/")
    enrolled.submit("/profile/phones/primary/remove")
    mallory.open("/profile/")
    before, token = rows_of(enrolled.app, "alice@example.com"), mallory.csrf()
    assert before["phones"]
    for method, response in _try_all(mallory, endpoint, token):
        assert "alice" not in response.get_data(as_text=True), method
    assert rows_of(enrolled.app, "alice@example.com") == before


@pytest.mark.parametrize("path", ["/profile/phones/tertiary", "/profile/phones/1", "/profile/phones/primary/nothing"])
def test_what_does_not_exist_is_404_for_everyone(enrolled: Person, thief: Person, path: str) -> None:
    assert enrolled.open(path).status == thief.open(path).status == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND"])
def test_other_methods_do_nothing_anywhere(enrolled: Person, method: str) -> None:
    enrolled.open("/profile/")
    before, token = all_rows(enrolled.app), enrolled.csrf()
    for route in ROUTES.values():
        response = enrolled.client.open(route.path, method=method, data=FIELDS | {"csrf_token": token})
        assert response.status_code in {400, 405}, route
    assert all_rows(enrolled.app) == before


@pytest.mark.parametrize("settings", [{"REQUIRE_TWO_FACTOR": "all"}])
def test_while_a_phone_is_required_nothing_else_opens(alice: Person) -> None:
    assert alice.register().path == "/profile/phones/primary"
    for path in ("/resources/", "/profile/password", "/", "/auth/login"):
        assert alice.open(path).path == "/profile/phones/primary", path
    before, token = rows_of(alice.app, "alice@example.com"), alice.csrf()
    fields = {"current_password": GOOD_PASSWORD, "password": "another four plain words", "csrf_token": token}
    assert alice.post("/profile/password", fields).path == "/profile/phones/primary"
    assert alice.post("/profile/phones/primary/remove", {"csrf_token": token}).path == "/profile/phones/primary"
    assert rows_of(alice.app, "alice@example.com") == before
    assert alice.open("/help").status == 200
