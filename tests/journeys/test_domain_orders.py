"""Acts on domain registrations: what they need, what becomes of them."""

import re
from datetime import timedelta

import pytest

from portal.drivers.base import Done
from portal.extensions import db
from portal.kinds import Kind
from portal.models import Domain
from portal.prune import prune
from tests.conftest import Clock
from tests.fakes import driver
from tests.person import Person
from tests.shelf import add_domain, orders, read

NEW = "ns1.new.example\nns2.new.example"


@pytest.fixture
def settings() -> dict[str, str]:
    return {"DRIVER_DOMAIN": "tests.fakes:MemoryDriver"}


def press(person: Person, domain: int, act: str) -> None:
    person.open(f"/resources/domains/{domain}")
    person.submit(f"/resources/domains/{domain}/act", act=act)


def type_names(person: Person, domain: int, names: str) -> None:
    person.open(f"/resources/domains/{domain}/name-servers")
    person.submit(f"/resources/domains/{domain}/name-servers", {"name_servers": names})


def now(person: Person, domain: int) -> Domain:
    found = read(person, Domain, domain)
    assert found is not None
    return found


def test_its_page_says_when_it_expires_and_what_holds(enrolled: Person, time: Clock) -> None:
    domain = add_domain(enrolled, expires_on=time.at.date() + timedelta(days=9))
    words = enrolled.open(f"/resources/domains/{domain}").words
    assert "Runs until 3 December 2026 Expires in 9 days" in words
    assert "Transfer lock Locked" in words
    assert "ns1.old.example ns2.old.example" in words


def test_auto_renew_is_turned_off_and_on_again_at_once(enrolled: Person) -> None:
    domain = add_domain(enrolled)
    press(enrolled, domain, "auto-renew off")
    assert (
        "Renewed by itself before that day. Once the open orders are done: not renewed by itself."
        in enrolled.page.words
    )
    enrolled.carry_out()
    assert not now(enrolled, domain).auto_renew
    assert "Not renewed by itself" in enrolled.open(f"/resources/domains/{domain}").words
    press(enrolled, domain, "auto-renew on")
    enrolled.carry_out()
    assert now(enrolled, domain).auto_renew


def test_unlocking_takes_a_code_and_locking_does_not(enrolled: Person) -> None:
    domain = add_domain(enrolled)
    press(enrolled, domain, "unlock domain")
    assert re.match(r"\d{6} unlocks the domain 'shop.example'\. ", enrolled.texts()[-1])
    enrolled.type_code(enrolled.newest_code())
    assert enrolled.page.path == f"/resources/domains/{domain}"
    enrolled.carry_out()
    assert not now(enrolled, domain).locked
    press(enrolled, domain, "lock domain")
    enrolled.carry_out()
    assert now(enrolled, domain).locked


def test_the_transfer_code_of_an_unlocked_domain_is_shown_once(enrolled: Person) -> None:
    domain = add_domain(enrolled, locked=False)
    driver(enrolled.app, Kind.DOMAIN).answer = lambda _: Done(secret="Xy7-transfer-code")
    press(enrolled, domain, "transfer domain")
    assert re.match(r"\d{6} shows the transfer code of 'shop.example'\. ", enrolled.texts()[-1])
    enrolled.type_code(enrolled.newest_code())
    order = orders(enrolled)[0]
    assert enrolled.page.path == f"/resources/orders/{order.id}"
    assert "Show it" not in enrolled.page.words
    enrolled.carry_out()
    enrolled.open(f"/resources/orders/{order.id}")
    assert "Xy7-transfer-code" not in enrolled.page.html
    enrolled.submit(f"/resources/orders/{order.id}/secret")
    assert "Xy7-transfer-code" in enrolled.page.words
    assert "Xy7-transfer-code" not in enrolled.open(f"/resources/orders/{order.id}").html


def test_a_transfer_code_that_nobody_looked_at_is_gone_after_a_day(enrolled: Person, time: Clock) -> None:
    domain = add_domain(enrolled, locked=False)
    driver(enrolled.app, Kind.DOMAIN).answer = lambda _: Done(secret="Xy7-transfer-code")
    press(enrolled, domain, "transfer domain")
    enrolled.type_code(enrolled.newest_code())
    enrolled.carry_out()
    order = orders(enrolled)[0].id
    time.forward(hours=25)
    with enrolled.app.app_context():
        prune(time.now())
    enrolled.sign_in_with_code()
    page = enrolled.open(f"/resources/orders/{order}")
    assert "The transfer code can't be shown any more." in page.words
    assert "Show it" not in page.words


def test_a_locked_domain_gives_no_transfer_code(enrolled: Person) -> None:
    domain = add_domain(enrolled)
    page = enrolled.open(f"/resources/domains/{domain}")
    assert "To move the domain elsewhere, unlock it first." in page.words
    assert not page.soup.select("input[value='transfer domain']")
    fields = {"csrf_token": enrolled.csrf(), "act": "transfer domain", "once": "a" * 32, "revision": "1"}
    enrolled.post(f"/resources/domains/{domain}/act", fields)
    assert "shop.example is locked. Unlock it, then ask for its transfer code." in enrolled.page.words
    assert not orders(enrolled)


