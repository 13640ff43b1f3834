"""Making an order: in the transaction of the proof that allows it."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit, sealing
from portal.acts import TERMS, Act
from portal.audit import Client
from portal.kinds import Kind
from portal.models import Account, Order
from portal.orders import objects, queue
from portal.orders.ahead import orders_ahead
from portal.orders.catalogue import EFFECTS
from portal.orders.effects import NotNowError
from portal.orders.recording import record_event

LOCAL = "local"
_LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that are taken for another."""
_PASSWORD_LENGTH = 20
"""Letters; 117 bits."""


def act_on(act: Act, kind: Kind, thing: Any, once: str, **values: Any) -> dict[str, Any]:
    """The act as it waits: on this object as it is now. `once` is that of its form, or of several beside each other."""
    asked = {
        "act": act,
        "kind": kind,
        "id": thing.id,
        "name": objects.name_of(thing),
        "revision": thing.revision,
        "values": values,
    }
    # Another act from the same page is no double click.
    this_once = json.dumps([once, act, kind, thing.id, values], sort_keys=True)
    return asked | {"once": hashlib.sha256(this_once.encode()).hexdigest()[:32]}


def refuse(session: Session, account: Account, act: Mapping[str, Any]) -> None:
    """Raise NotNowError for what would be refused anyway, so that no code is sent for it."""
    _check(session, _new(account, act), act)


def place(
    session: Session, now: datetime, account: Account, act: Mapping[str, Any], client: Client, proof: str
) -> Order:
    """The order for an act that was allowed; the same again for a double click. Raises NotNowError.

    Nothing is written before it raises.
    """
    earlier = session.scalar(select(Order).where(Order.account_id == account.id, Order.once == act["once"]))
    if earlier is not None:
        return earlier
    kind, effect = Kind(act["kind"]), EFFECTS[Act(act["act"])]
    assert kind in TERMS[Act(act["act"])].kinds  # nosec B101  # noqa: S101 - views ask only for what fits
    order = _new(account, act)
    order.asked_at, order.by, order.address, order.proof = now, "customer", client.address, proof
    order.driver = current_app.config["DRIVERS"][kind].name
    order.due_at = None if order.driver == LOCAL else now
    _check(session, order, act)
    if effect.makes_password:
        password = "".join(secrets.choice(_LETTERS) for _ in range(_PASSWORD_LENGTH))
        order.secret = sealing.seal(current_app.config["SEAL_KEY"], password)
    queue.add(session, order)
    record_event(session, now, audit.customer(client), act["act"], order, proof)
    return order


def _new(account: Account, act: Mapping[str, Any]) -> Order:
    """Not in the session yet."""
    return Order(
        account_id=account.id,
        once=act["once"],
        kind=Kind(act["kind"]),
        object_id=act["id"],
        object_name=act["name"],
        act=act["act"],
        values=act["values"],
    )


def _check(session: Session, order: Order, act: Mapping[str, Any]) -> None:
    """Raises NotNowError for what makes no sense as things are."""
    effect, thing = EFFECTS[Act(act["act"])], None
    if act["id"] is not None:
        kind = Kind(act["kind"])
        thing = objects.hold(session, kind, order.account_id, act["id"])
        if thing is None or (thing.revision != act["revision"] and not effect.binds_itself):
            raise NotNowError(
                f"{act['name']} has changed since you asked, so nothing was done. Look at it and ask again."
            )
        _check_ahead(order, orders_ahead(session, kind, act["id"]))
    if effect.check is not None:
        effect.check(session, order, thing)


def _check_ahead(order: Order, ahead: Sequence[Order]) -> None:
    for earlier in ahead:
        if EFFECTS[Act(earlier.act)].removes:
            raise NotNowError(f"{order.object_name} is being deleted, so nothing else can be asked for.")
        if (earlier.act, earlier.values) == (order.act, order.values):
            title = TERMS[Act(order.act)].title
            raise NotNowError(f"“{title}” is asked for already. It is listed under Last orders.")
