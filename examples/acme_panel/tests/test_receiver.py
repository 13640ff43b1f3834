"""The receiver as its users start it, with the portal's own webhook driver on the other side."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from portal import signing
from portal.drivers.answers import order_named, parse_answer
from portal.drivers.base import Done, DriverRefusedError, DriverUnavailableError, Kind, Later, Task
from portal.drivers.contract import carry_out, read
from portal.drivers.webhook import WebhookDriver

RECEIVER = Path(__file__).parents[1] / "receiver.py"
SECRET = "a-secret-of-the-portal-and-the-receiver"  # noqa: S105 - made up
NOTE_DOWN = "import sys; open(sys.argv[1], 'a').write(' '.join(sys.argv[2:]) + sys.stdin.read() + '\\n')"


@dataclass
class Receiver:
    folder: Path
    port: int

    def driver(self, secret: str = SECRET) -> WebhookDriver:
        settings = {"WEBHOOK_URL": f"http://127.0.0.1:{self.port}/orders", "WEBHOOK_SECRET": secret}
        return WebhookDriver(read(WebhookDriver, settings))

    @property
    def done(self) -> list[str]:
        path = self.folder / "done"
        return path.read_text().splitlines() if path.exists() else []


@contextmanager
def running(folder: Path) -> Iterator[Receiver]:
    command = [sys.executable, str(RECEIVER), "serve", "0", str(folder / "commands.json"), str(folder / "orders")]
    with subprocess.Popen(  # noqa: S603 - what the test is about
        command,
        env=os.environ | {"WEBHOOK_SECRET": SECRET},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout
            port = re.search(r"port (\d+)", process.stdout.readline())
            assert port
            yield Receiver(folder, int(port[1]))
        finally:
            process.terminate()


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    commands = {
        "reboot server": [sys.executable, "-c", NOTE_DOWN, str(tmp_path / "done"), "{act}", "{external_id}"],
        "reset root password": [sys.executable, "-c", NOTE_DOWN, str(tmp_path / "done"), "{name}:"],
        "reinstall server": [sys.executable, "-c", NOTE_DOWN, str(tmp_path / "done"), "{values[image]}"],
        "stop server": [sys.executable, "-c", "raise SystemExit(1)"],
        "start server": ["no-such-command-anywhere"],
        "transfer domain": [],
    }
    (tmp_path / "commands.json").write_text(json.dumps(commands))
    with running(tmp_path) as started:
        yield started


def task(number: int = 1, act: str = "reboot server", secret: str | None = None) -> Task:
    return Task(
        id=number,
        attempt=1,
        kind=Kind.VPS,
        act=act,
        name="web-1",
        external_id="vm-1; rm -rf $HOME",
        customer="alice@example.com",
        values={},
        asked_at=datetime.now(UTC),
        secret=secret,
    )


def test_an_order_is_carried_out_once_however_often_it_comes(receiver: Receiver) -> None:
    for attempt in (1, 2, 3):
        assert receiver.driver().carry_out(replace(task(), attempt=attempt)) == Done()
    with running(receiver.folder) as another:
        assert another.driver().carry_out(replace(task(), attempt=4)) == Done()
    assert receiver.driver().carry_out(task(2)) == Done()
    assert receiver.done == ["reboot server vm-1; rm -rf $HOME"] * 2


def test_a_new_password_goes_in_on_stdin(receiver: Receiver) -> None:
    assert receiver.driver().carry_out(task(act="reset root password", secret="pässword")) == Done()  # noqa: S106 - made up
    assert receiver.done == ["web-1:pässword"]


def test_a_command_takes_what_the_act_needs_besides(receiver: Receiver) -> None:
    reinstall = replace(task(act="reinstall server"), values={"image": "Debian 13"})
    assert receiver.driver().carry_out(reinstall) == Done()
    assert receiver.done == ["Debian 13"]


def test_what_has_no_command_fails_or_lacks_a_word_is_refused(receiver: Receiver) -> None:
    unnamed = replace(task(4), external_id=None)
    for order in (task(1, "sing"), task(2, "stop server"), task(3, "start server"), unnamed):
        for _ in range(2):
            assert isinstance(carry_out(receiver.driver(), order), DriverRefusedError)
    assert receiver.done == []


def test_an_order_that_was_cut_off_is_not_begun_again(receiver: Receiver) -> None:
    with closing(sqlite3.connect(receiver.folder / "orders")) as database, database:
        database.execute("INSERT INTO orders (id) VALUES (1)")
    outcome = carry_out(receiver.driver(), task())
    assert isinstance(outcome, DriverUnavailableError)
    assert outcome.possible
    assert receiver.done == []


def test_who_does_not_know_the_secret_is_turned_away(receiver: Receiver) -> None:
    outcome = carry_out(receiver.driver("another-secret-of-32-characters-"), task())
    assert isinstance(outcome, DriverUnavailableError)
    assert not outcome.possible
    assert receiver.done == []


class Portal(HTTPServer):
    """Takes one answer."""

    body: bytes
    header: str | None
    path: str


class Handler(BaseHTTPRequestHandler):
    server: Portal

    def do_POST(self) -> None:
        portal = self.server
        portal.path = self.path
        portal.body = self.rfile.read(int(self.headers["Content-Length"]))
        portal.header = self.headers[signing.HEADER]
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        pass


def test_what_people_do_is_answered_later(receiver: Receiver) -> None:
    assert receiver.driver().carry_out(task(7, "transfer domain")) == Later()
    with Portal(("127.0.0.1", 0), Handler) as portal:
        portal.timeout = 20
        thread = threading.Thread(target=portal.handle_request)
        thread.start()
        address = f"http://127.0.0.1:{portal.server_port}"
        answered = '{"outcome": "done", "note": "The domain is here."}'
        subprocess.run(  # noqa: S603 - what the test is about
            [sys.executable, str(RECEIVER), "answer", address, "7", answered],
            env=os.environ | {"WEBHOOK_SECRET": SECRET, "no_proxy": "127.0.0.1"},
            check=True,
            timeout=20,
        )
        thread.join()
    assert portal.path == "/hooks/orders"
    signing.check(SECRET, portal.body, portal.header, datetime.now(UTC))
    assert order_named(portal.body) == 7  # noqa: PLR2004 - the order's
    assert parse_answer(portal.body) == Done(note="The domain is here.")
