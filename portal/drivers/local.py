"""Orders that the shop's people carry out: they wait for `portal orders done` or `fail`."""

from collections.abc import Mapping
from typing import Any

from portal.drivers.base import Done, Driver, Later, Task


class LocalDriver(Driver):
    name = "local"
    knows_repeats = True  # It does nothing, however often.

    def __init__(self, config: Mapping[str, Any]) -> None:
        del config

    def carry_out(self, task: Task) -> Done | Later:
        del task
        return Later()
