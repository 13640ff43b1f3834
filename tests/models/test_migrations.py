"""The migrations make what the models say, one at a time, forth and back."""

import secrets
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import create_engine, inspect, select

from portal import ROOT, clock, create_app
from portal.database import Base, begin_read, begin_write
from portal.extensions import db
from portal.models import Account, Invoice
from portal.schema import downgrade, upgrade
from tests import postgres
from tests.conftest import SETTINGS
from tests.models.filling import Row, fill, rows

REVISIONS = [script.revision for script in ScriptDirectory(str(ROOT / "portal" / "migrations")).walk_revisions()][::-1]
"""Oldest first."""

UPGRADE = """
import sys
from pathlib import Path
from portal import create_app
from portal.schema import upgrade
app = create_app(Path(sys.argv[1]), dict(pair.split("=", 1) for pair in sys.argv[2:]))
print("ready", flush=True)
sys.stdin.readline()
with app.app_context():
    upgrade()
"""


def differences() -> list[object]:
    """Between the tables of the database and those of the models."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def revision() -> str | None:
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    server, name = request.getfixturevalue("postgres_server"), f"portal_{secrets.token_hex(8)}"
    yield postgres.make_database(server, name).render_as_string(hide_password=False)
    postgres.drop_database(server, name)


def test_the_migrations_follow_one_another_from_the_first() -> None:
    assert [f"{n:04}" for n in range(1, len(REVISIONS) + 1)] == REVISIONS


def test_the_migrations_make_exactly_what_the_models_say(app: Flask) -> None:
    with app.app_context():
        assert tables() == set(Base.metadata.tables)
        assert differences() == []


def test_a_table_that_gives_no_id_twice_says_so_in_sqlite_after_an_upgrade_too(tmp_path: Path) -> None:
    """A comparison does not see it, and a migration that makes a table anew may lose it."""
    app = create_app(tmp_path, SETTINGS | {"DATABASE_URL": f"sqlite:///{tmp_path / 'portal.sqlite3'}"})
    meant = {table.name for table in Base.metadata.sorted_tables if table.dialect_options["sqlite"]["autoincrement"]}
    assert {"orders", "virtual_servers", "dedicated_servers", "wordpress_sites", "dns_zones"} < meant
    with app.app_context():
        upgrade()
        with db.engine.connect() as connection:
            made = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE sql LIKE '% AUTOINCREMENT%'")
            assert set(made.scalars()) == meant
        db.engine.dispose()


def test_the_newest_row_of_before_an_upgrade_leaves_its_id_to_no_other(empty_app: Flask) -> None:
    del empty_app
    upgrade(revision="0002")
    with db.engine.begin() as connection:
        fill(connection, 1)
    upgrade()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM virtual_servers")
        fill(connection, 2)
        assert connection.exec_driver_sql("SELECT id FROM virtual_servers").scalars().all() == [2]


def test_each_migration_goes_back_and_forth(app: Flask) -> None:
    with app.app_context():
        for below in [*REVISIONS[-2::-1], None]:
            downgrade(revision=below or "base")
            assert revision() == below
        assert tables() == set()
        for step in REVISIONS:
            upgrade(revision=step)
            assert revision() == step
        assert differences() == []


def test_an_account_outlives_going_back_and_forth(app: Flask) -> None:
    with app.app_context():
        with begin_write() as session:
            session.add(
                Account(
                    email="alice@example.com", name="Alice", account_type="personal", password_hash="-", epoch=3,
                    made_at=clock.now(),
                )
            )  # fmt: skip
        downgrade(revision=REVISIONS[0])
        upgrade()
        with begin_read() as session:
            account = session.scalars(select(Account).execution_options(populate_existing=True)).one()
        assert (account.email, account.epoch) == ("alice@example.com", 3)


@pytest.fixture
def empty_app(empty_database: str, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(tmp_path, SETTINGS | {"DATABASE_URL": empty_database})
    with app.app_context():
        yield app
        db.engine.dispose()


CHANGED: frozenset[str] = frozenset({"invoices.total"})
"""Tables, and columns as "table.column", that a migration takes away or rewrites, in which case it has a test of its
own. All others keep what they hold."""


def kept(held: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """But for what has changed."""
    return {
        table: [{name: value for name, value in row.items() if f"{table}.{name}" not in CHANGED} for row in found]
        for table, found in held.items()
        if table not in CHANGED
    }


@pytest.mark.parametrize("earlier", REVISIONS[:-1])
def test_what_is_in_the_database_outlives_the_upgrade(empty_app: Flask, earlier: str) -> None:
    del empty_app
    upgrade(revision=earlier)
    with db.engine.begin() as connection:
        fill(connection, 1)
        fill(connection, 2, bare=True)
        before = kept(rows(connection))
    assert before.keys() == tables() - CHANGED
    assert all(len(found) == 2 for found in before.values())

    upgrade()

    assert differences() == []
    with db.engine.begin() as connection:
        after = rows(connection)
        for table, found in before.items():
            assert [row | old for row, old in zip(after[table], found, strict=True)] == after[table]
        fill(connection, 3)  # Keys count on, and what refers to what has not come loose.
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    with begin_read() as session:
        for mapper in Base.registry.mappers:
            for row in session.scalars(select(mapper.class_)):
                empty = {c.name for c in mapper.columns if getattr(row, mapper.get_property_by_column(c).key) is None}
                assert empty <= {column.name for column in mapper.columns if column.nullable}


def test_the_total_of_an_invoice_stays_what_it_was_there_and_back(empty_app: Flask) -> None:
    del empty_app
    upgrade(revision="0002")
    with db.engine.begin() as connection:
        fill(connection, 1)
        connection.exec_driver_sql("UPDATE invoices SET total = 24.10")
    upgrade()
    with begin_read() as session:
        invoice = session.scalars(select(Invoice)).one()
    assert (invoice.total, invoice.net, invoice.tax) == (Decimal("24.10"), Decimal("24.10"), Decimal(0))
    downgrade("0002")
    with db.engine.begin() as connection:
        assert float(connection.exec_driver_sql("SELECT total FROM invoices").scalar_one()) == 24.10


def test_upgrades_at_once_wait_for_each_other(empty_database: str, tmp_path: Path) -> None:
    settings = [f"{name}={value}" for name, value in (SETTINGS | {"DATABASE_URL": empty_database}).items()]
    command = [sys.executable, "-c", UPGRADE, str(tmp_path), *settings]
    processes = [
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    engine = create_engine(empty_database)
    with engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == REVISIONS[-1]
    engine.dispose()
