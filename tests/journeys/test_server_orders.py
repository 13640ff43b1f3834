"""Acts on servers: what they need, what becomes of them."""

import re

import pytest

from portal import sealing
from portal.drivers.base import Done, DriverRefusedError, DriverUnavailableError, Later, Task
from portal.kinds import Kind
from portal.models import DedicatedServer, VirtualServer
from tests.conftest import Clock
from tests.fakes import driver
from tests.person import Person, wrong
from tests.shelf import add_metal, add_server, orders, read


@pytest.fixture
def settings() -> dict[str, str]:
    return {"DRIVER_VPS": "tests.fakes:MemoryDriver", "DRIVER_DEDICATED": "tests.fakes:MemoryDriver"}


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
    assert orders(enrolled)[0].proof == "recent code"


def test_a_deletion_takes_a_code_whose_text_says_what_it_deletes(enrolled: Person) -> None:
    server = add_server(enrolled)
    enrolled.texts()
    press(enrolled, server, "delete server")
    assert enrolled.page.path == "/auth/confirm"
    assert "delete server 'web-1'" in enrolled.page.words
    assert not orders(enrolled)

    text = enrolled.texts()[-1]
    assert re.match(r"\d{6} deletes server 'web-1'\. ", text)
    enrolled.type_code(wrong(enrolled.newest_code()))
    assert not orders(enrolled)
    enrolled.type_code(enrolled.newest_code())
    order = orders(enrolled)[0]
    assert enrolled.page.path == f"/resources/orders/{order.id}", "the page of the server will be gone"
    assert order.proof == "code"
    enrolled.open(f"/resources/virtual-servers/{server}")
    assert "This server is being deleted" in enrolled.page.words
    assert enrolled.page.soup.select("main form") == []
    assert "What you ask for now" not in enrolled.page.words

    enrolled.carry_out()
    assert read(enrolled, VirtualServer, server) is None
    assert enrolled.open(f"/resources/virtual-servers/{server}").status == 404
    assert "Delete server web-1 What became of it Done" in enrolled.open(f"/resources/orders/{order.id}").words


def test_a_stale_sign_in_must_prove_itself_for_a_reboot_and_is_then_fresh_again(enrolled: Person, time: Clock) -> None:
    server = add_server(enrolled)
    time.forward(minutes=11)
    press(enrolled, server, "reboot server")
    assert enrolled.page.path == "/auth/confirm"
    assert not orders(enrolled)
    enrolled.type_code(enrolled.newest_code())
    assert len(orders(enrolled)) == 1
    press(enrolled, server, "stop server")
    assert len(orders(enrolled)) == 2


def test_use_keeps_a_sign_in_fresh_for_an_hour_and_no_longer(enrolled: Person, time: Clock) -> None:
    server = add_server(enrolled)
    for _ in range(11):
        time.forward(minutes=5)
        press(enrolled, server, "reboot server")
        enrolled.carry_out()
    assert len(orders(enrolled)) == 11
    time.forward(minutes=6)
    press(enrolled, server, "reboot server")
    assert enrolled.page.path == "/auth/confirm"


def test_without_a_phone_the_password_is_the_proof(registered: Person) -> None:
    server = add_server(registered)
    press(registered, server, "delete server")
    registered.confirm()
    assert orders(registered)[0].proof == "password"


def test_the_page_says_when_nobody_knows_whether_it_worked(enrolled: Person) -> None:
    def silent(task: Task) -> Done:
        raise DriverUnavailableError(f"{task.act}: no answer", possible=True)

    driver(enrolled.app).answer = silent
    server = add_server(enrolled)
    press(enrolled, server, "reboot server")
    enrolled.carry_out()
    assert "Reboot Being checked" in enrolled.open(f"/resources/virtual-servers/{server}").words
    order = orders(enrolled)[0]
    page = enrolled.open(f"/resources/orders/{order.id}")
    assert "We can't tell whether it worked. Our people look at it." in page.words
    assert "no answer" not in page.html, "the shop's own words"


def test_a_new_root_password_is_shown_only_on_the_page_that_was_asked_for_it(enrolled: Person) -> None:
    server = add_server(enrolled)
    press(enrolled, server, "reset root password")
    enrolled.type_code(enrolled.newest_code())
    order = orders(enrolled)[0]
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


def test_a_server_is_stopped_and_started_again_and_its_page_follows(enrolled: Person) -> None:
    server = add_server(enrolled)
    press(enrolled, server, "stop server")
    assert "Start Once the open orders are done: off." in enrolled.page.words
    enrolled.carry_out()
    enrolled.open(f"/resources/virtual-servers/{server}")
    assert "Virtual server Stopped" in enrolled.page.words
    assert not enrolled.page.soup.select("input[value='reboot server']")
    press(enrolled, server, "start server")
    enrolled.carry_out()
    assert "Virtual server Running" in enrolled.open(f"/resources/virtual-servers/{server}").words
    assert [task.act for task in driver(enrolled.app).tasks] == ["stop server", "start server"]


