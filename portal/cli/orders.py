"""`portal orders`: what the shop's people do with what customers asked for. docs/orders.md says what it means."""

import getpass
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from portal import audit, clock
from portal.accounts.signing_in import fold
from portal.database import begin_read
from portal.kinds import Kind
from portal.models import Account, Order
from portal.orders import listing, staff
from portal.orders.settling import NoSuchOrderError, SettledError
from portal.orders.words import one_line
from portal.sealing import UnsealError

LONGEST_SECRET = 200


@click.group()
def orders() -> None:
    """What customers asked for: what waits, and how it ended. What is done here is recorded with who did it."""


@orders.command(name="list")
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help="Of this kind alone.")
@click.option("--account", "email", metavar="EMAIL", help="Of this customer alone.")
@click.option("--all", "ended", is_flag=True, help="Also those that are over, after the open ones, the newest first.")
@with_appcontext
def orders_list(kind: str | None, email: str | None, *, ended: bool) -> None:
    """Open orders, the oldest first: number, state, when asked, customer, kind, act, object, last trouble."""
    now = clock.now()
    with begin_read() as session:
        account_id = None
        if email is not None:
            account_id = session.scalar(select(Account.id).where(Account.email == fold(email)))
            if account_id is None:
                raise click.ClickException(f"There is no account with the email {email}.")
        found = listing.for_staff(session, kind=Kind(kind) if kind else None, account_id=account_id, ended=ended)
        for order, account in found:
            click.echo("\t".join(_columns(order, account, now)))


def _columns(order: Order, account: Account, now: datetime) -> list[str]:
    trouble = order.trouble or "" if order.settled_at is None else order.note or ""
    columns = [str(order.id), listing.state(order, account, now), _moment(order.asked_at), account.email]
    columns += [order.kind, order.act, one_line(order.object_name)]
    return [*columns, trouble] if trouble else columns


@contextmanager
def _sentences(order_id: int) -> Iterator[None]:
    """What can't be done, as a sentence."""
    try:
        yield
    except NoSuchOrderError:
        raise click.ClickException(f"There is no order {order_id}.") from None
    except SettledError as error:
        when = _moment(error.at) if error.at else ""
        raise click.ClickException(
            f"Order {order_id} is {error.outcome} already, since {when} by {error.by}. Nothing was changed."
        ) from None
    except staff.HeldError:
        raise click.ClickException(
            f"A driver is at order {order_id} just now. Look again in a minute: portal orders show {order_id}"
        ) from None
    except staff.FactError as error:
        raise click.ClickException(str(error)) from None
    except UnsealError:
        raise click.ClickException(
            "It was kept under another SECRET_KEY and can't be read. Fail the order, and the customer can ask again."
        ) from None


def _on_order(command: Callable[..., None]) -> Callable[..., None]:
    """An ID, and a sentence for what can't be done."""

    @click.argument("order_id", metavar="ID", type=click.IntRange(1, 2**63 - 1))
    @with_appcontext
    def run(order_id: int, **values: Any) -> None:
        with _sentences(order_id):
            command(order_id, **values)

    run.__doc__ = command.__doc__
    return run


@orders.command(name="show")
@click.option("--reveal", is_flag=True, help="Also the new password that you must set by hand. This is recorded.")
@_on_order
def orders_show(order_id: int, *, reveal: bool) -> None:
    """Everything about one order but its secrets."""
    order, account = staff.find(order_id)
    for name, value in _lines(order, account):
        click.echo(f"{name}: {value}")
    if reveal:
        try:
            click.echo(f"new password: {staff.reveal(order_id, _staff())}")
        except staff.NotNeededError:
            raise click.ClickException(f"Order {order_id} has no new password to set.") from None


def _lines(order: Order, account: Account) -> Iterator[tuple[str, str]]:
    yield "order", str(order.id)
    yield "state", listing.state(order, account, clock.now())
    yield "customer", account.email
    yield "act", order.act
    yield "object", f"{order.kind} {one_line(order.object_name)}"
    yield "values", json.dumps(order.values)
    yield "asked", f"{_moment(order.asked_at)} by {order.by} from {order.address or '-'}, allowed by {order.proof}"
    yield "driver", f"{order.driver}, attempts: {order.attempts}"
    if order.trouble:
        yield "trouble", order.trouble
    if order.secret is not None:
        yield "secret", "kept for the customer" + (f", shown {_moment(order.shown_at)}" if order.shown_at else "")
    if order.settled_at is not None:
        yield "ended", f"{_moment(order.settled_at)} by {order.settled_by}"
    if order.note:
        yield "note", order.note


@orders.command(name="done")
@click.option("--note", default="", help="A sentence for the customer.")
@click.option(
    "--fact", "facts", multiple=True, metavar="NAME=VALUE", help="What is different now, such as version=7.0."
)
@click.option(
    "--secret-file",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Holds what the customer asked to see, such as a transfer code; - reads it from stdin. Else it is asked for.",
)
@_on_order
def orders_done(order_id: int, note: str, facts: tuple[str, ...], secret_file: Path | None) -> None:
    """Say that an order was carried out."""
    order, _ = staff.find(order_id)
    texts = dict(_pair(fact) for fact in facts)
    secret = _read(secret_file) if secret_file else ""
    if not secret and not note and order.settled_at is None and staff.needs_secret(order):
        secret = _ask()
    _say(staff.done(order_id, _staff(), note, texts, secret))


@orders.command(name="fail")
@click.option("--note", required=True, help="Why, in a sentence for the customer.")
@_on_order
def orders_fail(order_id: int, note: str) -> None:
    """Say that an order was not carried out and will not be."""
    if not one_line(note):
        raise click.ClickException("Say why, for the customer: --note 'The server is being moved.'")
    _say(staff.fail(order_id, note, _staff()))


@orders.command(name="retry")
@_on_order
def orders_retry(order_id: int) -> None:
    """Hand an order to its driver once more. Make sure first that it was not carried out."""
    try:
        order = staff.retry(order_id, _staff())
    except staff.NobodyElseError:
        raise click.ClickException(
            f"Order {order_id} is for you to carry out, not for a driver. Say how it went: portal orders done|fail"
        ) from None
    click.echo(f"Order {order.id} goes to {order.driver} again: {order.act}, {one_line(order.object_name)}.")


def _say(order: Order) -> None:
    click.echo(f"Order {order.id} is {order.outcome}: {order.act}, {one_line(order.object_name)}.")


def _pair(fact: str) -> tuple[str, str]:
    name, equals, value = fact.partition("=")
    if not equals:
        raise click.ClickException(f"A fact looks like version=7.0, not {fact!r}.")
    return name.strip(), value


def _read(path: Path) -> str:
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text()
    except (OSError, UnicodeDecodeError):
        raise click.ClickException(f"{path} can't be read.") from None
    return _checked(text.strip())


def _ask() -> str:
    try:
        typed: str = click.prompt("What the customer asked to see", hide_input=True)
    except click.Abort:
        raise click.ClickException(
            "Give it with --secret-file, or say with --note where the customer finds it."
        ) from None
    return _checked(typed.strip())


def _checked(secret: str) -> str:
    if not (0 < len(secret) <= LONGEST_SECRET and secret.isprintable()):
        raise click.ClickException(f"A secret has 1 to {LONGEST_SECRET} characters in one line.")
    return secret


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _staff() -> audit.Actor:
    return audit.Actor(f"staff:{getpass.getuser()}")
