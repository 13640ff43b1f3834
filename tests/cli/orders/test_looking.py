"""`portal orders list` and `show`: what waits for what, without secrets."""

import pytest

from portal import clock, sealing
from portal.acts import Act
from portal.database import begin_read
from portal.drivers.base import Done, Later
from portal.kinds import Kind
from portal.models import Account, AuditEvent, Domain, VirtualServer
from portal.orders import listing
from tests.cli.conftest import Run
from tests.cli.orders.conftest import refused
from tests.conftest import Clock
from tests.fakes import MemoryDriver
from tests.orders.conftest import DOWN, SILENT, Shop


def listed(portal: Run, *options: str) -> list[list[str]]:
    """The columns of each line."""
    result = portal("orders", "list", *options)
    assert result.exit_code == 0, result.output
    return [line.split("\t") for line in result.output.splitlines()]


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
        "held: account disabled", "held: account disabled", "unclear", "waits for memory", "held: account disabled",
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
