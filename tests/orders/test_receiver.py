"""The example of a receiver, as its own process, and the portal: an order goes out, and is answered later."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import ROOT
from portal.acts import Act
from portal.models import VirtualServer
from tests.orders.conftest import START_SECONDS, Shop, Start
from tests.serving.processes import Session, free_port, wait_until

pytestmark = pytest.mark.xdist_group("servers")

RECEIVER = ROOT / "examples" / "acme_panel" / "receiver.py"
COMMANDS = {"reboot server": [], "stop server": ["true"], "force off server": ["false"]}


@pytest.fixture
def settings() -> dict[str, str]:
    return {
        "DRIVER_VPS": "webhook",
        "WEBHOOK_URL": f"http://127.0.0.1:{free_port()}/",
        "WEBHOOK_SECRET": "w" * 32,
        "PORT": str(free_port()),
    }


@pytest.fixture
def receiver(settings: dict[str, str], tmp_path: Path) -> Iterator[Session]:
    (tmp_path / "commands.json").write_text(json.dumps(COMMANDS))
    port = settings["WEBHOOK_URL"].rpartition(":")[2].strip("/")
    command = [sys.executable, str(RECEIVER), "serve", port, "commands.json", "orders.sqlite3"]
    session = Session(command, cwd=tmp_path, environment=os.environ | settings)
    wait_until(lambda: "Waiting for orders" in session.output)
    yield session
    session.end()


def answer(settings: dict[str, str], order_id: int, outcome: dict[str, str]) -> subprocess.CompletedProcess[str]:
    portal = f"http://127.0.0.1:{settings['PORT']}"
    command = [sys.executable, str(RECEIVER), "answer", portal, str(order_id), json.dumps(outcome)]
    return subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, check=False)


def test_an_order_goes_out_and_is_answered_at_once_or_later(
    real_shop: Shop, start_portal: Start, settings: dict[str, str], receiver: Session
) -> None:
    assert receiver.process.poll() is None
    start_portal("serve", "--workers", "1")
    stop = real_shop.put(Act.STOP_SERVER)
    wait_until(lambda: real_shop.row(stop).outcome, START_SECONDS)
    assert real_shop.row(stop).outcome == "done"
    real_shop.change(VirtualServer, real_shop.server, state="running")
    force = real_shop.put(Act.FORCE_OFF_SERVER)
    wait_until(lambda: real_shop.row(force).outcome)
    assert (real_shop.row(force).outcome, real_shop.row(force).note) == (
        "failed", "It didn't work. Please ask our support.",
    )  # fmt: skip

    reboot = real_shop.put(Act.REBOOT_SERVER)
    wait_until(lambda: real_shop.row(reboot).due_at is None)
    assert real_shop.row(reboot).outcome is None
    unsigned = answer(settings | {"WEBHOOK_SECRET": "x" * 32}, reboot.id, {"outcome": "done"})
    assert unsigned.returncode == 1
    assert unsigned.stderr == "The portal answers 401: This is signed with another secret.\n"
    assert real_shop.row(reboot).outcome is None
    for _ in range(2):
        said = answer(settings, reboot.id, {"outcome": "done", "note": "It is back."})
        assert said.stdout == "The portal answers 200.\n", said.stderr
    assert (real_shop.row(reboot).outcome, real_shop.row(reboot).note) == ("done", "It is back.")


def test_a_receiver_that_is_down_loses_no_order(
    real_shop: Shop, start_portal: Start, request: pytest.FixtureRequest
) -> None:
    order = real_shop.put(Act.STOP_SERVER)
    start_portal("sms", "dispatch")
    wait_until(lambda: real_shop.row(order).trouble, START_SECONDS)
    assert "no connection" in (real_shop.row(order).trouble or "")
    request.getfixturevalue("receiver")
    wait_until(lambda: real_shop.row(order).outcome)
    assert real_shop.row(order).outcome == "done"
