"""The version of the tables. Only the `portal` command imports this: alembic would cost each web process 11 MiB."""

import logging
from pathlib import Path

import flask_migrate
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from portal.extensions import db

DIRECTORY = Path(__file__).with_name("migrations")


def upgrade(revision: str = "head") -> None:
    """Bring the tables up to date, or up to an earlier revision."""
    _bind()
    flask_migrate.upgrade(revision=revision)


def downgrade(revision: str) -> None:
    _bind()
    flask_migrate.downgrade(revision=revision)


def fault() -> str | None:
    """Why the tables are not those of this version; None when they are."""
    head = _scripts().get_current_head()
    try:
        with db.engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError:
        return "the database can't be reached"
    return None if current == head else f"at {current or 'none'}, not {head}: run portal db upgrade"


def known_revisions() -> set[str]:
    """All that this version has a migration for."""
    return {script.revision for script in _scripts().walk_revisions()}


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(DIRECTORY))


def _bind() -> None:
    # Alembic's own lines would bury the portal's.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    if "migrate" not in current_app.extensions:
        flask_migrate.Migrate(current_app, db, directory=str(DIRECTORY))
