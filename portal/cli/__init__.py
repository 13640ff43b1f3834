"""The `portal` command."""

import sys
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import FlaskGroup, with_appcontext
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError

from portal import clock, create_app, demo, schema
from portal.cli.backup import backup, restore
from portal.cli.imports import imports
from portal.cli.orders import orders
from portal.cli.sms import sms
from portal.cli.tickets import tickets
from portal.cli.users import users
from portal.extensions import db
from portal.prune import prune as prune_now
from portal.serving import serve as serve_app
from portal.settings import SettingsError


def _create_app() -> Flask:
    """The app for a command; wrong settings end it with a sentence each."""
    try:
        return create_app()
    except SettingsError as error:
        for problem in error.problems:
            click.echo(problem, err=True)
        sys.exit(1)


class _Portal(FlaskGroup):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (OperationalError, ProgrammingError) as error:  # It is away, or its tables are not there.
            reason = str(error.orig).splitlines()[0]
            raise click.ClickException(f"The database can't be used: {reason}. More: portal check") from error


@click.group(cls=_Portal, create_app=_create_app, add_default_commands=False, add_version_option=False)
def main() -> None:
    """Run and look after the Client Portal."""


main.add_command(users)
main.add_command(orders)
main.add_command(sms)
main.add_command(imports)
main.add_command(tickets)
main.add_command(backup)
main.add_command(restore)


@main.command()
@click.option(
    "--set-up", is_flag=True, help="First bring the database up to date, and fill an empty one for trying out."
)
@click.option("--workers", type=click.IntRange(1, 64), help="Web processes; one a core by default.")
@with_appcontext
def serve(*, set_up: bool, workers: int | None) -> None:
    """Serve the portal until SIGTERM."""
    config = current_app.config
    if set_up:
        _bring_up_to_date()
        if config["IS_DEMO"]:
            _announce(demo.make())
    db.engine.dispose()
    serve_app(config["HOST"], config["PORT"], workers, announcement=f"The portal is at {config['PUBLIC_URL']}")


@main.command()
@with_appcontext
def check() -> None:
    """Check settings, providers, drivers, database and migrations; exit 1 on any fault."""
    config = current_app.config
    names = ", ".join(backend.name for backend in config["SMS_BACKEND_OBJECTS"])
    drivers = ", ".join(f"{kind} {driver.name}" for kind, driver in config["DRIVERS"].items())
    click.echo("settings: ok")
    click.echo(f"providers: ok ({names})")
    click.echo(f"drivers: ok ({drivers})")
    faults = 0
    for name, look in (("database", _look_at_database), ("migrations", schema.fault)):
        fault = look()
        faults += fault is not None
        click.echo(f"{name}: {fault or 'ok'}")
    sys.exit(1 if faults else 0)


@main.command()
@with_appcontext
def prune() -> None:
    """Delete spent codes, texts, sessions, counts and drafts, what nobody confirmed, old secrets and old addresses."""
    counts = prune_now(clock.now())
    click.echo(", ".join(f"{kind} {count}" for kind, count in counts.items()))


@main.group(name="db")
def database() -> None:
    """The database."""


@database.command(name="upgrade")
@with_appcontext
def db_upgrade() -> None:
    """Bring the tables up to date."""
    _bring_up_to_date()
    click.echo("The database is up to date.")


def _bring_up_to_date() -> None:
    if schema.fault() is not None:
        schema.upgrade()


def _look_at_database() -> str | None:
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return f"DATABASE_URL can't be reached: {str(getattr(error, 'orig', error)).splitlines()[0]}"
    return None


def _announce(passwords: dict[str, str]) -> None:
    if not passwords:
        return
    click.echo("This is a demo shop. Sign in as one of its customers, or sign up:")
    for email, password in passwords.items():
        click.echo(f"  {email}  {password}")
    config = current_app.config
    if config["SMS_BACKENDS"] == ("console",):
        click.echo(
            f"Texts are written to {config['SMS_CONSOLE_FILE']}."
            if config["SMS_CONSOLE_FILE"]
            else "Texts are printed here."
        )
