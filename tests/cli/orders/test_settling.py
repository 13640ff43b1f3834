"""`portal orders done`, `fail` and `retry`: the shop's people say how an order ended, or hand it out once more."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from portal import cli, sealing
from portal.acts import Act
from portal.drivers.base import Done
from portal.kinds import Kind
from portal.models import DedicatedServer, Domain, Order, WordPressSite
from tests.cli.conftest import Run
from tests.cli.orders.conftest import refused
from tests.conftest import Clock
from tests.fakes import MemoryDriver
from tests.orders.conftest import DOWN, SILENT, Shop

SITE = {"domain": "blog.example.com", "version": "6.8", "new_version": "7.0", "admin": "alice"}


def test_done_changes_what_is_shown_and_is_recorded(portal: Run, shop: Shop) -> None:
    order = shop.put(Act.LOCK_DOMAIN, Kind.DOMAIN)
    result = portal("orders", "done", str(order.id), "--note", "Locked at\nthe registry.")
    assert result.output == f"Order {order.id} is done: lock domain, example.com.\n"
    assert shop.thing(Domain, shop.domain).locked
    row = shop.row(order)
    assert (row.outcome, row.note, row.settled_by) == ("done", "Locked at the registry.", "staff:sam")
    assert shop.events()[-1] == ("lock domain: done", "staff:sam")


def test_fail_changes_nothing_else_and_is_recorded(portal: Run, shop: Shop) -> None:
    order = shop.put(Act.LOCK_DOMAIN, Kind.DOMAIN)
    assert portal("orders", "fail", str(order.id)).exit_code == 2, "why must be said"
    assert "--note" in refused(portal, "fail", str(order.id), "--note", " ")
    result = portal("orders", "fail", str(order.id), "--note", "The registry is closed.")
    assert result.output == f"Order {order.id} is failed: lock domain, example.com.\n"
    assert not shop.thing(Domain, shop.domain).locked
    row = shop.row(order)
    assert (row.outcome, row.note, row.settled_by) == ("failed", "The registry is closed.", "staff:sam")


@pytest.mark.parametrize("how", ["file", "stdin", "prompt"])
def test_a_transfer_code_is_taken_from_a_file_or_typed_unseen(
    portal: Run, shop: Shop, tmp_path: Path, how: str
) -> None:
    order = shop.put(Act.TRANSFER_DOMAIN, Kind.DOMAIN)
    (tmp_path / "code").write_text("AUTH-1\n")
    options = {"file": ("--secret-file", str(tmp_path / "code")), "stdin": ("--secret-file", "-"), "prompt": ()}[how]
    assert portal("orders", "list").exit_code == 0  # From here on `main` makes the app of this test.
    result = CliRunner().invoke(cli.main, ["orders", "done", str(order.id), *options], input="AUTH-1\n")
    assert result.exit_code == 0, result.output
    assert "AUTH-1" not in result.output
    assert sealing.unseal(shop.app.config["SEAL_KEY"], shop.row(order).secret or b"") == "AUTH-1"


def test_without_a_transfer_code_or_a_word_about_it_nothing_is_done(portal: Run, shop: Shop, tmp_path: Path) -> None:
    order = shop.put(Act.TRANSFER_DOMAIN, Kind.DOMAIN)
    result = portal("orders", "done", str(order.id))
    assert result.exit_code == 1
    assert "Give it with --secret-file, or say with --note where the customer finds it." in result.output
    assert refused(portal, "done", str(order.id), "--secret-file", str(tmp_path / "none")).endswith("can't be read.")
    for wrong in ("", "two\nlines", "x" * 201):
        (tmp_path / "code").write_text(wrong)
        assert "1 to 200 characters" in refused(portal, "done", str(order.id), "--secret-file", str(tmp_path / "code"))
    assert shop.row(order).outcome is None
    assert portal("orders", "done", str(order.id), "--note", "It was mailed to you.").exit_code == 0
    assert shop.row(order).outcome == "done"


def test_a_secret_is_refused_where_the_customer_would_be_shown_none(portal: Run, shop: Shop, tmp_path: Path) -> None:
    order = shop.put(Act.REBOOT_SERVER, Kind.DEDICATED)
    (tmp_path / "code").write_text("AUTH-1")
    said = refused(portal, "done", str(order.id), "--secret-file", str(tmp_path / "code"))
    assert said == "After reboot server there is nothing to show to the customer."
    assert shop.row(order).outcome is None


def test_facts_say_what_is_different_from_what_was_asked_for(portal: Run, shop: Shop) -> None:
    site = shop.add(WordPressSite, **SITE)
    order = shop.put(Act.UPDATE_SITE, Kind.WORDPRESS, object_id=site, version="7.0")
    assert portal("orders", "done", str(order.id), "--fact", "version=7.0.1").exit_code == 0
    assert shop.thing(WordPressSite, site).version == "7.0.1"
    order = shop.put(Act.REINSTALL_SERVER, Kind.DEDICATED, image="Debian 13")
    facts = ("--fact", "address=2001:db8::1", "--fact", "more_addresses=203.0.113.11, 203.0.113.12")
    assert portal("orders", "done", str(order.id), *facts).exit_code == 0
    server = shop.thing(DedicatedServer, shop.metal)
    assert (server.address, server.more_addresses) == ("2001:db8::1", ["203.0.113.11", "203.0.113.12"])


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("memory_gb=1", "memory_gb is no fact of this order. It takes: state, address, more_addresses."),
        ("address", "A fact looks like version=7.0, not 'address'."),
        (f"state={'x' * 21}", "state must be shorter, and of plain letters, digits and signs."),
        ("state=", "state must be shorter, and of plain letters, digits and signs."),
        ("address=a\nb", "address must be shorter, and of plain letters, digits and signs."),
    ],
)
def test_a_fact_that_can_not_be_kept_is_said_in_a_sentence(portal: Run, shop: Shop, fact: str, said: str) -> None:
    order = shop.put(Act.STOP_SERVER, Kind.DEDICATED)
    assert refused(portal, "done", str(order.id), "--fact", fact) == said
    assert shop.row(order).outcome is None


def test_an_unclear_order_is_settled_either_way_or_handed_out_again(portal: Run, shop: Shop, vps: MemoryDriver) -> None:
    vps.answer = SILENT
    orders = []
    for end in (("done",), ("fail", "--note", "It did not work."), ("retry",)):
        order = shop.put(Act.REBOOT_SERVER)
        orders.append(order)
        shop.carry_out()
        assert shop.row(order).unclear
        [command, *options] = end
        assert portal("orders", command, str(order.id), *options).exit_code == 0
    assert [shop.row(order).outcome for order in orders] == ["done", "failed", None]
    assert shop.events()[-1] == ("reboot server: retried", "staff:sam")
    vps.answer = lambda _: Done()
    assert shop.carry_out() == 1
    assert shop.row(orders[2]).outcome == "done"
    assert [task.attempt for task in vps.tasks] == [1, 1, 1, 2]


def test_a_driver_that_is_down_can_be_forestalled(portal: Run, shop: Shop, vps: MemoryDriver, time: Clock) -> None:
    vps.answer = DOWN
    order = shop.put(Act.REBOOT_SERVER)
    shop.carry_out()
    portal("orders", "retry", str(order.id))
    assert shop.carry_out() == 1, "at once"
    assert portal("orders", "done", str(order.id)).exit_code == 0
    time.forward(hours=1)
    assert shop.carry_out() == 0


def test_an_order_that_a_driver_is_at_is_left_to_it(portal: Run, shop: Shop, time: Clock) -> None:
    order = shop.put(Act.RESET_ROOT)
    assert len(shop.claim()) == 1
    for arguments in (("done",), ("fail", "--note", "No."), ("retry",)):
        said = refused(portal, arguments[0], str(order.id), *arguments[1:])
        assert said.startswith(f"A driver is at order {order.id} just now.")
    time.forward(seconds=31)
    assert portal("orders", "done", str(order.id)).exit_code == 0
    assert shop.row(order).outcome == "done"


def test_what_the_shop_s_people_carry_out_can_not_be_handed_to_a_driver(portal: Run, shop: Shop) -> None:
    order = shop.put(Act.LOCK_DOMAIN, Kind.DOMAIN)
    said = refused(portal, "retry", str(order.id))
    assert said.startswith(f"Order {order.id} is for you to carry out, not for a driver.")
    assert shop.row(order).due_at is None


def test_what_waited_for_people_goes_to_a_driver_that_was_set_since(portal: Run, shop: Shop, vps: MemoryDriver) -> None:
    order = shop.put(Act.STOP_SERVER)
    shop.change(Order, order.id, due_at=None, driver="local")
    result = portal("orders", "retry", str(order.id))
    assert result.output == f"Order {order.id} goes to memory again: stop server, web-1.\n"
    assert shop.carry_out() == 1
    assert len(vps.tasks) == 1


def test_an_order_that_is_over_stays_as_it_is(portal: Run, shop: Shop) -> None:
    order = shop.put(Act.LOCK_DOMAIN, Kind.DOMAIN)
    portal("orders", "done", str(order.id))
    before = shop.events()
    for arguments in (("done",), ("fail", "--note", "No."), ("retry",)):
        assert refused(portal, arguments[0], str(order.id), *arguments[1:]) == (
            f"Order {order.id} is done already, since 2026-11-24 09:00 UTC by staff:sam. Nothing was changed."
        )
    assert shop.events() == before


@pytest.mark.parametrize("command", [("show",), ("done",), ("fail", "--note", "x"), ("retry",)], ids=" ".join)
def test_an_order_that_is_not_there_is_said_in_a_sentence(portal: Run, shop: Shop, command: tuple[str, ...]) -> None:
    del shop
    assert refused(portal, command[0], "99", *command[1:]) == "There is no order 99."
    assert portal("orders", command[0], "x", *command[1:]).exit_code == 2
    assert portal("orders", command[0], str(2**70), *command[1:]).exit_code == 2
