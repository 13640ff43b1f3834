"""Alembic's entry: runs the migrations on the app's own engine."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

import portal.models  # noqa: F401 - so that Base knows every table
from portal.database import Base, UtcDateTime
from portal.extensions import db


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Keep the app's own types out of migrations: they must still run when the app has changed."""
    del autogen_context
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


@contextmanager
def tables_may_be_copied(connection: Connection) -> Iterator[None]:
    """SQLite can't alter a column: alembic copies the table, and drops the one that others refer to.

    So what refers to what is checked at the end instead (https://www.sqlite.org/lang_altertable.html, 7).
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    sqlite: Any = connection.connection.driver_connection
    sqlite.execute("PRAGMA foreign_keys=OFF")  # Before the transaction: inside one it does nothing.
    try:
        yield
    finally:
        sqlite.execute("PRAGMA foreign_keys=ON")


with db.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
    )
    # The engine's begin event reads it: on SQLite two upgrades at once wait for each other.
    connection.execution_options(writes=True)
    with tables_may_be_copied(connection), context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(20261124)")
        context.run_migrations()
        if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RuntimeError("a migration left a row that refers to one that is not there")
