"""Watching real processes from outside, for the tests of the server and of ./run."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


def wait_until(condition: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.01)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class Session:
    """A command in a session of its own, so that whatever it leaves behind can be found."""

    def __init__(self, command: Sequence[str], *, cwd: Path, environment: Mapping[str, str]) -> None:
        self.log = cwd / f"{time.monotonic_ns()}.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                # stdin is closed, as some process managers leave it.
                ["bash", "-c", 'exec "$@" <&-', "bash", *command],
                cwd=cwd,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.pid = self.process.pid

    @property
    def output(self) -> str:
        return self.log.read_text()

    def members(self) -> dict[int, int]:
        """Its living processes: pid and parent's pid."""
        members = {}
        for directory in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                state, parent, _, session = (directory / "stat").read_text().rpartition(")")[2].split()[:4]
                if int(session) == self.pid and state != "Z":
                    members[int(directory.name)] = int(parent)
        return members

    def children(self) -> set[int]:
        return {pid for pid, parent in self.members().items() if parent == self.pid}

    def send(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def ended(self, seconds: float = 5) -> int:
        """The exit code; nothing of it may be left."""
        code = self.process.wait(seconds)
        assert self.members() == {}
        return code

    def end(self) -> None:
        """Whatever became of it, leave nothing behind."""
        for pid in self.members():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
