"""Orders of a shop where virtual servers have a driver and all else is for its people."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.cli.conftest import Run
from tests.conftest import Clock
from tests.fakes import MemoryDriver, driver
from tests.orders.conftest import Shop


@pytest.fixture
def settings() -> dict[str, str]:
    """Virtual servers have a driver; all else is for the shop's people."""
    return {"DRIVER_VPS": "tests.fakes:MemoryDriver"}


@pytest.fixture
def shop(app: Flask, time: Clock) -> Iterator[Shop]:
    del time
    with app.app_context():
        yield Shop(app)


@pytest.fixture
def vps(app: Flask) -> MemoryDriver:
    return driver(app)


def refused(portal: Run, *arguments: str) -> str:
    result = portal("orders", *arguments)
    assert result.exit_code == 1, result.output
    assert result.output.startswith("Error: ")
    assert result.output.count("\n") == 1
    return result.output.removeprefix("Error: ").strip()
