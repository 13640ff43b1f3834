"""Acts on servers: what they need, what becomes of them."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from portal import sealing
from portal.database import begin_read
from portal.drivers.base import Done, DriverUnavailableError, Task
from portal.extensions import db
from portal.models import Order, VirtualServer
from tests.conftest import Clock
from tests.fakes import driver
from tests.person import Person, wrong
from tests.shelf import add_server


@pytest.fixture
def settings() -> dict[str, str]:
    return {"DRIVER_VPS": "tests.fakes:MemoryDriver"}


def orders(app: Flask) -> list[Order]:
    with app.app_context(), begin_read() as session:
        return list(session.scalars(select(Order).order_by(Order.id)))


def press(person: Person, server: int, act: str) -> None:
    person.open(f"/resources/virtual-servers/{server}")
    person.submit(f"/resources/virtual-servers/{server}/act", act=act)


def test_a_reboot_after_a_recent_sign_in_is_ordered_at_once_and_carried_out(enrolled: Person) -> None:
    server = add_server(enrolled)
    press(enrolled, server, "reboot server")
    assert enrolled.page.path == f"/resources/virtual-servers/{server}"
    assert "Reboot Asked for" in enrolled.page.words

    enrolled.carry_out()
    assert driver(enrolled.app).tasks[0].act == "reboot server"
    enrolled.open(f"/resources/virtual-servers/{server}")
    assert "Reboot Done" in enrolled.page.words
    assert orders(enrolled.app)[0].proof == "recent code"


def test_a_deletion_takes_a_code_whose_text_says_what_it_deletes(enrolled: Person) -> None:
    server = add_server(enrolled)
    enrolled.texts()
    press(enrolled, server, "delete server")
    assert enrolled.page.path == "/auth/confirm"
    assert "delete server 'web-1'" in enrolled.page.words
    assert not orders(enrolled.app)

    text = enrolled.texts()[-1]
    assert re.match(r"\d{6} deletes server 'web-1'\. ", text)
    enrolled.type_code(wrong(enrolled.newest_code()))
    assert not orders(enrolled.app)
    enrolled.type_code(enrolled.newest_code())
    assert enrolled.page.path == f"/resources/virtual-servers/{server}"
    assert orders(enrolled.app)[0].proof == "code"

    enrolled.carry_out()
    with enrolled.app.app_context(), begin_read() as session:
        assert session.get(VirtualServer, server) is None


def test_a_stale_sign_in_must_prove_itself_for_a_reboot_and_is_then_fresh_again(enrolled: Person, time: Clock) -> None:
    server = add_server(enrolled)
    time.forward(minutes=11)
    press(enrolled, server, "reboot server")
    assert enrolled.page.path == "/auth/confirm"
    assert not orders(enrolled.app)
    enrolled.type_code(enrolled.newest_code())
    assert len(orders(enrolled.app)) == 1
    press(enrolled, server, "stop server")
    assert len(orders(enrolled.app)) == 2


def test_use_keeps_a_sign_in_fresh_for_an_hour_and_no_longer(enrolled: Person, time: Clock) -> None:
    server = add_server(enrolled)
    for _ in range(11):
        time.forward(minutes=5)
        press(enrolled, server, "reboot server")
    assert len(orders(enrolled.app)) == 11
    time.forward(minutes=6)
    press(enrolled, server, "reboot server")
    assert enrolled.page.path == "/auth/confirm"


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
    assert not orders(enrolled.app)


def test_without_a_phone_the_password_is_the_proof(registered: Person) -> None:
    server = add_server(registered)
    press(registered, server, "delete server")
    registered.confirm()
    assert orders(registered.app)[0].proof == "password"


def test_the_page_says_when_nobody_knows_whether_it_worked(enrolled: Person) -> None:
    def silent(task: Task) -> Done:
        raise DriverUnavailableError(f"{task.act}: no answer", possible=True)

    driver(enrolled.app).answer = silent
    server = add_server(enrolled)
    press(enrolled, server, "reboot server")
    enrolled.carry_out()
    assert "Reboot Being checked" in enrolled.open(f"/resources/virtual-servers/{server}").words
    order = orders(enrolled.app)[0]
    page = enrolled.open(f"/resources/orders/{order.id}")
    assert "We can't tell whether it worked. Our people look at it." in page.words
    assert "no answer" not in page.html, "the shop's own words"


def test_a_double_click_makes_one_order(enrolled: Person) -> None:
    server = add_server(enrolled)
    enrolled.open(f"/resources/virtual-servers/{server}")
    page = enrolled.page
    for _ in range(2):
        enrolled.page = page
        enrolled.submit(f"/resources/virtual-servers/{server}/act", act="reboot server")
    assert len(orders(enrolled.app)) == 1


def test_a_new_root_password_is_shown_once_and_then_erased(enrolled: Person) -> None:
    server = add_server(enrolled)
    press(enrolled, server, "reset root password")
    enrolled.type_code(enrolled.newest_code())
    order = orders(enrolled.app)[0]
    assert enrolled.page.path == f"/resources/orders/{order.id}"
    enrolled.carry_out()
    sent = driver(enrolled.app).tasks[0].secret
    assert sent is not None
    enrolled.open(f"/resources/orders/{order.id}")
    assert sent not in enrolled.page.html
    enrolled.submit(f"/resources/orders/{order.id}/secret")
    assert sent in enrolled.page.html
    enrolled.open(f"/resources/orders/{order.id}")
    assert sent not in enrolled.page.html
    assert orders(enrolled.app)[0].secret is None


def test_another_customers_server_is_not_there(enrolled: Person) -> None:
    server = add_server(enrolled)
    other = Person(enrolled.app)
    other.register("bob@example.com")
    assert other.open(f"/resources/virtual-servers/{server}").status == 404
    other.open("/resources/")
    fields = {"csrf_token": other.csrf(), "act": "reboot server", "once": "a" * 32, "revision": "1"}
    assert other.post(f"/resources/virtual-servers/{server}/act", fields).status == 404
    assert not orders(enrolled.app)


def test_a_password_that_can_not_be_read_any_more_is_said_on_the_page(enrolled: Person) -> None:
    """After a change of SECRET_KEY."""
    server = add_server(enrolled)
    press(enrolled, server, "reset root password")
    enrolled.type_code(enrolled.newest_code())
    enrolled.app.config["SEAL_KEY"] = sealing.make_key("another" * 8)
    page = enrolled.submit(f"{enrolled.page.path}/secret")
    assert page.status == 200
    assert "This can't be shown any more." in page.soup.get_text()
    assert orders(enrolled.app)[0].shown_at is None
    enrolled.carry_out()
    enrolled.open(page.path.removesuffix("/secret"))
    assert "Failed" in enrolled.page.words
    assert "Please ask again for a new one." in enrolled.page.words
