"""Acts on domain registrations."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from portal.acts import Act
from portal.kinds import Kind
from portal.models import Order
from portal.orders.ahead import orders_ahead
from portal.orders.effects import Effect, NotNowError, becomes, takes

_LOCKS = {Act.LOCK_DOMAIN: True, Act.UNLOCK_DOMAIN: False}
_RENEWS = {Act.AUTO_RENEW_ON: True, Act.AUTO_RENEW_OFF: False}


def is_locked(domain: Any, ahead: Sequence[Order] = ()) -> bool:
    """Whether it is locked; or will be, once the orders ahead are done."""
    return _in_the_end(_LOCKS, ahead, now=domain.locked)


def renews(domain: Any, ahead: Sequence[Order] = ()) -> bool:
    """Whether it is renewed by itself; or will be, once the orders ahead are done."""
    return _in_the_end(_RENEWS, ahead, now=domain.auto_renew)


def name_servers(domain: Any, ahead: Sequence[Order] = ()) -> list[str]:
    """Those that it has; or will have, once the orders ahead are done."""
    last = [order for order in ahead if order.act == Act.SET_NAME_SERVERS][-1:]
    found: list[str] = last[0].values["name_servers"] if last else domain.name_servers
    return found


def _in_the_end(ends: Mapping[Act, bool], ahead: Sequence[Order], *, now: bool) -> bool:
    for order in ahead:
        now = ends.get(Act(order.act), now)
    return now


def _makes_sense(session: Session, order: Order, domain: Any) -> None:
    ahead = orders_ahead(session, Kind(order.kind), domain.id)
    locked, renewed = is_locked(domain, ahead), renews(domain, ahead)
    match Act(order.act):
        case Act.LOCK_DOMAIN if locked:
            why = "is locked already."
        case Act.UNLOCK_DOMAIN if not locked:
            why = "is unlocked already."
        case Act.TRANSFER_DOMAIN if domain.locked or locked:
            why = "is locked. Unlock it, then ask for its transfer code."
        case Act.AUTO_RENEW_ON if renewed:
            why = "is renewed by itself already."
        case Act.AUTO_RENEW_OFF if not renewed:
            why = "is not renewed by itself already."
        case Act.SET_NAME_SERVERS if set(order.values["name_servers"]) == set(name_servers(domain, ahead)):
            why = "has these name servers already."
        case _:
            return
    raise NotNowError(f"{domain.name} {why}")


EFFECTS = {
    Act.LOCK_DOMAIN: Effect(becomes(locked=True), check=_makes_sense),
    Act.UNLOCK_DOMAIN: Effect(becomes(locked=False), check=_makes_sense),
    Act.TRANSFER_DOMAIN: Effect(check=_makes_sense, tells=True),
    Act.SET_NAME_SERVERS: Effect(takes(name_servers="name_servers"), check=_makes_sense),
    Act.AUTO_RENEW_ON: Effect(becomes(auto_renew=True), check=_makes_sense),
    Act.AUTO_RENEW_OFF: Effect(becomes(auto_renew=False), check=_makes_sense),
}
