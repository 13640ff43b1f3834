"""Tickets: what customers and the shop write to each other."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.database import Base, BigId, UtcDateTime

_WAITS = text("due_at IS NOT NULL")


class Ticket(Base):
    __tablename__ = "tickets"
    __table_args__ = (
        Index("ix_tickets_account", "account_id", "changed_at"),
        UniqueConstraint("account_id", "once"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    once: Mapped[str] = mapped_column(String(32))
    """Made with the form that opened it, so that a double click opens one."""
    subject: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the customer last wrote."""
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the shop last did."""
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The `answered_at` that the customer has seen."""
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str | None] = mapped_column(String(100))

    messages: Mapped[list["TicketMessage"]] = relationship(order_by="TicketMessage.id")

    @property
    def ref(self) -> str:
        """By which the help desk knows it: also where a restored backup gave an id a second time."""
        return f"{self.id}-{self.once[:8]}"

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def has_new_answer(self) -> bool:
        return self.answered_at is not None and self.answered_at != self.seen_at

    @property
    def waits_for_shop(self) -> bool:
        return not self.is_closed and (self.answered_at is None or self.answered_at < self.asked_at)


class TicketMessage(Base):
    """Plain text, with codes masked before it is kept. `due_at` says that the help desk has not taken it yet."""

    __tablename__ = "ticket_messages"
    __table_args__ = (
        UniqueConstraint("ticket_id", "once"),
        Index("ix_ticket_messages_due", "due_at", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(100))
    """"customer", "staff:<login name>", or "desk:<whom the help desk named>"."""
    body: Mapped[str] = mapped_column(Text)
    """Empty where nothing was written and the ticket was only closed."""
    closes: Mapped[bool] = mapped_column(default=False)
    once: Mapped[str] = mapped_column(String(64))
    """Made with the form, or from the help desk's own id, so that the same message is kept once."""

    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    trouble: Mapped[str | None] = mapped_column(String(500))
    """Why the help desk did not take it at the last attempt."""
