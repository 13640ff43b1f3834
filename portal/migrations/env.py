"""Alembic's entry: runs the migrations on the app's own engine."""

from typing import Any, Literal

from alembic import context

import portal.models  # noqa: F401 - so that Base knows every table
from portal.database import Base, UtcDateTime
from portal.extensions import db


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Keep the app's own types out of migrations: they must still run when the app has changed."""
    del autogen_context
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


with db.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,  # SQLite can't alter a column: alembic copies the table instead.
        render_item=render_item,
        compare_type=True,
    )
    # The engine's begin event reads it: on SQLite two upgrades at once wait for each other.
    connection.execution_options(writes=True)
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(20261124)")
        context.run_migrations()
