"""Transactions and moments, the same on SQLite and PostgreSQL."""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError

from portal.database import _use_wal, begin_read, begin_write
from portal.extensions import db
from portal.models import Account, LimitHit, Phone

NOW = datetime(2026, 11, 24, 9, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_app(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def make_account(email: str = "alice@example.com", made_at: datetime = NOW) -> int:
    with begin_write() as session:
        account = Account(
            email=email, name="Alice", account_type="personal", password_hash="-", epoch=0, made_at=made_at
        )
        session.add(account)
        session.flush()
        return account.id


def epoch(account_id: int) -> int:
    with begin_read() as session:
        return session.scalars(select(Account.epoch).where(Account.id == account_id)).one()


@pytest.mark.parametrize("outer", [begin_write, begin_read])
@pytest.mark.parametrize("inner", [begin_write, begin_read])
def test_a_transaction_refuses_to_begin_inside_another(outer: object, inner: object) -> None:
    assert callable(outer)
    assert callable(inner)
    with outer() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(RuntimeError, match="inside another transaction"), inner():
            pass
    assert not db.session().in_transaction()


def test_a_transaction_refuses_to_begin_inside_one_that_a_read_began_by_itself() -> None:
    db.session.execute(text("SELECT 1"))
    with pytest.raises(RuntimeError, match="inside another transaction"), begin_write():
        pass
    db.session.rollback()


def test_an_error_undoes_all_of_a_write_and_ends_it() -> None:
    account_id = make_account()

    def change_and_fail() -> None:
        with begin_write() as session:
            session.get_one(Account, account_id).epoch = 9
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    assert not db.session().in_transaction()
    assert epoch(account_id) == 0


def test_what_was_loaded_stays_readable_after_its_transaction() -> None:
    account_id = make_account()
    with begin_read() as session:
        account = session.get_one(Account, account_id)
    assert (account.email, account.phones) == ("alice@example.com", [])
    assert not db.session().in_transaction()


def test_a_moment_without_its_zone_is_refused() -> None:
    with pytest.raises(StatementError, match="a moment needs its zone"):
        make_account(made_at=NOW.replace(tzinfo=None))
    with pytest.raises(StatementError, match="a moment needs its zone"), begin_read() as session:
        session.scalars(select(Account).where(Account.made_at < NOW.replace(tzinfo=None)))


def test_a_moment_comes_back_in_utc_to_the_microsecond() -> None:
    for n, zone in enumerate([UTC, timezone(timedelta(hours=5, minutes=45)), timezone(timedelta(hours=-9))]):
        account_id = make_account(f"{n}@example.com", NOW.astimezone(zone))
        with begin_read() as session:
            made_at = session.scalars(select(Account.made_at).where(Account.id == account_id)).one()
        assert made_at == NOW
        assert made_at.utcoffset() == timedelta(0)


def test_moments_of_other_zones_are_compared_as_moments() -> None:
    make_account(made_at=NOW)
    east = (NOW - timedelta(seconds=1)).astimezone(timezone(timedelta(hours=12)))
    with begin_read() as session:
        assert session.scalars(select(Account).where(Account.made_at > east)).all()
        assert not session.scalars(select(Account).where(Account.made_at <= east)).all()


def test_increments_at_once_lose_nothing(app: Flask) -> None:
    account_id = make_account()
    together = Barrier(8)

    def increment() -> None:
        together.wait()
        for _ in range(25):
            with app.app_context(), begin_write() as session:
                account = session.scalars(select(Account).where(Account.id == account_id).with_for_update()).one()
                account.epoch = account.epoch + 1

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(increment) for _ in range(8)]:
            done.result()
    assert epoch(account_id) == 200


def test_a_reader_sees_one_state_and_waits_for_no_writer(app: Flask) -> None:
    account_id = make_account()

    def read_in_another_thread() -> int:
        with app.app_context():
            return epoch(account_id)

    with ThreadPoolExecutor(1) as pool, begin_write() as session:
        session.get_one(Account, account_id).epoch = 5
        session.flush()
        assert pool.submit(read_in_another_thread).result(timeout=5) == 0
    assert epoch(account_id) == 5


def test_what_belongs_to_an_account_needs_the_account() -> None:
    def add_phone_of_nobody() -> None:
        with begin_write() as session:
            session.add(Phone(account_id=999, slot="primary", number="+12015550123", proven_at=NOW))

    with pytest.raises(IntegrityError):
        add_phone_of_nobody()


def test_sqlite_keeps_every_commit_also_when_the_power_fails() -> None:
    if db.engine.dialect.name != "sqlite":
        return
    with db.engine.connect() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        values = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas]
    assert values == ["wal", 2, 1, 10000]


def test_ids_count_up() -> None:
    with begin_write() as session:
        hits = [LimitHit(key="k", at=NOW, until=None) for _ in range(3)]
        session.add_all(hits)
        session.flush()
        assert [hit.id for hit in hits] == [hits[0].id + n for n in range(3)]


def test_the_first_connection_waits_for_another_that_is_at_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new.sqlite3"
    with closing(sqlite3.connect(path)) as other, closing(sqlite3.connect(path, timeout=0)) as connection:
        other.execute("BEGIN EXCLUSIVE")
        monkeypatch.setattr(time, "sleep", lambda _: other.rollback())
        _use_wal(connection)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_database_that_can_not_be_written_is_said_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE accounts (id INTEGER)")
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("it waits for what will not come"))
    readonly = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    with closing(readonly), pytest.raises(sqlite3.OperationalError, match="readonly"):
        _use_wal(readonly)
