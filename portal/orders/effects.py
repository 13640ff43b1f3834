"""What an act does to what the portal shows, once it is carried out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from portal.models import Order


class NotNowError(Exception):
    """The act can't be asked for as things are. The message is a sentence that the customer may read."""


def nothing(session: Session, order: Order, thing: Any, facts: Mapping[str, Any]) -> None:
    del session, order, thing, facts


def forget(session: Session, order: Order, thing: Any, facts: Mapping[str, Any]) -> None:
    """It is deleted."""
    del order, facts
    session.delete(thing)


def becomes(**columns: Any) -> "Apply":
    """Its columns have these values now."""

    def apply(session: Session, order: Order, thing: Any, facts: Mapping[str, Any]) -> None:
        del session, order, facts
        for name, value in columns.items():
            setattr(thing, name, value)

    return apply


def takes(**columns: str) -> "Apply":
    """Its columns have the named values of the order now."""

    def apply(session: Session, order: Order, thing: Any, facts: Mapping[str, Any]) -> None:
        del session, facts
        for column, name in columns.items():
            setattr(thing, column, order.values[name])

    return apply


Apply = Callable[[Session, Order, Any, Mapping[str, Any]], None]
"""Session, order, its object (None for one that is made), and the facts of the driver."""


@dataclass(frozen=True)
class Effect:
    apply: Apply = nothing
    facts: Mapping[str, type] = field(default_factory=dict)
    """The columns that a driver may say, with their types. What else it says is left out."""
    check: Callable[[Session, Order, Any], None] | None = None
    """Raises NotNowError for what can't be asked now. Runs in the transaction that makes the order."""
    makes_password: bool = False
    """Whether a new password is made with the order, shown once, and kept encrypted until it is settled."""
    tells: bool = False
    """Whether its driver answers with something to show, once."""

    @property
    def removes(self) -> bool:
        """Whether its object is gone afterwards."""
        return self.apply is forget