def test_a_domain_about_to_be_locked_gives_none_either(enrolled: Person) -> None:
    domain = add_domain(enrolled, locked=False)
    press(enrolled, domain, "lock domain")
    fields = {"csrf_token": enrolled.csrf(), "act": "transfer domain", "once": "a" * 32, "revision": "1"}
    enrolled.post(f"/resources/domains/{domain}/act", fields)
    assert "shop.example is locked." in enrolled.page.words
    assert len(orders(enrolled)) == 1


@pytest.mark.parametrize("act", ["lock domain", "auto-renew on"])
def test_what_holds_already_is_refused(enrolled: Person, act: str) -> None:
    domain = add_domain(enrolled)
    enrolled.open(f"/resources/domains/{domain}")
    fields = {"csrf_token": enrolled.csrf(), "act": act, "once": "a" * 32, "revision": "1"}
    enrolled.post(f"/resources/domains/{domain}/act", fields)
    assert "already." in enrolled.page.words
    assert not orders(enrolled)


def test_new_name_servers_take_a_code_that_is_for_these_names(enrolled: Person) -> None:
    domain = add_domain(enrolled)
    enrolled.open(f"/resources/domains/{domain}/name-servers")
    assert enrolled.page.value("name_servers").split() == ["ns1.old.example", "ns2.old.example"]
    type_names(enrolled, domain, " NS1.New.Example. ,\r\nns2.new.example\r\n")
    assert "of 'shop.example' to ns1.new.example, ns2.new.example" in enrolled.page.words
    assert re.match(r"\d{6} changes the name servers of 'shop.example'\. ", enrolled.texts()[-1])
    enrolled.type_code(enrolled.newest_code())
    assert "Asked for: ns1.new.example, ns2.new.example" in enrolled.page.words
    enrolled.open(f"/resources/domains/{domain}/name-servers")
    assert enrolled.page.value("name_servers").split() == NEW.split()
    enrolled.carry_out()
    assert now(enrolled, domain).name_servers == NEW.split()


def test_wrong_names_are_said_line_by_line_and_nothing_typed_is_lost(enrolled: Person) -> None:
    domain = add_domain(enrolled)
    typed = "ns1.new.example\r\n192.0.2.1\r\nns_2.new.example\r\nns1.new.example"
    type_names(enrolled, domain, typed)
    assert enrolled.page.status == 422
    complaint = enrolled.page.complaint("name_servers")
    assert "“192.0.2.1” is an address." in complaint
    assert "“ns_2.new.example” has something in it that is no letter, digit, hyphen or dot." in complaint
    assert "“ns1.new.example” is there twice." in complaint
    assert enrolled.page.value("name_servers").split() == typed.split()
    assert not orders(enrolled)


@pytest.mark.parametrize(("names", "typed"), [("", 0), ("ns1.new.example", 1), ("\n".join("ns" * 14), 28)])
def test_there_must_be_two_to_thirteen(enrolled: Person, names: str, typed: int) -> None:
    domain = add_domain(enrolled)
    type_names(enrolled, domain, names)
    assert enrolled.page.status == 422
    assert enrolled.page.complaint("name_servers") == f"Type at least 2 and at most 13 names; you typed {typed}."


def test_the_same_name_servers_in_another_order_are_no_change(enrolled: Person) -> None:
    domain = add_domain(enrolled)
    type_names(enrolled, domain, "ns2.old.example ns1.old.example")
    assert enrolled.page.status == 422
    assert "shop.example has these name servers already." in enrolled.page.words
    assert enrolled.page.value("name_servers") == "ns2.old.example ns1.old.example"
    assert not orders(enrolled)


def test_a_domain_that_changed_meanwhile_loses_nothing_typed(enrolled: Person) -> None:
    domain = add_domain(enrolled)
    enrolled.open(f"/resources/domains/{domain}/name-servers")
    with enrolled.app.app_context():
        db.session.get_one(Domain, domain).auto_renew = False
        db.session.commit()
    enrolled.submit(f"/resources/domains/{domain}/name-servers", {"name_servers": NEW})
    assert enrolled.page.status == 422
    assert "shop.example has changed since you asked" in enrolled.page.words
    assert enrolled.page.value("name_servers") == NEW
    enrolled.submit(f"/resources/domains/{domain}/name-servers", {"name_servers": NEW})
    assert enrolled.page.path == "/auth/confirm", "what was seen now is what is acted on"


def test_another_customers_domain_is_not_there(enrolled: Person) -> None:
    domain = add_domain(enrolled)
    other = Person(enrolled.app)
    other.register("bob@example.com")
    other.open("/resources/")
    fields = {"csrf_token": other.csrf(), "act": "lock domain", "once": "a" * 32, "revision": "1", "name_servers": NEW}
    for path in (f"/resources/domains/{domain}", f"/resources/domains/{domain}/name-servers"):
        assert other.open(path).status == 404
    for path in (f"/resources/domains/{domain}/act", f"/resources/domains/{domain}/name-servers"):
        assert other.post(path, fields).status == 404
    assert not orders(enrolled)