def test_a_dedicated_server_is_forced_off(enrolled: Person) -> None:
    server = add_metal(enrolled)
    enrolled.open(f"/resources/dedicated-servers/{server}")
    enrolled.submit(f"/resources/dedicated-servers/{server}/act", act="force off server")
    enrolled.carry_out()
    metal = read(enrolled, DedicatedServer, server)
    assert metal is not None
    assert metal.state == "off"
    assert driver(enrolled.app, Kind.DEDICATED).tasks[0].name == "metal-1"


def test_a_reinstall_says_with_what_and_shows_the_new_password_once_it_is_allowed(enrolled: Person) -> None:
    server = add_server(enrolled, state="stopped")
    enrolled.open(f"/resources/virtual-servers/{server}")
    enrolled.submit(f"/resources/virtual-servers/{server}/act", {"image": "Ubuntu 24.04 LTS"}, act="reinstall server")
    assert "reinstall server 'web-1' with Ubuntu 24.04 LTS" in enrolled.page.words
    enrolled.type_code(enrolled.newest_code())
    assert "You asked to reinstall server 'web-1' with Ubuntu 24.04 LTS" in enrolled.page.words
    enrolled.carry_out()
    task = driver(enrolled.app).tasks[0]
    assert task.values == {"image": "Ubuntu 24.04 LTS"}
    assert task.secret
    changed = read(enrolled, VirtualServer, server)
    assert changed is not None
    assert changed.state == "running"


def test_a_system_that_is_not_offered_is_refused_beside_its_field(enrolled: Person) -> None:
    server = add_server(enrolled)
    enrolled.open(f"/resources/virtual-servers/{server}")
    enrolled.submit(f"/resources/virtual-servers/{server}/act", {"image": "Windows 3.1"}, act="reinstall server")
    assert enrolled.page.status == 422
    assert enrolled.page.complaint("image") == "Choose one of these systems."
    assert not orders(enrolled)


def test_what_a_driver_refuses_is_shown_as_failed_with_its_reason(enrolled: Person) -> None:
    def refuse(task: Task) -> Done | Later:
        raise DriverRefusedError(f"{task.name} is in use by the rescue system.")

    server = add_server(enrolled)
    driver(enrolled.app).answer = refuse
    press(enrolled, server, "reboot server")
    enrolled.carry_out()
    enrolled.open(f"/resources/virtual-servers/{server}")
    assert "Reboot Failed web-1 is in use by the rescue system." in enrolled.page.words
    press(enrolled, server, "reboot server")
    assert len(orders(enrolled)) == 2


def test_a_new_password_is_shown_only_to_who_has_proved_of_late_who_they_are(enrolled: Person, time: Clock) -> None:
    server = add_server(enrolled)
    press(enrolled, server, "reset root password")
    enrolled.type_code(enrolled.newest_code())
    order = orders(enrolled)[0]
    time.forward(minutes=11)
    enrolled.open(f"/resources/orders/{order.id}")
    enrolled.submit(f"/resources/orders/{order.id}/secret")
    assert enrolled.page.path == "/auth/confirm"
    assert "open your new password" in enrolled.page.words
    assert orders(enrolled)[0].shown_at is None
    enrolled.type_code(enrolled.newest_code())
    assert enrolled.page.path == f"/resources/orders/{order.id}"
    enrolled.submit(f"/resources/orders/{order.id}/secret")
    enrolled.carry_out()
    password = driver(enrolled.app).tasks[0].secret
    assert password is not None
    assert password in enrolled.page.html
    time.forward(minutes=1)
    assert "was shown" in enrolled.open(f"/resources/orders/{order.id}").words


def test_giving_up_leads_back_to_the_server(enrolled: Person) -> None:
    server = add_server(enrolled)
    press(enrolled, server, "delete server")
    [cancel] = [a for a in enrolled.page.soup.select("main a") if a.get_text() == "Cancel"]
    assert cancel["href"] == f"/resources/virtual-servers/{server}"


def test_a_password_that_can_not_be_read_any_more_is_said_on_the_page(enrolled: Person) -> None:
    """After a change of SECRET_KEY."""
    server = add_server(enrolled)
    press(enrolled, server, "reset root password")
    enrolled.type_code(enrolled.newest_code())
    enrolled.app.config["SEAL_KEY"] = sealing.make_key("another" * 8)
    page = enrolled.submit(f"{enrolled.page.path}/secret")
    assert page.status == 200
    assert "This can't be shown any more." in page.soup.get_text()
    assert orders(enrolled)[0].shown_at is None
    enrolled.carry_out()
    enrolled.open(page.path.removesuffix("/secret"))
    assert "Failed" in enrolled.page.words
    assert "Please ask again for a new one." in enrolled.page.words
