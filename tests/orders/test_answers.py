"""What drivers say, nonsense too, and what of it is kept."""

from typing import Any

import pytest

from portal import clock, sealing
from portal.acts import Act
from portal.drivers.base import Done, DriverRefusedError, DriverUnavailableError, Later
from portal.kinds import Kind
from portal.models import Domain, Order, VirtualServer
from portal.orders.dispatcher import SECRET_LOST
from tests.conftest import Clock
from tests.fakes import MemoryDriver
from tests.orders.conftest import Shop, is_unclear, raising


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("the secret"), KeyError("the secret"), SystemExit("the secret"), RecursionError(), MemoryError(),
        GeneratorExit(), BaseException("the secret"),
    ],
    ids=repr,
)  # fmt: skip
def test_whatever_a_driver_raises_is_an_unknown_answer(shop: Shop, vps: MemoryDriver, error: BaseException) -> None:
    vps.answer = raising(lambda: error)
    order = shop.put(Act.REBOOT_SERVER)
    shop.carry_out()
    assert is_unclear(shop.row(order))
    assert shop.row(order).trouble == f"broke with {type(error).__name__}"


def done(**wrong: Any) -> Done:
    """As a driver makes one that nobody checked the types of."""
    return Done(**wrong)


@pytest.mark.parametrize(
    "nonsense",
    [
        None, True, "done", {"outcome": "done"}, Done, Later, DriverRefusedError("returned, not raised"),
        done(facts=None), done(facts=["state"]), done(note=None), done(note=b"x"), done(secret=b"x"), done(secret=7),
    ],
    ids=repr,
)  # fmt: skip
def test_nonsense_is_an_unknown_answer(shop: Shop, vps: MemoryDriver, nonsense: Any) -> None:
    vps.answer = lambda _: nonsense
    order = shop.put(Act.REBOOT_SERVER)
    shop.carry_out()
    assert is_unclear(shop.row(order))
    assert "is no answer" in (shop.row(order).trouble or "")
    assert shop.thing(VirtualServer, shop.server).state == "running"


def test_trouble_of_any_form_can_be_kept(shop: Shop, vps: MemoryDriver) -> None:
    words = "a\x00b\ud800\n\x1b[31m" + "x" * 1000
    vps.answer = raising(lambda: DriverUnavailableError(words, possible=False))
    order = shop.put(Act.REBOOT_SERVER)
    shop.carry_out()
    trouble = shop.row(order).trouble
    assert trouble is not None
    assert trouble.startswith("a b [31mx")
    assert len(trouble) == 500


FACTS = {
    "state": "rescue",
    "address": "2001:0db8:0000:0000:0000:0000:0000:0001",
    "more_addresses": ["203.0.113.11", "2001:db8::1"],
}


def test_facts_that_fit_their_columns_are_kept(shop: Shop, vps: MemoryDriver) -> None:
    vps.answer = lambda _: Done(facts=FACTS, note="It may take a minute.")
    order = shop.put(Act.REBOOT_SERVER)
    shop.carry_out()
    server = shop.thing(VirtualServer, shop.server)
    assert {name: getattr(server, name) for name in FACTS} == FACTS
    assert shop.row(order).note == "It may take a minute."


@pytest.mark.parametrize(
    "facts",
    [
        {"state": "x" * 21}, {"state": ""}, {"state": 5}, {"state": None}, {"state": "a\x00b"}, {"state": "\ud800"},
        {"address": "x" * 46}, {"more_addresses": "203.0.113.11"}, {"more_addresses": [5]},
        {"more_addresses": ["x" * 300]}, {"more_addresses": ["x"] * 101}, {"more_addresses": [["x"]]},
        {"id": 7}, {"account_id": 7}, {"revision": 99}, {"vcpus": 64}, {"no_such_column": "x"}, {5: "x"},
    ],
    ids=repr,
)  # fmt: skip
def test_facts_that_do_not_fit_are_left_out_and_the_order_is_done(
    shop: Shop, vps: MemoryDriver, facts: dict[Any, Any]
) -> None:
    before = shop.thing(VirtualServer, shop.server)
    vps.answer = lambda _: Done(facts=facts)
    order = shop.put(Act.REBOOT_SERVER)
    shop.carry_out()
    assert shop.row(order).outcome == "done"
    after = shop.thing(VirtualServer, shop.server)
    for column in VirtualServer.__table__.columns:
        assert getattr(after, column.name) == getattr(before, column.name), column.name


def test_what_is_changed_on_a_domain_is_shown(shop: Shop) -> None:
    shop.put(Act.SET_NAME_SERVERS, Kind.DOMAIN, name_servers=["ns1.example.net", "ns2.example.net"])
    shop.put(Act.LOCK_DOMAIN, Kind.DOMAIN)
    assert shop.carry_out() == 2
    domain = shop.thing(Domain, shop.domain)
    assert (domain.name_servers, domain.locked) == (["ns1.example.net", "ns2.example.net"], True)


def test_a_password_sealed_under_another_key_ends_its_order_unasked(shop: Shop, vps: MemoryDriver) -> None:
    order = shop.put(Act.RESET_ROOT)
    shop.app.config["SEAL_KEY"] = sealing.make_key("another" * 8)
    shop.carry_out()
    failed = shop.row(order)
    assert (failed.outcome, failed.note, failed.secret) == ("failed", SECRET_LOST, None)
    assert vps.tasks == []


def test_a_new_password_is_told_to_the_driver_and_to_nobody_else(
    shop: Shop, vps: MemoryDriver, caplog: pytest.LogCaptureFixture
) -> None:
    order = shop.put(Act.RESET_ROOT)
    shop.carry_out()
    secret = vps.tasks[0].secret
    assert secret is not None
    row = shop.row(order)
    for column in Order.__table__.columns:
        assert secret not in str(getattr(row, column.name))
    assert secret not in caplog.text
    assert secret not in repr(vps.tasks[0])


def test_a_secret_is_kept_only_where_the_act_shows_one(shop: Shop, vps: MemoryDriver) -> None:
    domain_driver = vps
    domain_driver.answer = lambda _: Done(secret="AUTH-1")
    reboot = shop.put(Act.REBOOT_SERVER)
    transfer = shop.put(Act.TRANSFER_DOMAIN, Kind.DOMAIN)
    reset = shop.put(Act.RESET_ROOT)
    shop.change(Order, reset.id, shown_at=clock.now(), shown_to="a browser")
    shop.carry_out()
    key = shop.app.config["SEAL_KEY"]
    assert shop.row(reboot).secret is None
    assert sealing.unseal(key, shop.row(transfer).secret or b"") == "AUTH-1"
    assert sealing.unseal(key, shop.row(reset).secret or b"") == "AUTH-1", "the driver chose another one"
    assert (shop.row(reset).shown_at, shop.row(reset).shown_to) == (None, None), "so that the customer can see it"


def test_a_password_that_was_shown_is_erased_when_it_is_set(shop: Shop, vps: MemoryDriver, time: Clock) -> None:
    vps.answer = lambda task: Done(secret=task.secret)
    order = shop.put(Act.RESET_ROOT)
    shop.change(Order, order.id, shown_at=clock.now())
    time.forward(minutes=1)
    shop.carry_out()
    assert (shop.row(order).secret, shop.row(order).outcome) == (None, "done")
    assert shop.row(order).shown_at is not None
