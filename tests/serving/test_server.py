"""The server as its operator sees it: real processes, real signals, a small application."""

import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from portal.serving import ROOT

from .processes import Session, free_port, wait_until

HERE = Path(__file__).parent
# By its path, which saves the import of the whole portal.
START = """
import runpy, sys
from pathlib import Path
serving, port, workers, target, directory = sys.argv[1:]
serve = runpy.run_path(serving)["serve"]
serve("127.0.0.1", int(port), int(workers) or None, target=target, directory=Path(directory))
"""


class Server(Session):
    def __init__(self, home: Path, port: int, workers: int, target: str, load_seconds: float) -> None:
        self.port = port
        super().__init__(
            [
                sys.executable,
                "-c",
                START,
                str(ROOT / "portal" / "serving.py"),
                str(port),
                str(workers),
                target,
                str(HERE),
            ],
            cwd=home,
            environment=os.environ | {"HELLO_LOAD_SECONDS": str(load_seconds)},
        )

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def dial(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def get(self, path: str = "/") -> int:
        """The pid of the worker that answered."""
        with closing(self.connect()) as connection:
            connection.request("GET", path)
            return int(connection.getresponse().read())

    def answers(self) -> bool:
        try:
            return self.get() in self.children()
        except OSError:
            return False

    def wait_until_up(self) -> "Server":
        wait_until(self.answers)
        return self


Start = Callable[..., Server]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    servers: list[Server] = []

    def run(*, port: int = 0, workers: int = 2, target: str = "hello:app", load_seconds: float = 0) -> Server:
        servers.append(Server(tmp_path, port or free_port(), workers, target, load_seconds))
        return servers[-1]

    yield run
    for server in servers:
        server.end()


def test_there_is_a_worker_for_each_core(start: Start) -> None:
    server = start(workers=0).wait_until_up()
    wait_until(lambda: len(server.children()) == len(os.sched_getaffinity(0)))


def test_sigterm_lets_the_request_in_flight_finish(start: Start) -> None:
    server = start().wait_until_up()
    with closing(server.connect()) as connection:
        connection.request("GET", "/sleep?2")
        wait_until(lambda: "asleep" in server.output)
        server.send(signal.SIGTERM)
        response = connection.getresponse()
        assert response.status == 200
        assert response.read()
    assert server.ended() == 0


def test_sigterm_closes_idle_connections_at_once(start: Start) -> None:
    server = start().wait_until_up()
    with closing(server.connect()) as kept, server.dial() as silent:
        kept.request("GET", "/")
        kept.getresponse().read()
        server.send(signal.SIGTERM)
        assert server.ended() == 0
        assert kept.sock.recv(1) == silent.recv(1) == b""
    assert "did not finish" not in server.output


def test_nothing_a_client_does_holds_it_up_longer_than_five_seconds(start: Start) -> None:
    server = start().wait_until_up()
    with closing(server.connect()) as endless, server.dial() as half:
        endless.request("GET", "/sleep?60")
        half.sendall(b"GET / HTTP/1.1\r\nHost: ")
        wait_until(lambda: "asleep" in server.output)
        server.send(signal.SIGTERM)
        assert server.ended() == 0


@pytest.mark.parametrize("to_all", [False, True], ids=["parent", "all"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_it_ends_well_whoever_of_it_gets_the_signal(start: Start, number: signal.Signals, *, to_all: bool) -> None:
    """A Ctrl-C in a terminal, and a service manager, signal the workers too."""
    server = start().wait_until_up()
    before = server.output
    if to_all:
        os.killpg(server.pid, number)
    else:
        server.send(number)
    assert server.ended() == 0
    assert server.output == before


def test_sigterm_ends_it_at_any_moment_of_its_start(start: Start) -> None:
    began = time.monotonic()
    start(load_seconds=0.2).wait_until_up()
    whole = time.monotonic() - began
    for part in (0, 0.2, 0.5, 0.7, 0.8, 0.9, 0.95, 1):
        server = start(load_seconds=0.2)
        time.sleep(part * whole)
        server.send(signal.SIGTERM)
        assert server.ended() in (0, -signal.SIGTERM), f"after {part * whole} s"
        assert server.output == ""


def test_a_killed_worker_is_replaced(start: Start) -> None:
    server = start().wait_until_up()
    wait_until(lambda: len(server.children()) == 2)
    victim = min(server.children())
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: victim not in server.children() and len(server.children()) == 2)
    wait_until(server.answers)


def test_it_recovers_from_the_death_of_all_workers_time_and_again(start: Start) -> None:
    server = start().wait_until_up()
    for _ in range(3):
        wait_until(lambda: len(server.children()) == 2)
        for victim in server.children():
            os.kill(victim, signal.SIGKILL)
        # A customer who comes just now waits a moment, and is answered by a new one.
        assert server.get() in server.children()
    server.send(signal.SIGTERM)
    assert server.ended() == 0


@pytest.mark.parametrize("load_seconds", [0, 3], ids=["up", "loading"])
def test_no_worker_outlives_its_parent(start: Start, load_seconds: float) -> None:
    server = start(load_seconds=load_seconds)
    if load_seconds:
        wait_until(lambda: len(server.children()) == 2)
    else:
        server.wait_until_up()
    server.send(signal.SIGKILL)
    server.process.wait(5)
    wait_until(lambda: not server.members(), 2)
    start(port=server.port).wait_until_up()


def test_a_port_in_use_is_said_in_one_sentence(start: Start) -> None:
    first = start().wait_until_up()
    second = start(port=first.port)
    assert second.ended(20) == 1
    assert second.output.count("\n") == 1
    assert f"Port {first.port} on 127.0.0.1 is in use" in second.output
    assert first.answers()


def test_of_two_started_at_once_on_a_port_one_serves(start: Start) -> None:
    port = free_port()
    two = [start(port=port), start(port=port)]
    wait_until(lambda: any(server.process.poll() == 1 for server in two))
    serving = [server for server in two if server.process.poll() is None]
    assert len(serving) == 1
    serving[0].wait_until_up()


def test_an_application_that_cant_be_loaded_ends_the_server(start: Start) -> None:
    server = start(target="nothing:app")
    assert server.ended(20) == 1
    assert "The portal could not be loaded" in server.output
