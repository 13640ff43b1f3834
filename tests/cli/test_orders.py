"""`portal orders`: the shop's people look, say how an order ended, or hand it out once more."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from portal import cli, clock, sealing
from portal.acts import Act
from portal.database import begin_read
from portal.drivers.base import Done, Later
from portal.kinds import Kind
from portal.models import Account, AuditEvent, DedicatedServer, Domain, Order, VirtualServer, WordPressSite
from portal.orders import listing
from tests.cli.conftest import Run
from tests.conftest import Clock
from tests.fakes import MemoryDriver, driver
from tests.orders.conftest import DOWN, SILENT, Shop

SITE = {"domain": "blog.example.com", "version": "6.8", "new_version": "7.0", "admin": "alice"}


@pytest.fixture
def settings() -> dict[str, str]:
    """Virtual servers have a driver; all else is for the shop's people."""
    return {"DRIVER_VPS": "tests.fakes:MemoryDriver"}


@pytest.fixture
def shop(app: Flask, time: Clock) -> Iterator[Shop]:
    del time
    with app.app_context():
        yield Shop(app)


@pytest.fixture
def vps(app: Flask) -> MemoryDriver:
    return driver(app)


def listed(portal: Run, *options: str) -> list[list[str]]:
    """The columns of each line."""
    result = portal("orders", "list", *options)
    assert result.exit_code == 0, result.output
    return [line.split("\t") for line in result.output.splitlines()]


def refused(portal: Run, *arguments: str) -> str:
    result = portal("orders", *arguments)
    assert result.exit_code == 1, result.output
    assert result.output.startswith("Error: ")
    assert result.output.count("\n") == 1
    return result.output.removeprefix("Error: ").strip()


def newest_event(shop: Shop) -> AuditEvent:
    del shop
    with begin_read() as session:
        return session.query(AuditEvent).order_by(AuditEvent.id.desc()).limit(1).one()


def test_the_list_says_what_each_order_waits_for(portal: Run, shop: Shop, vps: MemoryDriver, time: Clock) -> None:
    servers = [shop.add(VirtualServer, name=f"web-{n}", **_rest()) for n in range(2, 6)]
    answers = {servers[0]: DOWN, servers[1]: SILENT, servers[2]: lambda _: Later(), servers[3]: lambda _: Done()}
    local = shop.put(Act.REBOOT_SERVER, Kind.DEDICATED)
    for server, answer in answers.items():
        vps.answer = answer
        shop.put(Act.REBOOT_SERVER, object_id=server)
        shop.carry_out()
    queued = shop.put(Act.REBOOT_SERVER)
    assert [(columns[1], columns[6], *columns[7:]) for columns in listed(portal)] == [
        ("waits for you", "metal-1"),
        ("again at 09:00:02 UTC", "web-2", "no connection"),
        ("unclear", "web-3", "no answer in time"),
        ("waits for memory", "web-4"),
        ("queued", "web-1"),
    ]
    assert listed(portal)[0] == [
        str(local.id), "waits for you", "2026-11-24 09:00 UTC", "alice@example.com", "dedicated", "reboot server",
        "metal-1",
    ]  # fmt: skip
    assert len(shop.claim()) == 1
    assert listed(portal)[-1][1] == "in progress"
    time.forward(seconds=31)
    shop.change(Account, shop.account_id, disabled_at=clock.now())
    assert [columns[1] for columns in listed(portal)] == [
        "waits for you", "held: account disabled", "unclear", "waits for memory", "held: account disabled",
    ]  # fmt: skip
    assert shop.row(queued).outcome is None


def _rest() -> dict[str, object]:
    return {"location": "x", "state": "running", "vcpus": 1, "memory_gb": 1, "disk_gb": 1, "address": "203.0.113.1"}


