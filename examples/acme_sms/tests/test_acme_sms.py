"""The ACME backend against a stand-in that answers as ACME's documentation says."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from acme_sms import AcmeBackend

from portal.sms_backends.contract import TEXT, BackendContract, Case, StandIn, message, read

PAGE = b"<html>not ACME</html>"
ANSWERS = {
    Case.ACCEPTED: (202, "", b'{"id": "acme-1"}'),
    Case.DRIP: (202, "", b'{"id": "acme-1"}'),
    Case.REJECTED: (422, "opted_out", b"{}"),
    Case.BUSY: (429, "", b"{}"),
    Case.GARBAGE: (200, "", PAGE),
}
"""Status, error code and body."""


class Acme(ThreadingHTTPServer):
    daemon_threads = False  # joined when the server closes
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.case = Case.ACCEPTED
        self.requests: list[dict[str, str]] = []
        self.tokens: list[str | None] = []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,))
        self.thread.start()

    @property
    def settings(self) -> dict[str, str]:
        address = f"http://127.0.0.1:{self.server_port}/v1/messages"
        return {"SMS_SENDER": "Portal", "ACME_SMS_TOKEN": "token-1-of-acme", "ACME_SMS_URL": address}

    def bring_about(self, case: Case) -> None:
        self.case = case
        if case == Case.REFUSED:
            self.stop()

    def received(self) -> list[tuple[str, str]]:
        return [(body["to"], body["text"]) for body in self.requests]

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
        acme.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        acme.tokens.append(self.headers["Authorization"])
        if acme.case == Case.HANG:
            acme.stopping.wait()
        if acme.case in {Case.HANG, Case.DROP}:
            return
        status, error, body = ANSWERS[acme.case]
        head = f"HTTP/1.0 {status} Answer\r\nX-Acme-Error: {error}\r\nContent-Length: {len(body)}\r\n\r\n"
        for byte in head.encode() + body:
            self.wfile.write(bytes([byte]))
            if acme.case == Case.DRIP and acme.stopping.wait(0.1):
                return

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        pass


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> Iterator[Acme]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = Acme()
    yield server
    server.stop()


class TestAcme(BackendContract):
    backend = AcmeBackend

    @pytest.fixture
    def stand_in(self, acme: Acme) -> StandIn:
        return acme


def test_the_token_goes_along(acme: Acme) -> None:
    AcmeBackend(read(AcmeBackend, acme.settings)).send(message(TEXT))
    assert acme.tokens == ["Bearer token-1-of-acme"]


def test_acmes_own_name_for_the_text_is_kept(acme: Acme) -> None:
    assert AcmeBackend(read(AcmeBackend, acme.settings)).send(message(TEXT)).provider_id == "acme-1"
