"""What is counted, and what happened."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base, BigId, UtcDateTime

_HAS_ADDRESS = text("address IS NOT NULL")


class LimitHit(Base):
    __tablename__ = "limit_hits"
    __table_args__ = (Index("ix_limit_hits_key", "key", "until"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """When the hit no longer counts; None for a run, which ends otherwise."""


class AuditEvent(Base):
    __tablename__ = "audit_events"
    __table_args__ = (
        # A page of an account's history is read in its order, whatever the account has done before.
        Index("ix_audit_events_account", "account_id", "at", "id"),
        Index("ix_audit_events_object", "account_id", "kind", "object_id", "at", "id"),
        # For pruning, which would otherwise read years of events each time.
        Index("ix_audit_events_address", "at", sqlite_where=_HAS_ADDRESS, postgresql_where=_HAS_ADDRESS),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    event: Mapped[str] = mapped_column(String(40))
    by: Mapped[str] = mapped_column(String(100))
    """"customer", "portal", "staff:<login name>", "driver:<name>", or "desk:<whom the help desk named>"."""
    address: Mapped[str | None] = mapped_column(String(64))
    browser: Mapped[str | None] = mapped_column(String(200))
    proof: Mapped[str | None] = mapped_column(String(40))
    """What allowed it, where something had to: as in Order."""
    kind: Mapped[str | None] = mapped_column(String(20))
    object_id: Mapped[int | None] = mapped_column(BigId)
    """Of what it was done to; None for the account itself."""
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
