"""Making an order: in the transaction of the proof that allows it."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit, sealing
from portal.acts import TERMS, Act
from portal.audit import About, Client
from portal.kinds import Kind
from portal.models import Account, Order
from portal.orders import objects, queue
from portal.orders.catalogue import EFFECTS
from portal.orders.effects import NotNowError

LOCAL = "local"
_LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that are taken for another."""
_PASSWORD_LENGTH = 20
"""Letters; 117 bits."""


def act_on(act: Act, kind: Kind, thing: Any, once: str, **values: Any) -> dict[str, Any]:
    """The act as it waits: on this object as it is now."""
    return {
        "act": act,
        "kind": kind,
        "id": thing.id,
        "name": objects.name_of(thing),
        "revision": thing.revision,
        "values": values,
        "once": once,
    }


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
    thing = objects.hold(session, kind, account.id, act["id"]) if act["id"] is not None else None
    is_other = thing is None or (thing.revision != act["revision"] and not effect.binds_itself)
    if act["id"] is not None and is_other:
        raise NotNowError(f"{act['name']} has changed since you asked, so nothing was done. Look at it and ask again.")
    driver = current_app.config["DRIVERS"][kind].name
    order = Order(
        account_id=account.id,
        once=act["once"],
        kind=kind,
        object_id=act["id"],
        object_name=act["name"],
        act=act["act"],
        values=act["values"],
        asked_at=now,
        by="customer",
        address=client.address,
        proof=proof,
        driver=driver,
        due_at=None if driver == LOCAL else now,
    )
    if effect.check is not None:
        effect.check(session, order, thing)
    if effect.makes_password:
        password = "".join(secrets.choice(_LETTERS) for _ in range(_PASSWORD_LENGTH))
        order.secret = sealing.seal(current_app.config["SEAL_KEY"], password)
    queue.add(session, order)
    about = About(kind, act["id"], proof)
    audit.record_about(
        session, now, audit.customer(client), act["act"], account.id, about, name=act["name"], order=str(order.id)
    )
    return order
