"""`portal users`: what the shop's people do to customers' accounts."""

import getpass
from collections.abc import Callable
from typing import Any

import click
from flask.cli import with_appcontext

from portal import audit, numbers
from portal.accounts import staff
from portal.accounts.signing_in import EmailTakenError, is_email
from portal.models import AccountType

LONGEST_NAME = 100


@click.group()
def users() -> None:
    """Customers' accounts. What is done to one is recorded, ends its sessions, and is told to its proven phones."""


@users.command(name="list")
@with_appcontext
def users_list() -> None:
    """Every account: email, type, phones, state."""
    for account in staff.list_all():
        phones = " ".join(f"{phone.slot} {numbers.mask(phone.number)}" for phone in account.phones) or "no phone"
        click.echo(
            f"{account.email}\t{account.account_type}\t{phones}\t{'disabled' if account.disabled_at else 'active'}"
        )


@users.command(name="create")
@click.argument("email")
@click.option("--name", help="The customer's name; the email when not given.")
@click.option("--type", "account_type", type=click.Choice([t.value for t in AccountType]), default="personal")
@click.option("--reason", default="", help="Why; kept in the audit.")
@with_appcontext
def users_create(email: str, name: str | None, account_type: str, reason: str) -> None:
    """Make an account with a random password."""
    name = email if name is None else name
    if not (is_email(email) and email.isprintable()):
        raise click.ClickException("That is not an email address. It should look like name@example.com.")
    if not (0 < len(name.strip()) <= LONGEST_NAME and name.isprintable()):
        raise click.ClickException(f"A name has 1 to {LONGEST_NAME} characters in one line.")
    try:
        password = staff.create(email, name.strip(), account_type, _staff(), reason)
    except EmailTakenError:
        raise click.ClickException("There is an account with this email already.") from None
    click.echo(f"Password of {email}: {password}")


def _on_account(command: Callable[..., None]) -> Callable[..., None]:
    """An EMAIL and a --reason, and a sentence when there is no such account."""

    @click.argument("email")
    @click.option("--reason", required=True, help="Why; kept in the audit.")
    @with_appcontext
    def run(email: str, **values: Any) -> None:
        try:
            command(email, **values)
        except staff.NoSuchAccountError:
            raise click.ClickException(f"There is no account with the email {email}.") from None
        except staff.NoSuchPhoneError:
            raise click.ClickException(f"{email} has no such phone.") from None

    run.__doc__ = command.__doc__
    return run


@users.command(name="disable")
@_on_account
def users_disable(email: str, reason: str) -> None:
    """Switch an account off: nobody can sign in."""
    staff.disable(email, reason, _staff())
    click.echo(f"{email} is disabled.")


@users.command(name="enable")
@_on_account
def users_enable(email: str, reason: str) -> None:
    """Switch an account on again."""
    staff.enable(email, reason, _staff())
    click.echo(f"{email} is enabled.")


@users.command(name="reset-password")
@_on_account
def users_reset_password(email: str, reason: str) -> None:
    """Set a random password. Where a phone is enrolled, sign-in still asks for its code."""
    click.echo(f"New password of {email}: {staff.reset_password(email, reason, _staff())}")


@users.command(name="unlock")
@_on_account
def users_unlock(email: str, reason: str) -> None:
    """Forget the wrong passwords and codes that shut an account."""
    staff.unlock(email, reason, _staff())
    click.echo(f"{email} is unlocked.")


@users.command(name="remove-phone")
@click.option("--slot", type=click.Choice(["primary", "backup", "both"]), default="both")
@_on_account
def users_remove_phone(email: str, reason: str, slot: str) -> None:
    """Remove the phones of a customer who lost them. Make sure first who is asking."""
    staff.remove_phone(email, reason, _staff(), ("backup", "primary") if slot == "both" else (slot,))
    click.echo(f"Removed from {email}: {slot}.")


def _staff() -> audit.Actor:
    return audit.Actor(f"staff:{getpass.getuser()}")
