"""Real processes, killed while a driver is in the middle: no order is lost, and none done twice where that matters."""

import os
import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from portal import clock
from portal.acts import Act
from portal.database import begin_write
from portal.kinds import Kind
from portal.models import Order, VirtualServer
from portal.orders.dispatcher import WORKERS
from tests.orders.conftest import SERVER, START_SECONDS, Shop, Start
from tests.orders.drivers import lines
from tests.serving.processes import free_port, wait_until

pytestmark = pytest.mark.xdist_group("servers")

DISPATCH, SERVE = ("sms", "dispatch"), ("serve", "--workers", "1")


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    return {
        "DRIVER_VPS": "tests.orders.drivers:FileDriver",
        "DRIVER_DEDICATED": "tests.orders.drivers:KnowingFileDriver",
        "TASKS_FOLDER": str(tmp_path),
        "PORT": str(free_port()),
    }


def let_leases_end() -> None:
    """What a dead process held is nobody's from now on."""
    with begin_write() as session:
        held = update(Order).where(Order.lease.is_not(None))
        session.execute(held.values(lease_until=clock.now() - timedelta(seconds=1)))


def times(folder: Path, name: str) -> Counter[int]:
    return Counter(line["id"] for line in lines(folder, name))


@pytest.mark.parametrize(
    ("command", "victim"),
    [
        (DISPATCH, "all"),
        pytest.param(SERVE, "all", marks=pytest.mark.long),
        pytest.param(SERVE, "worker", marks=pytest.mark.long),
    ],
)
def test_orders_outlive_a_process_that_is_killed_with_them_in_its_hands(
    real_shop: Shop, start_portal: Start, tmp_path: Path, command: tuple[str, ...], victim: str
) -> None:
    (tmp_path / "hang").touch()
    harmful, harmless, known = (
        real_shop.put(Act.REBOOT_SERVER),
        real_shop.put(Act.STOP_SERVER, object_id=real_shop.add(VirtualServer, **SERVER)),
        real_shop.put(Act.REBOOT_SERVER, Kind.DEDICATED),
    )
    behind = real_shop.put(Act.STOP_SERVER)
    first = start_portal(*command)
    wait_until(lambda: len(lines(tmp_path, "begun")) == 3, START_SECONDS)
    dead = {line["by"] for line in lines(tmp_path, "begun")}
    if victim == "all":
        first.end()
        wait_until(lambda: first.members() == {})
    else:
        assert dead <= first.children()
        for pid in first.children():
            os.kill(pid, signal.SIGKILL)
    assert lines(tmp_path, "done") == []
    let_leases_end()
    (tmp_path / "hang").unlink()
    if victim == "all":
        start_portal(*command)
    wait_until(lambda: real_shop.row(harmless).outcome and real_shop.row(known).outcome, START_SECONDS)
    wait_until(lambda: real_shop.row(harmful).unclear)

    assert [real_shop.row(order).outcome for order in (harmless, known, harmful)] == ["done", "done", None]
    assert times(tmp_path, "begun") == {harmful.id: 1, harmless.id: 2, known.id: 2}
    assert times(tmp_path, "done") == {harmless.id: 1, known.id: 1}
    assert real_shop.row(behind).attempts == 0, "what was asked for afterwards waits for what people say"
    assert not dead.intersection(line["by"] for line in lines(tmp_path, "done"))


def test_an_order_in_hand_is_finished_before_a_process_ends_as_it_was_told_to(
    real_shop: Shop, start_portal: Start, tmp_path: Path
) -> None:
    (tmp_path / "hang").touch()
    order = real_shop.put(Act.REBOOT_SERVER)
    session = start_portal(*DISPATCH)
    wait_until(lambda: lines(tmp_path, "begun"), START_SECONDS)
    later = real_shop.put(Act.REBOOT_SERVER, object_id=real_shop.add(VirtualServer, **SERVER))
    wait_until(lambda: len(lines(tmp_path, "begun")) == 2)
    session.send(signal.SIGTERM)
    (tmp_path / "hang").unlink()
    assert session.ended(START_SECONDS) == 0
    assert [real_shop.row(each).outcome for each in (order, later)] == ["done", "done"]


@pytest.mark.long
def test_two_hosts_carry_out_each_order_once_and_one_that_is_killed_loses_none(
    real_shop: Shop, start_portal: Start, tmp_path: Path
) -> None:
    hosts = [start_portal(*DISPATCH) for _ in range(2)]
    for host in hosts:
        wait_until(lambda host=host: "Sending texts" in host.output, START_SECONDS)  # type: ignore[misc]
    servers = [real_shop.add(VirtualServer, **SERVER) for _ in range(40)]
    orders = [real_shop.put(Act.REBOOT_SERVER, object_id=server) for server in servers]
    wait_until(lambda: all(real_shop.row(order).outcome for order in orders), START_SECONDS)
    assert times(tmp_path, "done") == {order.id: 1 for order in orders}

    (tmp_path / "hang").touch()
    orders = [real_shop.put(Act.REBOOT_SERVER, object_id=server) for server in servers]
    wait_until(lambda: len(lines(tmp_path, "begun")) == 40 + 2 * WORKERS, START_SECONDS)
    dead = set(hosts[0].members())
    held = {line["id"] for line in lines(tmp_path, "begun")[40:] if line["by"] in dead}
    assert len(held) == WORKERS
    hosts[0].end()
    wait_until(lambda: hosts[0].members() == {})
    with begin_write() as session:
        ended = clock.now() - timedelta(seconds=1)
        session.execute(update(Order).where(Order.id.in_(held)).values(lease_until=ended))
    (tmp_path / "hang").unlink()
    wait_until(
        lambda: all(real_shop.row(order).outcome or real_shop.row(order).unclear for order in orders), START_SECONDS
    )
    assert {order.id for order in orders if real_shop.row(order).unclear} == held
    begun = times(tmp_path, "begun")
    assert {begun[order.id] for order in orders} == {1}
    assert hosts[1].process.poll() is None
