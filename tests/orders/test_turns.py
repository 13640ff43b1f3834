"""Which order is carried out when, and which not at all."""

from portal import clock
from portal.acts import Act
from portal.drivers.base import Done, Later, Task
from portal.kinds import Kind
from portal.models import Account, Order, VirtualServer
from tests.conftest import Clock
from tests.fakes import MemoryDriver
from tests.orders.conftest import DOWN, Shop


def test_orders_on_one_object_run_in_the_order_they_were_asked_for(shop: Shop, vps: MemoryDriver, time: Clock) -> None:
    vps.answer = DOWN
    first, second = shop.put(Act.STOP_SERVER), shop.put(Act.START_SERVER)
    assert [order.id for order in shop.claim(9)] == [first.id], "the second waits for the first"
    time.forward(seconds=31)
    assert shop.carry_out() == 1
    vps.answer = lambda _: Later()
    time.forward(seconds=10)
    assert shop.carry_out() == 1
    time.forward(minutes=10)
    assert shop.carry_out() == 0, "however long the first takes"
    other = shop.put(Act.STOP_SERVER, Kind.DEDICATED)
    assert shop.carry_out() == 1, "and nobody else waits for it"
    assert shop.row(other).outcome == "done"
    assert shop.row(second).attempts == 0


def test_after_a_deletion_what_else_was_asked_for_has_failed(shop: Shop, vps: MemoryDriver) -> None:
    def answer(task: Task) -> Done | Later:
        return Later() if task.act == "reboot server" else Done()

    vps.answer = answer
    delete = shop.put(Act.DELETE_SERVER)
    # Nobody can ask for more of what is being deleted; what a restored backup holds may be out of order.
    reboot = shop.add(
        Order, once="f" * 32, kind="vps", object_id=shop.server, object_name="web-1", act="reboot server", values={},
        asked_at=clock.now(), by="customer", proof="code", driver="memory",
    )  # fmt: skip
    shop.carry_out()
    assert shop.row(delete).outcome == "done"
    assert shop.thing(VirtualServer, shop.server) is None
    ended = shop.thing(Order, reboot)
    assert (ended.outcome, ended.note) == ("failed", "It is not there any more.")


def test_an_order_on_what_is_gone_fails_unasked(shop: Shop, vps: MemoryDriver) -> None:
    order = shop.put(Act.REBOOT_SERVER)
    shop.change(VirtualServer, shop.server, account_id=shop.add_account("bob@example.com"))
    shop.carry_out()
    assert (shop.row(order).outcome, shop.row(order).note) == ("failed", "It is not there any more.")
    assert vps.tasks == []


def test_orders_of_a_disabled_account_wait(shop: Shop, vps: MemoryDriver) -> None:
    """Whoever asked for them may be why it was disabled."""
    order = shop.put(Act.DELETE_SERVER)
    shop.change(Account, shop.account_id, disabled_at=clock.now())
    assert shop.carry_out() == 0
    assert vps.tasks == []
    shop.change(Account, shop.account_id, disabled_at=None)
    shop.carry_out()
    assert shop.row(order).outcome == "done"