@pytest.mark.parametrize("at_once", [1, 500])
def test_the_list_may_be_narrowed_and_may_show_what_is_over_too(
    portal: Run, shop: Shop, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "AT_ONCE", at_once)
    over = [shop.put(Act.STOP_SERVER), shop.put(Act.START_SERVER)]
    shop.carry_out()
    first, second = shop.put(Act.LOCK_DOMAIN, Kind.DOMAIN), shop.put(Act.STOP_SERVER, Kind.DEDICATED)
    mine = shop.account_id
    shop.account_id = shop.add_account("bob@example.com")
    shop.domain = shop.add(Domain, name="bob.example", expires_on=clock.now().date(), locked=False, auto_renew=True)
    bobs = shop.put(Act.LOCK_DOMAIN, Kind.DOMAIN)
    assert shop.account_id != mine

    def numbers(*options: str) -> list[int]:
        return [int(columns[0]) for columns in listed(portal, *options)]

    assert numbers() == [first.id, second.id, bobs.id]
    assert numbers("--all") == [first.id, second.id, bobs.id, over[1].id, over[0].id]
    assert numbers("--kind", "domain") == [first.id, bobs.id]
    assert numbers("--account", "ALICE@example.com") == [first.id, second.id]
    assert numbers("--account", "alice@example.com", "--kind", "vps", "--all") == [over[1].id, over[0].id]
    assert refused(portal, "list", "--account", "x@example.com") == "There is no account with the email x@example.com."
    assert portal("orders", "list", "--kind", "boat").exit_code == 2


def test_what_is_shown_has_everything_but_the_secret(portal: Run, shop: Shop) -> None:
    order = shop.put(Act.REINSTALL_SERVER, Kind.DEDICATED, image="Debian 13")
    key = shop.app.config["SEAL_KEY"]
    password = sealing.unseal(key, shop.row(order).secret or b"")
    result = portal("orders", "show", str(order.id))
    assert result.output.splitlines() == [
        f"order: {order.id}",
        "state: waits for you",
        "customer: alice@example.com",
        "act: reinstall server",
        "object: dedicated metal-1",
        'values: {"image": "Debian 13"}',
        "asked: 2026-11-24 09:00 UTC by customer from 203.0.113.5, allowed by code",
        "driver: local, attempts: 0",
        "secret: kept for the customer",
    ]
    assert password not in result.output
    assert newest_event(shop).event == "reinstall server"

    revealed = portal("orders", "show", str(order.id), "--reveal")
    assert revealed.output.splitlines()[-1] == f"new password: {password}"
    event = newest_event(shop)
    assert (event.event, event.by, event.kind, event.object_id, event.detail["order"]) == (
        "password revealed", "staff:sam", "dedicated", shop.metal, str(order.id),
    )  # fmt: skip
    assert password not in str(event.detail)
    assert shop.row(order).shown_at is None, "the customer can still look"


def test_there_is_no_password_to_reveal_where_none_waits_to_be_set(portal: Run, shop: Shop) -> None:
    reboot = shop.put(Act.REBOOT_SERVER, Kind.DEDICATED)
    transfer = shop.put(Act.TRANSFER_DOMAIN, Kind.DOMAIN)
    before = shop.events()
    for order in (reboot, transfer):
        result = portal("orders", "show", str(order.id), "--reveal")
        assert result.exit_code == 1
        assert result.output.splitlines()[-1] == f"Error: Order {order.id} has no new password to set."
    assert shop.events() == before
    portal("orders", "done", str(transfer.id), "--note", "It was mailed to you.")
    over = portal("orders", "show", str(transfer.id), "--reveal")
    assert (over.exit_code, "is done already" in over.output) == (1, True)


def test_a_password_under_another_key_is_said_in_a_sentence(portal: Run, shop: Shop) -> None:
    order = shop.put(Act.RESET_ROOT, Kind.DEDICATED)
    shop.app.config["SEAL_KEY"] = sealing.make_key("another" * 8)
    result = portal("orders", "show", str(order.id), "--reveal")
    assert result.exit_code == 1
    assert result.output.splitlines()[-1].startswith("Error: It was kept under another SECRET_KEY")
    assert portal("orders", "done", str(order.id)).exit_code == 0


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
