import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import URL

from portal import clock, create_app
from portal.database import Base
from portal.extensions import db
from portal.schema import upgrade
from tests import postgres
from tests.person import Person

SETTINGS = {"SMS_BACKENDS": "tests.fakes:MemoryBackend", "SMS_ALLOWED_REGIONS": "US,GB,CA", "SECRET_KEY": "k" * 32}


TOGETHER = {"browser", "deploy", "hosts", "serving", "storms"}
"""Folders whose tests start servers or race threads: they run one after the other, not beside each other."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if TOGETHER.intersection(item.path.parts):
            item.add_marker(pytest.mark.xdist_group("servers"))


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


def make_tables(folder: Path, url: str) -> None:
    """Bring an empty database up to date."""
    app = create_app(folder, SETTINGS | {"DATABASE_URL": url})
    with app.app_context():
        upgrade()
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with empty tables."""
    path = tmp_path_factory.mktemp("template") / "portal.sqlite3"
    make_tables(path.parent, f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    try:
        with postgres.server() as url:
            yield url
    except postgres.NoPostgresError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def postgres_template(postgres_server: URL, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database with empty tables."""
    url = postgres.make_database(postgres_server, "portal_template")
    make_tables(tmp_path_factory.mktemp("template"), url.render_as_string(hide_password=False))
    return "portal_template"


@pytest.fixture(scope="session")
def postgres_url(postgres_server: URL, postgres_template: str) -> URL:
    """One database for many tests: emptying it is faster than making another."""
    return postgres.make_database(postgres_server, "portal_shared", postgres_template)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with empty tables: each test runs once on either engine."""
    if request.param == "sqlite":
        path = shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "portal.sqlite3")
        return f"sqlite:///{path}"
    url: URL = request.getfixturevalue("postgres_url")
    postgres.empty(url, [table.name for table in Base.metadata.sorted_tables])
    return url.render_as_string(hide_password=False)


@pytest.fixture
def settings() -> dict[str, str]:
    """More settings for the app of this test; override it where it matters."""
    return {}


@pytest.fixture(scope="session")
def compiled_pages(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates are compiled once for all tests."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("pages")))


@pytest.fixture
def app(
    tmp_path: Path, database_url: str, settings: dict[str, str], compiled_pages: FileSystemBytecodeCache
) -> Iterator[Flask]:
    app = create_app(tmp_path, SETTINGS | {"DATABASE_URL": database_url} | settings)
    app.jinja_env.bytecode_cache = compiled_pages
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def alice(app: Flask, time: Clock) -> Person:
    """A visitor who has no account yet."""
    del time
    return Person(app)


@pytest.fixture
def registered(alice: Person) -> Person:
    """Alice, signed in, without a phone."""
    alice.register()
    return alice


@pytest.fixture
def enrolled(alice: Person) -> Person:
    """Alice, signed in, with a proven phone."""
    alice.register()
    alice.enrol()
    return alice
