import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

from portal import clock, create_app
from portal.extensions import db
from tests.person import Person

SETTINGS = {"SMS_BACKENDS": "tests.fakes:MemoryBackend", "SMS_ALLOWED_REGIONS": "US,GB,CA", "SECRET_KEY": "k" * 32}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A skip is a hole that nobody sees: on CI it fails the run."""
    skipped = terminalreporter.stats.get("skipped", [])
    if os.environ.get("CI") == "true" and skipped:
        terminalreporter.write_line(f"{len(skipped)} skipped, which fails on CI", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and reporter and reporter.stats.get("skipped") and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


class Clock:
    """Stands still but for a tick at each look, and moves when told."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        self.at += timedelta(microseconds=1)
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    moved = Clock()
    monkeypatch.setattr(clock, "now", moved.now)
    return moved


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, up to date."""
    folder = tmp_path_factory.mktemp("template")
    app = create_app(folder, SETTINGS)
    with app.app_context():
        upgrade()
        db.engine.dispose()
    return folder / "portal.sqlite3"


@pytest.fixture
def settings() -> dict[str, str]:
    """More settings for the app of this test; override it where it matters."""
    return {}


@pytest.fixture
def app(tmp_path: Path, template: Path, settings: dict[str, str]) -> Iterator[Flask]:
    shutil.copy(template, tmp_path / "portal.sqlite3")
    app = create_app(tmp_path, SETTINGS | settings)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def alice(app: Flask, time: Clock) -> Person:
    """A visitor who has no account yet."""
    del time
    return Person(app)


@pytest.fixture
def enrolled(alice: Person) -> Person:
    """Alice, signed in, with a proven phone."""
    alice.register()
    alice.enrol()
    return alice
