"""Fills whatever tables a database has, as far as their columns tell what may be in them, and reads them again.

It knows no table by name, so that a new one is filled too.
"""

import warnings
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    insert,
    select,
)
from sqlalchemy.exc import SAWarning

Row = dict[str, Any]
WORDS = {
    "email": "{n}@example.com", "account_type": "reseller", "slot": "primary", "number": "+120155501{n:02}",
    "purpose": "prove", "kind": "phone added", "outcome": "rejected", "event": "phone added", "by": "customer",
    "address": "192.0.2.{n}", "currency": "EUR",
}  # fmt: skip
"""What a column of text with this name holds in the n-th row, where not just anything will do."""
VALUES: dict[type[Any], Callable[[int], object]] = {
    Boolean: lambda n: n % 2 == 0,
    Integer: lambda n: n,
    Numeric: lambda n: Decimal(n) + Decimal("0.05"),
    DateTime: lambda n: datetime(2026, 11, 24, 9, 0, n, 123456, tzinfo=UTC),
    Date: lambda n: date(2026, 11, n),
    JSON: lambda n: {"row": n},
    LargeBinary: lambda n: bytes([n]) * 16,
}


def tables(connection: Connection) -> list[Table]:
    """As the database has them, whatever the models say; what others refer to first."""
    found = MetaData()
    with warnings.catch_warnings():
        # Of an index that can't be described as such.
        warnings.simplefilter("ignore", SAWarning)
        found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def fill(connection: Connection, n: int, *, bare: bool = False) -> None:
    """The n-th row of each table. `bare`: with nothing in what may be empty."""
    made: dict[str, Row] = {}
    for table in tables(connection):
        values = {
            column.name: _referred_to(column, made) if column.foreign_keys else _value(column, n)
            for column in table.columns
            if column is not table.autoincrement_column and not (bare and column.nullable)
        }
        made[table.name] = dict(connection.execute(insert(table).values(values).returning(table)).mappings().one())


def rows(connection: Connection) -> dict[str, list[Row]]:
    """All that is in the database, by table."""
    return {
        table.name: [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]
        for table in tables(connection)
    }


def _referred_to(column: Column[Any], made: dict[str, Row]) -> Any:
    (key,) = column.foreign_keys
    row = made.get(key.column.table.name)
    assert row or column.nullable, f"{column} refers to a table that is not filled yet"
    return row and row[key.column.name]


def _value(column: Column[Any], n: int) -> Any:
    """One that differs from those of the other rows, but for what WORDS says."""
    if isinstance(column.type, String):
        return WORDS.get(column.name, f"{n} {column.name}").format(n=n)[: column.type.length]
    make = next((make for kind, make in VALUES.items() if isinstance(column.type, kind)), None)
    assert make, f"say in VALUES what a {column.type!r} may hold, for {column}"
    return make(n)
