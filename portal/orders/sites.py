"""Acts on WordPress sites."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from portal.acts import Act
from portal.models import Order
from portal.orders.effects import Effect, NotNowError, forget


def _has_update(session: Session, order: Order, site: Any) -> None:
    del session
    if order.values["version"] is None or order.values["version"] != site.new_version:
        raise NotNowError(f"There is no update for {site.domain}: it is at version {site.version}.")


def _has_admin(session: Session, order: Order, site: Any) -> None:
    del session
    if order.values["admin"] not in [site.admin, *site.more_admins]:
        raise NotNowError(f"{site.domain} has no admin of that name.")


def _updated(session: Session, order: Order, site: Any, facts: Mapping[str, Any]) -> None:
    """A driver that updated to another version says so in its facts, which go on top of this."""
    del session, facts
    site.version, site.new_version = order.values["version"], None


EFFECTS = {
    Act.UPDATE_SITE: Effect(_updated, {"version": str}, _has_update),
    Act.RESET_ADMIN: Effect(check=_has_admin, makes_password=True),
    Act.DELETE_SITE: Effect(forget, removes=True),
}
