"""A driver that does its work when the test says so: `test_shop.py` makes the file that it waits for."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from portal.drivers.base import Done, Driver, DriverUnavailableError, Later, Setting, Task

LONGEST_WAIT_SECONDS = 10


class ObedientDriver(Driver):
    name = "obedient"
    settings = (Setting("OBEDIENT_GO", "the file that it waits for", required=True),)
    knows_repeats = True  # It keeps nothing.

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._go = Path(config["OBEDIENT_GO"])

    def carry_out(self, task: Task) -> Done | Later:
        deadline = time.monotonic() + LONGEST_WAIT_SECONDS
        while not self._go.exists():
            if time.monotonic() > deadline:
                raise DriverUnavailableError("nobody said so yet", possible=False)
            time.sleep(0.02)
        return Done(note=f"Done for {task.name}.")
