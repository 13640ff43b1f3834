"""Drivers for the tests of orders."""

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from portal.drivers.base import Done, Driver, Later, Setting, Task
from tests.fakes import MemoryDriver


class KnowingDriver(MemoryDriver):
    """Answers a task that it has seen before without doing it twice."""

    name = "knowing"
    knows_repeats = True


class FileDriver(Driver):
    """In processes of its own: it writes down what it is asked, hangs while it is told to, and writes down its end."""

    name = "file"
    settings = (Setting("TASKS_FOLDER", "where the tasks go", required=True),)

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._folder = Path(config["TASKS_FOLDER"])

    def carry_out(self, task: Task) -> Done | Later:
        self._write("begun", task)
        while (self._folder / "hang").exists():
            time.sleep(0.02)
        self._write("done", task)
        return Done()

    def _write(self, name: str, task: Task) -> None:
        line = json.dumps({"id": task.id, "attempt": task.attempt, "act": task.act, "by": os.getpid()})
        with (self._folder / name).open("ab", buffering=0) as file:
            file.write(f"{line}\n".encode())  # One write, so that lines of two processes don't mix.


class KnowingFileDriver(FileDriver):
    name = "knowing file"
    knows_repeats = True


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    """What a FileDriver has written, in order."""
    path = folder / name
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
