"""How an order ends: by its driver, by the shop's answer, or by the shop's people."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from portal import audit, sealing
from portal.acts import Act
from portal.audit import About, Actor
from portal.drivers.base import Done
from portal.kinds import Kind
from portal.models import Order
from portal.orders import objects
from portal.orders.catalogue import EFFECTS


class Outcome(StrEnum):
    DONE = "done"
    FAILED = "failed"


def settle_done(session: Session, now: datetime, order: Order, done: Done, actor: Actor) -> None:
    """It was carried out: what the portal shows follows. The order is held and open."""
    effect = EFFECTS[Act(order.act)]
    thing = None
    if order.object_id is not None:
        thing = objects.hold(session, Kind(order.kind), order.account_id, order.object_id)
    facts = _known(done.facts, effect.facts)
    if thing is not None or order.object_id is None:
        effect.apply(session, order, thing, facts)
        for column, value in facts.items():
            if thing is not None and hasattr(thing, column):
                setattr(thing, column, value)
    if done.secret:
        order.secret = sealing.seal(current_app.config["SEAL_KEY"], done.secret)
    elif order.shown_at is not None:
        order.secret = None  # Not before: it may be done before the customer has looked.
    _settle(session, now, order, Outcome.DONE, done.note, actor)


def settle_failed(session: Session, now: datetime, order: Order, note: str, actor: Actor) -> None:
    order.secret = None
    effect = EFFECTS[Act(order.act)]
    if effect.failed is not None:
        effect.failed(session, order)
    _settle(session, now, order, Outcome.FAILED, note, actor)


def _settle(session: Session, now: datetime, order: Order, outcome: Outcome, note: str, actor: Actor) -> None:
    order.settled_at, order.outcome, order.settled_by = now, outcome, actor.by
    order.note = note[:500] or None
    order.lease = order.lease_until = order.due_at = None
    order.unclear = False
    about = About(Kind(order.kind), order.object_id)
    event = f"{order.act}: {outcome}"
    audit.record_about(session, now, actor, event, order.account_id, about, name=order.object_name, order=str(order.id))


LONGEST_FACT = 20
"""Characters of a text among the facts: the shortest column that takes one."""


def _known(facts: Mapping[str, Any], allowed: Mapping[str, type]) -> dict[str, Any]:
    return {name: facts[name] for name, kind in allowed.items() if _fits(facts.get(name), kind)}


def _fits(fact: Any, kind: type) -> bool:
    texts = fact if isinstance(fact, list) else [fact]
    return isinstance(fact, kind) and all(not isinstance(text, str) or len(text) <= LONGEST_FACT for text in texts)
