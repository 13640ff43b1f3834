"""`portal backup` and `portal restore`."""

import getpass
from pathlib import Path

import click
from flask.cli import with_appcontext

from portal import audit, clock
from portal import backup as backups
from portal.backup import BackupError


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@with_appcontext
def backup(file: Path, *, force: bool) -> None:
    """Write the whole database to FILE, also while the portal runs. The secret key is not in it."""
    try:
        backups.backup(file, force=force)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Everything but the secret key is in {file}.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Also when there are accounts: everything in the database is replaced.")
@with_appcontext
def restore(file: Path, *, force: bool) -> None:
    """Replace the database by the backup in FILE, and bring it up to date. Stop the portal first."""
    try:
        count = backups.restore(file, clock.now(), audit.Actor(f"staff:{getpass.getuser()}"), force=force)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Restored. Accounts: {count}. Everyone is signed out.")
