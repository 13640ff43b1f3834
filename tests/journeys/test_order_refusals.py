"""What can't be ordered: what makes no sense, what is asked for already, what has changed, what is another's."""

from collections.abc import Callable

import pytest

from portal.extensions import db
from portal.models import Challenge, Purpose, VirtualServer
from portal.orders import placing
from tests.attacks.rows import count
from tests.conftest import Clock
from tests.journeys.test_server_orders import press
from tests.person import Person
from tests.shelf import add_domain, add_server, add_site, add_zone, orders


@pytest.fixture
def settings() -> dict[str, str]:
    return {"DRIVER_VPS": "tests.fakes:MemoryDriver"}


def test_what_makes_no_sense_is_refused_in_words_before_any_code_is_sent(enrolled: Person, time: Clock) -> None:
    server = add_server(enrolled)
    enrolled.open(f"/resources/virtual-servers/{server}")
    page, token = enrolled.page, enrolled.csrf()
    sent = len(enrolled.texts())
    fields = {"csrf_token": token, "act": "start server", "once": "a" * 32, "revision": "1"}
    enrolled.post(f"/resources/virtual-servers/{server}/act", fields)
    assert "web-1 runs already" in enrolled.page.words
    time.forward(minutes=11)
    enrolled.page = page
    enrolled.post(f"/resources/virtual-servers/{server}/act", fields)
    assert "web-1 runs already" in enrolled.page.words
    assert not orders(enrolled)
    assert len(enrolled.texts()) == sent


def test_the_same_again_is_refused_while_it_is_open_and_the_page_says_so(enrolled: Person) -> None:
    server = add_server(enrolled)
    press(enrolled, server, "reboot server")
    assert "Reboot asked for" in enrolled.page.words
    assert "What you ask for now is done after the open orders." in enrolled.page.words
    fields = {"csrf_token": enrolled.csrf(), "act": "reboot server", "once": "b" * 32, "revision": "1"}
    enrolled.post(f"/resources/virtual-servers/{server}/act", fields)
    assert "“Reboot” is asked for already" in enrolled.page.words
    assert len(orders(enrolled)) == 1


def test_nothing_can_be_asked_of_a_server_that_is_being_deleted(enrolled: Person) -> None:
    server = add_server(enrolled)
    press(enrolled, server, "delete server")
    enrolled.type_code(enrolled.newest_code())
    fields = {"csrf_token": enrolled.csrf(), "act": "reboot server", "once": "b" * 32, "revision": "1"}
    enrolled.post(f"/resources/virtual-servers/{server}/act", fields)
    assert "web-1 is being deleted, so nothing else can be asked for." in enrolled.page.words
    assert len(orders(enrolled)) == 1


@pytest.mark.parametrize(
    ("add_thing", "path", "act", "why"),
    [
        (add_site, "wordpress", "delete site", "shop.example is being deleted"),
        (add_domain, "domains", "unlock domain", "“Unlock” is asked for already"),
        (add_zone, "dns", "delete zone", "example.com is being deleted"),
    ],
)
def test_the_page_of_each_thing_says_why_a_button_from_before_is_refused(
    enrolled: Person, add_thing: Callable[[Person], int], path: str, act: str, why: str
) -> None:
    page = f"/resources/{path}/{add_thing(enrolled)}"
    fields = {"csrf_token": enrolled.csrf(), "act": act, "revision": "1"}
    action = f"{page}/delete" if act == "delete zone" else f"{page}/act"
    enrolled.post(action, fields | {"once": "a" * 32})
    enrolled.type_code(enrolled.newest_code())
    assert len(orders(enrolled)) == 1
    enrolled.post(action, fields | {"once": "b" * 32})
    assert enrolled.page.path.rstrip("/") == page
    assert why in enrolled.page.words
    assert len(orders(enrolled)) == 1


def test_another_button_of_a_page_that_was_gone_back_to_is_no_double_click(enrolled: Person) -> None:
    server = add_server(enrolled)
    enrolled.open(f"/resources/virtual-servers/{server}")
    page = enrolled.page
    for act in ("reboot server", "stop server"):
        enrolled.page = page
        enrolled.submit(f"/resources/virtual-servers/{server}/act", act=act)
    assert [order.act for order in orders(enrolled)] == ["reboot server", "stop server"]


def test_a_form_that_no_page_has_is_refused(enrolled: Person) -> None:
    server = add_server(enrolled)
    enrolled.open(f"/resources/virtual-servers/{server}")
    fields = {"csrf_token": enrolled.csrf(), "act": "reboot server", "once": "a" * 32, "revision": "1"}
    for odd in ({"act": "fly"}, {"act": "lock domain"}, {"once": ""}, {"once": "\x00"}, {"revision": "9" * 20}):
        assert enrolled.post(f"/resources/virtual-servers/{server}/act", fields | odd).status == 400
    assert not orders(enrolled)


def test_an_approval_is_refused_when_the_server_has_changed_since(enrolled: Person) -> None:
    server = add_server(enrolled)
    press(enrolled, server, "delete server")
    code = enrolled.newest_code()
    with enrolled.app.app_context():
        db.session.get_one(VirtualServer, server).address = "203.0.113.99"
        db.session.commit()
    enrolled.open("/auth/confirm")
    enrolled.type_code(code)
    assert "has changed since you asked" in enrolled.page.words
    assert not orders(enrolled)


def test_a_double_click_makes_one_order(enrolled: Person) -> None:
    server = add_server(enrolled)
    enrolled.open(f"/resources/virtual-servers/{server}")
    page = enrolled.page
    for _ in range(2):
        enrolled.page = page
        enrolled.submit(f"/resources/virtual-servers/{server}/act", act="reboot server")
    assert len(orders(enrolled)) == 1


def test_another_customers_server_is_not_there(enrolled: Person) -> None:
    server = add_server(enrolled)
    other = Person(enrolled.app)
    other.register("bob@example.com")
    assert other.open(f"/resources/virtual-servers/{server}").status == 404
    other.open("/resources/")
    fields = {"csrf_token": other.csrf(), "act": "reboot server", "once": "a" * 32, "revision": "1"}
    assert other.post(f"/resources/virtual-servers/{server}/act", fields).status == 404
    assert not orders(enrolled)


def test_a_code_is_used_in_the_commit_of_its_order_or_not_at_all(
    enrolled: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = add_server(enrolled)
    press(enrolled, server, "delete server")
    code, confirm = enrolled.newest_code(), enrolled.page

    def die(*_: object) -> None:
        raise RuntimeError("between the order and its commit")

    enrolled.expects_fault = True
    with monkeypatch.context() as patched:
        patched.setattr(placing, "record_event", die)
        assert enrolled.type_code(code).status == 500
    assert not orders(enrolled)
    is_used = Challenge.purpose == Purpose.CONFIRM, Challenge.used_at.is_not(None)
    assert count(enrolled.app, Challenge, *is_used) == 0
    enrolled.page = confirm
    enrolled.type_code(code)
    assert [order.act for order in orders(enrolled)] == ["delete server"]
