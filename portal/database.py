"""Transactions and column types, the same on SQLite and PostgreSQL.

On SQLite a transaction that will write must say so when it begins. One that begins as a read and then writes loses
updates or fails as "locked" when another writer came in between.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    ExceptionContext,
    Integer,
    MetaData,
    Numeric,
    TypeDecorator,
    event,
)
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeEngine

from portal.extensions import db

BUSY_SECONDS = 10
"""How long SQLite waits for another connection that writes."""
# Named constraints can be changed by later migrations, on SQLite too.
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What every table derives from."""

    metadata = MetaData(naming_convention=_NAMES)


BigId = BigInteger().with_variant(Integer, "sqlite")
"""A primary key that counts up; SQLite counts only INTEGER."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite hands moments back without their zone; naive ones are refused on the way in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """A decimal of so many digits, some of them behind the point; never a float, also where it is summed.

    SQLite knows no decimals, so it holds the whole number of the smallest places. One that has more is refused.
    """

    impl = Numeric
    cache_ok = True

    def __init__(self, digits: int, places: int) -> None:
        super().__init__(digits, places)
        self.digits, self.places = digits, places

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        exact = Numeric(self.digits, self.places) if dialect.name != "sqlite" else BigInteger()
        return dialect.type_descriptor(exact)

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | int | None:
        if value is None:
            return None
        shifted = Decimal(value).scaleb(self.places)
        if shifted != int(shifted) or abs(shifted) >= 10**self.digits:
            raise ValueError(f"{value} has more than {self.digits} digits, or {self.places} behind the point")
        return int(shifted) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None or dialect.name != "sqlite":
            return value  # type: ignore[no-any-return]  # as the driver hands it over
        return Decimal(value).scaleb(-self.places)


@contextmanager
def begin_write() -> Iterator[Session]:
    """One write transaction: commits at the end, or undoes everything on an error. Refuses to run inside another."""
    session = db.session()
    if session.in_transaction():
        raise RuntimeError("a write must not begin inside another transaction")
    with session.begin():
        session.connection(execution_options={"writes": True})
        yield session


@contextmanager
def begin_read() -> Iterator[Session]:
    """One read transaction, ended before the page is drawn."""
    session = db.session()
    if session.in_transaction():
        raise RuntimeError("a read must not begin inside another transaction")
    with session.begin():
        yield session


def prepare_engine(app: Flask) -> None:
    """Make SQLite safe for many threads and processes, and PostgreSQL's errors fit for a log."""
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "handle_error", _name_no_values)


def _set_pragmas(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
    del record
    connection.isolation_level = None  # `_begin` says how each transaction begins.
    for pragma in (f"busy_timeout={BUSY_SECONDS * 1000}", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    _use_wal(connection)


def _use_wal(connection: sqlite3.Connection) -> None:
    """The first connection of all sets it for ever. Others at that moment are refused at once, whatever the timeout."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY  # Behind the byte stands what kind of busy.
            if not is_busy or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _name_no_values(context: ExceptionContext) -> None:
    """Cut what PostgreSQL says after the first line: there stand the values of the row, numbers and hashes too."""
    if getattr(context.original_exception, "sqlstate", None) is None:
        return  # Not the server's: that it can't be reached, and why.
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).split("\n", 1)[0], *error.args[1:])


def _begin(connection: Connection) -> Any:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
