"""What customers asked for, and what became of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base, BigId, UtcDateTime

_OPEN = text("settled_at IS NULL")
_HAS_SECRET = text("secret IS NOT NULL")


class Order(Base):
    """One act on one object, to be carried out by a driver or by the shop's people.

    Its state is worked out: open until it is settled; meanwhile a driver may be at it (`lease`), it may be due again
    (`due_at`), or wait for people or for the shop's answer (`due_at` is None).
    """

    __tablename__ = "orders"
    __table_args__ = (
        Index("ix_orders_due", "due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_orders_object", "kind", "object_id"),
        Index("ix_orders_secret", "settled_at", sqlite_where=_HAS_SECRET, postgresql_where=_HAS_SECRET),
        UniqueConstraint("account_id", "once"),
        CheckConstraint("(outcome IS NULL) = (settled_at IS NULL)", name="settled"),
        # A driver that has seen an id does not carry it out again, so that none may be used twice.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    once: Mapped[str] = mapped_column(String(32))
    """Made with the form that asked, so that a double click makes one order."""
    kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[int | None] = mapped_column(BigId)
    """The object may be gone by now."""
    object_name: Mapped[str] = mapped_column(String(253))
    act: Mapped[str] = mapped_column(String(40))
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What the act needs besides its object. No secret."""
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Encrypted: a new password until the order is settled, a transfer code until it was shown."""
    shown_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the customer was first shown the secret."""
    shown_to: Mapped[str | None] = mapped_column(String(64))
    """The id of the browser's session that it was shown in, where it can be seen again for a moment."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    by: Mapped[str] = mapped_column(String(100))
    address: Mapped[str | None] = mapped_column(String(64))
    proof: Mapped[str] = mapped_column(String(40))
    """What allowed it: "code", "password", "recent sign-in" or "recent code"."""

    driver: Mapped[str] = mapped_column(String(100))
    """Whoever has it, or had it last."""
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease: Mapped[str | None] = mapped_column(String(32))
    """Whose it is until `lease_until`. One that is over by then was cut off: nobody said how the attempt ended."""
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    """Begun ones."""
    possible: Mapped[bool] = mapped_column(default=False)
    """An attempt may have carried it out, and nobody knows."""
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(10))
    """done or failed."""
    settled_by: Mapped[str | None] = mapped_column(String(100))
    note: Mapped[str | None] = mapped_column(String(500))
    """What the customer is told about how it ended."""
    trouble: Mapped[str | None] = mapped_column(String(500))
    """Why the last attempt did not work, for the shop."""

    @property
    def unclear(self) -> bool:
        """It may have been carried out, nobody knows, and twice would do harm: people must look."""
        return self.possible and self.due_at is None and self.settled_at is None

    def is_held(self, now: datetime) -> bool:
        """Whether a driver is at it."""
        return self.lease_until is not None and self.lease_until > now
