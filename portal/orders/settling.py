"""How an order ends: by its driver, by the shop's answer, or by the shop's people."""

import logging
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask import current_app
from sqlalchemy import JSON, BigInteger, Integer, String, inspect, select
from sqlalchemy.orm import Session

from portal import sealing
from portal.acts import Act
from portal.audit import Actor
from portal.drivers.base import Done
from portal.kinds import Kind
from portal.models import Order
from portal.orders import objects
from portal.orders.catalogue import EFFECTS
from portal.orders.recording import record_event
from portal.orders.words import one_line
from portal.prune import SHOW_AGAIN
from portal.sealing import UnsealError

log = logging.getLogger("portal.orders")

GONE = "It is not there any more."


class Outcome(StrEnum):
    DONE = "done"
    FAILED = "failed"


class NoSuchOrderError(Exception):
    """There is no order with this number, or whoever says how it ended never had it."""


class SettledError(Exception):
    """It has ended before, and nothing was changed now."""

    def __init__(self, order: Order) -> None:
        super().__init__(order.id)
        # Not the row: it ends with the transaction that this error undoes.
        self.order_id, self.outcome = order.id, order.outcome
        self.at, self.by = order.settled_at, order.settled_by


def settle_done(session: Session, now: datetime, order: Order, done: Done, actor: Actor) -> None:
    """It was carried out: what the portal shows follows. The order is held and open."""
    effect = EFFECTS[Act(order.act)]
    thing = None
    if order.object_id is not None:
        thing = objects.hold(session, Kind(order.kind), order.account_id, order.object_id)
    facts = known(effect.facts, done.facts, thing)
    if thing is not None or order.object_id is None:
        effect.apply(session, order, thing, facts)
        for column, value in facts.items():
            if thing is not None and hasattr(thing, column):
                setattr(thing, column, value)
    if done.secret and (effect.makes_password or effect.tells) and done.secret != _kept(order):
        order.secret = sealing.seal(current_app.config["SEAL_KEY"], done.secret)
        order.shown_at = order.shown_to = None
    elif order.shown_at is not None and now - order.shown_at >= SHOW_AGAIN:
        order.secret = None  # Not before: it may be done before the customer has looked, or looks again.
    _settle(session, now, order, Outcome.DONE, done.note, actor)
    if effect.removes:
        _end_others(session, now, order, actor)


def settle_failed(session: Session, now: datetime, order: Order, note: str, actor: Actor) -> None:
    """It was not carried out, and will not be. The order is held and open."""
    order.secret = None
    effect = EFFECTS[Act(order.act)]
    if effect.failed is not None:
        effect.failed(session, order)
    _settle(session, now, order, Outcome.FAILED, note, actor)


def known(allowed: Mapping[str, type], facts: Mapping[str, Any], thing: Any) -> dict[str, Any]:
    """Those that the act may say and the columns of its object can hold. The others are left out."""
    kept = {name: facts[name] for name, kind in allowed.items() if fits(facts.get(name), kind, thing, name)}
    left_out = sorted(str(name)[:40] for name in facts if name not in kept)
    if left_out:
        log.warning("facts that can't be kept: %s", ", ".join(map(one_line, left_out)))
    return kept


MOST_TEXTS = 100
LONGEST_TEXT = 253
"""Of a list among the facts: texts, and characters in one."""
_WHOLE = {Integer: 2**31, BigInteger: 2**63}


def fits(fact: Any, kind: type, thing: Any, name: str) -> bool:
    if type(fact) is not kind:  # Also True, which is a whole number for Python and for no one else.
        return False
    column = inspect(type(thing)).columns.get(name) if thing is not None else None
    holds = JSON() if column is None else column.type
    if isinstance(fact, str):
        return _is_text(fact, (isinstance(holds, String) and holds.length) or LONGEST_TEXT)
    if isinstance(fact, list):
        return len(fact) <= MOST_TEXTS and all(_is_text(item, LONGEST_TEXT) for item in fact)
    if isinstance(fact, int):
        most = next((most for whole, most in _WHOLE.items() if type(holds) is whole), 2**31)
        return -most <= fact < most
    return True


def _is_text(fact: Any, longest: int) -> bool:
    return isinstance(fact, str) and 0 < len(fact) <= longest and fact.isprintable()


def _kept(order: Order) -> str | None:
    try:
        return sealing.unseal(current_app.config["SEAL_KEY"], order.secret) if order.secret else None
    except UnsealError:
        return None


def _settle(session: Session, now: datetime, order: Order, outcome: Outcome, note: str, actor: Actor) -> None:
    order.settled_at, order.outcome, order.settled_by = now, outcome, actor.by
    order.note = one_line(note) or None
    order.lease = order.lease_until = order.due_at = None
    record_event(session, now, actor, f"{order.act}: {outcome}", order)


def _end_others(session: Session, now: datetime, order: Order, actor: Actor) -> None:
    """What else waits for the object that is gone. Another thing may get its number one day."""
    waiting = select(Order).where(
        Order.kind == order.kind,
        Order.object_id == order.object_id,
        Order.settled_at.is_(None),
        Order.lease.is_(None),  # A driver at it finds out by itself.
        Order.id != order.id,
    )
    for other in session.scalars(waiting.with_for_update(skip_locked=True)):
        settle_failed(session, now, other, GONE, actor)
