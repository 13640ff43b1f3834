"""What the database holds, to see that an attack changed nothing of it."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import Table, select

from portal.database import Base, begin_read
from portal.models import Account

Rows = dict[str, list[tuple[Any, ...]]]
NOTED = {"seen_at", "fresh_until"}
"""That a browser was seen, and its proof used, may be written by any page."""


def all_rows(app: Flask) -> Rows:
    """Every row of every table, but for when a browser was last seen."""
    return _rows(app, lambda table: select(*_columns(table)))


def rows_of(app: Flask, email: str) -> Rows:
    """Everything that belongs to one account."""
    with app.app_context(), begin_read() as session:
        account_id = session.scalars(select(Account.id).where(Account.email == email)).one()

    def mine(table: Table) -> Any:
        owner = table.c.id if table.name == "accounts" else table.c.get("account_id")
        rows = select(*_columns(table))
        return rows.where(owner == account_id) if owner is not None else rows.where(table.c.id.is_(None))

    return _rows(app, mine)


def count(app: Flask, model: type[Base], *where: Any) -> int:
    with app.app_context(), begin_read() as session:
        return len(session.scalars(select(model).where(*where)).all())


def as_text(app: Flask) -> str:
    """All that someone reads who has a copy of the database."""
    return repr(_rows(app, lambda table: select(*table.c)))


def _rows(app: Flask, query: Callable[[Table], Any]) -> Rows:
    with app.app_context(), begin_read() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(query(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


def _columns(table: Table) -> list[Any]:
    return [column for column in table.c if column.name not in NOTED]
