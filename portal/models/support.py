"""Tickets: what customers and the shop write to each other."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.database import Base, BigId, UtcDateTime


class Ticket(Base):
    __tablename__ = "tickets"
    __table_args__ = (Index("ix_tickets_account", "account_id", "changed_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    subject: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str | None] = mapped_column(String(100))

    messages: Mapped[list["TicketMessage"]] = relationship(order_by="TicketMessage.id")


class TicketMessage(Base):
    """Plain text, with codes masked before it is kept."""

    __tablename__ = "ticket_messages"
    __table_args__ = (UniqueConstraint("ticket_id", "once"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(100))
    """"customer", or "staff:<name>"."""
    body: Mapped[str] = mapped_column(Text)
    once: Mapped[str] = mapped_column(String(64))
    """Made with the form, or the help desk's own id, so that the same message is kept once."""
