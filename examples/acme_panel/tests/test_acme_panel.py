"""The ACME driver against a stand-in that answers as ACME's documentation says."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from acme_panel import AcmeDriver

from portal.drivers.base import DriverRefusedError, Kind, Task
from portal.drivers.contract import Case, DriverContract, StandIn, carry_out, read

ANSWERS = {
    Case.DONE: (200, b'{"state": "done"}'),
    Case.LOST: (200, b'{"state": "done"}'),
    Case.DRIP: (200, b'{"state": "done"}'),
    Case.LATER: (202, b'{"state": "queued"}'),
    Case.FAILED: (422, b'{"state": "moving"}'),
    Case.BUSY: (429, b"{}"),
    Case.GARBAGE: (200, b"<html>not ACME</html>"),
}
"""Status and body."""


class Acme(ThreadingHTTPServer):
    daemon_threads = False  # joined when the server closes
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.case = Case.DONE
        self.requests: list[dict[str, str]] = []
        self.tokens: list[str | None] = []
        self.done: list[str] = []
        """The key of each action that was carried out."""
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,))
        self.thread.start()

    @property
    def settings(self) -> dict[str, str]:
        return {"ACME_PANEL_TOKEN": "token-1-of-acme", "ACME_PANEL_URL": f"http://127.0.0.1:{self.server_port}/v1"}

    def task(self, number: int) -> Task:
        return Task(
            id=number,
            attempt=1,
            kind=Kind.VPS,
            act="reboot server",
            name="web-1",
            external_id="vm-1001",
            customer="alice@example.com",
            values={},
            asked_at=datetime.now(UTC),
        )

    def bring_about(self, case: Case) -> None:
        self.case = case
        if case == Case.REFUSED:
            self.stop()

    def received(self) -> int:
        return len(self.requests)

    def carried_out(self, task: Task) -> int:
        return self.done.count(f"portal-{task.id}")

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()
        self.thread.join()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has given up is what some of the tests are about."""


class Handler(BaseHTTPRequestHandler):
    server: Acme
    timeout = 20

    def do_POST(self) -> None:
        acme = self.server
        action = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        acme.requests.append(action | {"path": self.path})
        acme.tokens.append(self.headers["Authorization"])
        if acme.case == Case.HANG:
            acme.stopping.wait()
        if acme.case in {Case.HANG, Case.DROP}:
            return
        with acme.lock:
            if acme.case in {Case.DONE, Case.LOST} and action["key"] not in acme.done:
                acme.done.append(action["key"])
        if acme.case == Case.LOST:
            return
        status, body = ANSWERS[acme.case]
        for byte in f"HTTP/1.0 {status} Answer\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body:
            self.wfile.write(bytes([byte]))
            if acme.case == Case.DRIP and acme.stopping.wait(0.1):
                return

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        pass


@pytest.fixture
def acme() -> Iterator[Acme]:
    server = Acme()
    yield server
    server.stop()


class TestAcme(DriverContract):
    driver = AcmeDriver
    cases = tuple(Case)

    @pytest.fixture
    def stand_in(self, acme: Acme) -> StandIn:
        return acme


def test_the_action_is_what_acme_documents(acme: Acme) -> None:
    AcmeDriver(read(AcmeDriver, acme.settings)).carry_out(acme.task(7))
    assert acme.requests == [{"action": "reboot", "key": "portal-7", "path": "/v1/servers/vm-1001/actions"}]
    assert acme.tokens == ["Bearer token-1-of-acme"]


def test_an_act_that_acme_does_not_know_is_refused_and_asks_nobody(acme: Acme) -> None:
    task = acme.task(1)
    unknown = Task(**{**task.__dict__, "act": "sing"})
    outcome = carry_out(AcmeDriver(read(AcmeDriver, acme.settings)), unknown)
    assert isinstance(outcome, DriverRefusedError)
    assert acme.received() == 0
