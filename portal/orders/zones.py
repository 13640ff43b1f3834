"""Acts on DNS zones."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.acts import Act
from portal.dns import difference, rules
from portal.dns.difference import Change, OutdatedError
from portal.kinds import Kind
from portal.models import DnsChange, DnsDraft, DnsZone, Order
from portal.orders.effects import Effect, NotNowError
from portal.zones import content, history

_FACTS = {"serial": int}
_ON_ITS_WAY = "An earlier change of {name} is still on its way. Wait until it is done, then ask again."


def _check_changes(session: Session, order: Order, zone: DnsZone) -> None:
    """What is asked still fits what is there, and what is on its way."""
    changes = _from_draft(session, order) if "draft" in order.values else order.values["changes"]
    if order.act == Act.CHANGE_RECORDS and difference.touches_apex(changes):
        raise NotNowError("This needs a code. Open the zone and ask again.")
    touched = {(change["name"], change["type"]) for change in changes}
    for earlier in _open(session, zone.id):
        others = {(change["name"], change["type"]) for change in earlier.values.get("changes", [])}
        if not others or touched & others:
            raise NotNowError(_ON_ITS_WAY.format(name=zone.name))
    try:
        after = difference.apply(content.read(session, zone.id), changes)
    except OutdatedError as error:
        raise NotNowError(
            f"{error.name} {error.type} has been changed since you looked. Look at it and ask again."
        ) from error
    for conflict in rules.check(zone.name, after, touched):
        if conflict.stops:
            raise NotNowError(conflict.sentence)
    order.values = {"changes": changes, "serial": zone.serial, "undoes": order.values.get("undoes")}


def _check_deletion(session: Session, order: Order, zone: DnsZone) -> None:
    if _open(session, zone.id):
        raise NotNowError(_ON_ITS_WAY.format(name=zone.name))
    changes = difference.between(content.read(session, zone.id), ())
    order.values = {"changes": changes, "serial": zone.serial}


def _check_making(session: Session, order: Order, zone: None) -> None:
    del zone
    changes = _from_draft(session, order)
    on_its_way = select(Order.id).where(
        Order.kind == Kind.DNS, Order.act == Act.MAKE_ZONE, Order.object_name == order.object_name,
        Order.settled_at.is_(None),
    )  # fmt: skip
    taken = session.scalar(select(DnsZone.id).where(DnsZone.name == order.object_name))
    if taken is not None or session.scalar(on_its_way) is not None:
        raise NotNowError(f"There is a zone {order.object_name} already, or it is on its way.")
    deleted = session.get_one(DnsChange, order.values["undoes"])
    order.values = {"changes": changes, "serial": deleted.serial, "undoes": deleted.id}


def _from_draft(session: Session, order: Order) -> list[Change]:
    """The changes of the account's own draft, if this act is what it takes to carry it out."""
    draft = session.get(DnsDraft, order.values["draft"])
    if draft is None or draft.account_id != order.account_id or draft.zone_name != order.object_name:
        raise NotNowError("What you looked at is too old by now. Make it again.")
    if history.act_of(session, draft) != order.act:
        raise NotNowError("This needs another confirmation. Open the zone and ask again.")
    order.values = {"draft": draft.id, "undoes": draft.undoes_id}
    changes: list[Change] = draft.changes
    return changes


def _open(session: Session, zone_id: int) -> list[Order]:
    return list(
        session.scalars(
            select(Order).where(Order.kind == Kind.DNS, Order.object_id == zone_id, Order.settled_at.is_(None))
        )
    )


def _change(session: Session, order: Order, zone: DnsZone, facts: Mapping[str, Any]) -> None:
    content.put(session, zone.id, order.values["changes"])
    zone.serial = facts.get("serial", zone.serial + 1)
    _keep(session, order, zone.serial)


def _delete(session: Session, order: Order, zone: DnsZone, facts: Mapping[str, Any]) -> None:
    del facts
    _keep(session, order, zone.serial)
    content.put(session, zone.id, difference.between(content.read(session, zone.id), ()))
    session.execute(delete(DnsDraft).where(DnsDraft.zone_id == zone.id))
    session.delete(zone)


def _make(session: Session, order: Order, zone: None, facts: Mapping[str, Any]) -> None:
    del zone
    made = DnsZone(
        account_id=order.account_id,
        name=order.object_name,
        serial=facts.get("serial", order.values["serial"] + 1),
    )
    session.add(made)
    session.flush()
    order.object_id = made.id
    content.put(session, made.id, order.values["changes"])
    _keep(session, order, made.serial)


def _keep(session: Session, order: Order, serial: int) -> None:
    session.add(
        DnsChange(
            account_id=order.account_id,
            zone_name=order.object_name,
            order_id=order.id,
            at=order.asked_at,
            act=order.act,
            by=order.by,
            address=order.address,
            proof=order.proof,
            undoes_id=order.values.get("undoes"),
            serial=serial,
            changes=order.values["changes"],
        )
    )


def _look_again(session: Session, order: Order) -> None:
    """It may have failed because the zone is not what the portal knows."""
    session.execute(update(DnsZone).where(DnsZone.id == order.object_id).values(look_at=None))


_CHANGES = Effect(_change, _FACTS, _check_changes, _look_again, binds_itself=True)
EFFECTS = {
    Act.CHANGE_RECORDS: _CHANGES,
    Act.CHANGE_APEX: _CHANGES,
    Act.IMPORT_ZONE: _CHANGES,
    Act.DELETE_ZONE: Effect(_delete, check=_check_deletion, failed=_look_again, removes=True),
    Act.MAKE_ZONE: Effect(_make, _FACTS, _check_making),
}
