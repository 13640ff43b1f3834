"""./run on a fresh checkout, by somebody who has nothing installed. Slow: it installs everything."""

import http.client
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from portal.serving import ROOT

from .processes import Session, free_port, wait_until

pytestmark = pytest.mark.long

INSTALL_SECONDS = 300
NOT_CHECKED_IN = shutil.ignore_patterns(
    ".git", ".venv", ".*_cache", ".hypothesis", "__pycache__", "*.egg-info", "build"
)


class Run(Session):
    def __init__(self, checkout: Path, port: int) -> None:
        self.port = port
        home = checkout.parent / "home"
        home.mkdir(exist_ok=True)
        super().__init__(
            [str(checkout / "run")],
            cwd=checkout.parent,
            environment=os.environ | {"HOME": str(home), "PORT": str(port)},
        )

    def is_up(self) -> bool:
        assert self.process.poll() is None, self.output
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            try:
                connection.request("GET", "/healthz")
                return connection.getresponse().status == 200
            except OSError:
                return False

    def is_running(self, words: bytes) -> bool:
        """Whether one of its processes has these words in its command line."""
        for pid in self.members():
            with suppress(FileNotFoundError, ProcessLookupError):  # It may end meanwhile.
                if words in Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" "):
                    return True
        return False


Start = Callable[[], Run]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    checkout = tmp_path / "client portal"
    shutil.copytree(ROOT, checkout, ignore=NOT_CHECKED_IN)
    shutil.rmtree(checkout / "instance")
    (checkout / "instance").mkdir()
    runs: list[Run] = []

    def run() -> Run:
        runs.append(Run(checkout, free_port()))
        return runs[-1]

    yield run
    for one in runs:
        one.end()


def test_two_started_at_once_on_a_fresh_checkout_come_up_and_the_next_is_quick(start: Start) -> None:
    two = [start(), start()]
    for run in two:
        wait_until(run.is_up, INSTALL_SECONDS)
    assert sum(run.output.count("Installing") for run in two) == 1
    for run in two:
        run.send(signal.SIGTERM)
        assert run.ended() == 0

    again = start()
    wait_until(again.is_up)
    assert "Installing" not in again.output
    again.send(signal.SIGKILL)
    again.process.wait(5)
    wait_until(lambda: not again.members(), 5)


@pytest.mark.parametrize("what", [b" -m venv ", b" -m pip "], ids=["venv", "pip"])
def test_sigterm_while_it_installs_leaves_nothing(start: Start, what: bytes) -> None:
    run = start()
    wait_until(lambda: run.is_running(what), INSTALL_SECONDS)
    run.send(signal.SIGTERM)
    assert run.ended() == 128 + signal.SIGTERM


def test_killed_while_it_installs_it_leaves_nothing(start: Start) -> None:
    run = start()
    wait_until(lambda: run.is_running(b" -m pip "), INSTALL_SECONDS)
    run.send(signal.SIGKILL)
    run.process.wait(5)
    wait_until(lambda: not run.members(), 5)
