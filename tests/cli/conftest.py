"""The `portal` command, run on the app of the test."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from portal import cli
from tests.cli.sheets import Sheets

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Flask]], Run]:
    """The command for an app that is made anew each time, as it is for the shop's people."""
    monkeypatch.setenv("LOGNAME", "sam")
    monkeypatch.setenv("FLASK_RUN_FROM_CLI", "true")  # Flask sets it, and here it shall not stay.

    def with_app(make_app: Callable[[], Flask]) -> Run:
        def command(*arguments: str) -> Result:
            monkeypatch.setattr(cli, "create_app", make_app)
            result = CliRunner().invoke(cli.main, arguments)
            assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
            assert "Traceback" not in result.output
            return result

        return command

    return with_app


@pytest.fixture
def portal(run: Callable[[Callable[[], Flask]], Run], app: Flask) -> Run:
    return run(lambda: app)


@pytest.fixture
def sheets(tmp_path: Path) -> Sheets:
    return Sheets(tmp_path / "sheet.csv")
