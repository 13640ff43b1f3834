"""The orders on one object, as its page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.acts import Act
from portal.kinds import Kind
from portal.models import Order
from portal.orders import listing
from portal.orders.ahead import orders_ahead
from portal.orders.catalogue import EFFECTS


@dataclass(frozen=True)
class Orders:
    last: Sequence[Order]
    """The newest, newest first."""
    ahead: Sequence[Order]
    """All that are open, oldest first."""

    @property
    def asked(self) -> frozenset[str]:
        """The acts that are open."""
        return frozenset(order.act for order in self.ahead)

    @property
    def removes(self) -> bool:
        """Whether the object will be gone."""
        return any(EFFECTS[Act(act)].removes for act in self.asked)


def orders_on(session: Session, kind: Kind, thing: Any) -> Orders:
    return Orders(listing.last_of(session, kind, thing.account_id, thing.id), orders_ahead(session, kind, thing.id))
