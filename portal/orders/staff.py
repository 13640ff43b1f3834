"""What the shop's people do to orders: look, say how they ended, or hand them out once more. All of it is recorded."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from portal import clock, sealing
from portal.acts import Act
from portal.audit import Actor
from portal.database import begin_read, begin_write
from portal.drivers.base import Done
from portal.kinds import Kind
from portal.models import Account, Order
from portal.orders import objects, queue, settling
from portal.orders.catalogue import EFFECTS
from portal.orders.placing import LOCAL
from portal.orders.recording import record_event
from portal.orders.settling import NoSuchOrderError, SettledError

_READ: Mapping[type, Callable[[str], Any]] = {
    str: str.strip,
    int: int,
    list: lambda text: [item.strip() for item in text.split(",") if item.strip()],
}
"""How a fact is read from what is typed. A list has commas."""
NO_FACTS: Mapping[str, str] = {}


class HeldError(Exception):
    """A driver is at it just now."""


class NotNeededError(Exception):
    """There is no password that waits to be set by hand."""


class NobodyElseError(Exception):
    """It is for the shop's people already: no driver would take it."""


class FactError(Exception):
    """The message is a sentence: what can't be said about this order, and what can."""


def find(order_id: int) -> tuple[Order, Account]:
    """Raises NoSuchOrderError."""
    with begin_read() as session:
        order = session.get(Order, order_id)
        if order is None:
            raise NoSuchOrderError
        return order, session.get_one(Account, order.account_id)


def reveal(order_id: int, actor: Actor) -> str:
    """The new password that is to be set by hand. Raises UnsealError too."""
    with _work_on(order_id) as (session, now, order):
        if order.secret is None or not EFFECTS[Act(order.act)].makes_password:
            raise NotNeededError
        password = sealing.unseal(current_app.config["SEAL_KEY"], order.secret)
        record_event(session, now, actor, "password revealed", order)
    return password


def done(order_id: int, actor: Actor, note: str = "", texts: Mapping[str, str] = NO_FACTS, secret: str = "") -> Order:
    """It was carried out. `texts`: its facts as they are typed. Raises FactError for what its act has no place for."""
    with _work_on(order_id) as (session, now, order):
        effect = EFFECTS[Act(order.act)]
        if secret and not (effect.tells or effect.makes_password):
            raise FactError(f"After {order.act} there is nothing to show to the customer.")
        said = Done(_read(session, order, texts), secret or None, note)
        settling.settle_done(session, now, order, said, actor)
    return order


def fail(order_id: int, note: str, actor: Actor) -> Order:
    """It was not carried out, and will not be."""
    with _work_on(order_id) as (session, now, order):
        settling.settle_failed(session, now, order, note, actor)
    return order


def retry(order_id: int, actor: Actor) -> Order:
    """Hand it to its driver once more, whatever may have come of the attempts before. Raises NobodyElseError."""
    with _work_on(order_id) as (session, now, order):
        driver = current_app.config["DRIVERS"][Kind(order.kind)].name
        if driver == LOCAL:
            raise NobodyElseError
        order.driver, order.due_at, order.possible, order.trouble = driver, now, False, None
        order.lease = order.lease_until = None
        record_event(session, now, actor, f"{order.act}: retried", order)
    return order


def needs_secret(order: Order) -> bool:
    """Whether the customer asked to see something that only who carries it out can know."""
    return EFFECTS[Act(order.act)].tells


@contextmanager
def _work_on(order_id: int) -> Iterator[tuple[Session, datetime, Order]]:
    """An open order that no driver is at. Raises NoSuchOrderError, SettledError, HeldError."""
    now = clock.now()
    with begin_write() as session:
        order = queue.hold(session, order_id)
        if order is None:
            raise NoSuchOrderError
        if order.settled_at is not None:
            raise SettledError(order)
        if order.is_held(now):
            raise HeldError
        yield session, now, order


def _read(session: Session, order: Order, texts: Mapping[str, str]) -> dict[str, Any]:
    allowed = EFFECTS[Act(order.act)].facts
    thing = None
    if order.object_id is not None:
        thing = objects.find(session, Kind(order.kind), order.account_id, order.object_id)
    facts: dict[str, Any] = {}
    for name, text in texts.items():
        if name not in allowed:
            known = ", ".join(allowed) or "none"
            raise FactError(f"{name} is no fact of this order. It takes: {known}.")
        try:
            facts[name] = _READ[allowed[name]](text)
        except ValueError:
            raise FactError(f"{name} must be a whole number.") from None
        if not settling.fits(facts[name], allowed[name], thing, name):
            raise FactError(f"{name} must be shorter, and of plain letters, digits and signs.")
    return facts
