"""Billing and secrets: on no page for somebody who has not proved of late who they are."""

import secrets
from decimal import Decimal

import pytest

from portal import clock, sealing
from portal.acts import Act
from portal.kinds import Kind
from portal.models import Order
from portal.web.needs import FRESH_PAGES
from tests.attacks.rows import all_rows
from tests.conftest import Clock
from tests.person import Person
from tests.routes import built, paths
from tests.shelf import add, add_domain, add_invoice, add_metal, add_server, add_site, add_zone, orders

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
INVOICE, TOTAL, STREET = "2026-INVOICE-4711", "987.65", "77 Hidden Street"
SECRET = "Xy7-the-transfer-code"


@pytest.fixture
def owner(enrolled: Person) -> Person:
    """Alice, with one of everything, each with the number 1; and an invoice, an address and a transfer code."""
    for put in (add_server, add_metal, add_site, add_domain, add_zone):
        assert put(enrolled) == 1
    total = Decimal(TOTAL)
    assert add_invoice(enrolled, number=INVOICE, net=total, tax=Decimal(0), total=total) == 1
    enrolled.open("/billing/details")
    address = {"street": STREET, "postcode": "10001", "city": "New York", "country": "US"}
    enrolled.submit("/billing/details", address)
    sealed = sealing.seal(enrolled.app.config["SEAL_KEY"], SECRET)
    order = add(
        enrolled, Order, "alice@example.com", once=secrets.token_hex(16), kind=Kind.DOMAIN, object_id=1,
        object_name="shop.example", act=Act.TRANSFER_DOMAIN, values={}, secret=sealed, asked_at=clock.now(),
        by="customer", proof="code", driver="local",
    )  # fmt: skip
    assert order == 1
    return enrolled


def fresh_paths(person: Person) -> list[str]:
    rules = [rule for rule in person.app.url_map.iter_rules() if rule.endpoint in FRESH_PAGES]
    return sorted({path for rule in rules for path in built(person.app, rule)})


def read_all(person: Person) -> str:
    """Every page there is, as this browser is shown it."""
    return "".join(person.client.get(path, buffered=True).get_data(as_text=True) for path in paths(person.app, "GET"))


def test_a_fresh_session_sees_billing_there_and_no_secret_anywhere(owner: Person) -> None:
    pages = read_all(owner)
    for shown in (INVOICE, TOTAL, STREET):
        assert shown in pages
    assert SECRET not in pages


def test_a_stale_session_sees_nothing_of_billing_on_any_page(owner: Person, time: Clock) -> None:
    time.forward(minutes=11)
    pages = read_all(owner)
    for hidden in (INVOICE, TOTAL, STREET, SECRET):
        assert hidden not in pages


def test_a_stale_session_is_led_from_each_fresh_page_to_the_proof(owner: Person, time: Clock) -> None:
    time.forward(minutes=11)
    before = all_rows(owner.app)
    for path in fresh_paths(owner):
        response = owner.client.get(path)
        assert (response.status_code, response.location) == (302, f"/auth/confirm?next={path}")
    assert all_rows(owner.app) == before, "no text is sent for a look"


def test_after_the_proof_the_page_opens_and_stays_open_with_use_for_an_hour(owner: Person, time: Clock) -> None:
    time.forward(minutes=11)
    owner.open("/billing/")
    owner.submit("/auth/confirm/send")
    owner.type_code(owner.newest_code())
    assert owner.page.path == "/billing/"
    for _ in range(6):
        time.forward(minutes=9)
        assert owner.open("/billing/").path == "/billing/"
    time.forward(minutes=7)
    assert owner.open("/billing/").path == "/auth/confirm"


def test_billing_is_not_for_a_stranger_a_password_alone_or_another_customer(owner: Person, mallory: Person) -> None:
    stranger, half = Person(owner.app, "198.51.100.1"), Person(owner.app, "198.51.100.2")
    half.sign_in()
    for person in (stranger, half, mallory):
        pages = read_all(person)
        for hidden in (INVOICE, TOTAL, STREET, SECRET):
            assert hidden not in pages


def test_a_secret_is_shown_to_a_fresh_session_once_and_to_nobody_else(
    owner: Person, mallory: Person, time: Clock
) -> None:
    owner.open("/resources/orders/1")
    form = owner.filled_in(owner.page.form("/resources/orders/1/secret"), {})
    stranger, half = Person(owner.app, "198.51.100.1"), Person(owner.app, "198.51.100.2")
    stranger.open("/auth/login")
    half.sign_in()
    mallory.open("/profile/")
    for person in (stranger, half, mallory):
        page = person.post(form[0], form[1] | {"csrf_token": person.csrf()})
        assert SECRET not in page.html
    time.forward(minutes=11)
    assert owner.post(*form).path == "/auth/confirm"
    assert orders(owner)[0].shown_at is None
    owner.type_code(owner.newest_code())
    owner.open("/resources/orders/1")
    assert SECRET in owner.submit("/resources/orders/1/secret").html
    for person in (stranger, half, mallory):
        page = person.post(form[0], form[1] | {"csrf_token": person.csrf()})
        assert SECRET not in page.html, "nor in the minute for which the owner can look again"
    time.forward(minutes=1)
    assert SECRET not in owner.post(*form).html
