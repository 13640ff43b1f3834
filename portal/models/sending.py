"""Codes that were asked for, and the texts that carry them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base, UtcDateTime

_WAITING = text("settled_at IS NULL")


class Purpose(StrEnum):
    """What a code pays for."""

    SIGN_IN = "sign_in"
    PROVE = "prove"
    CONFIRM = "confirm"


class Challenge(Base):
    """A code that was asked for. Its state is worked out from these columns and the time (`portal/codes.py`)."""

    __tablename__ = "challenges"
    __table_args__ = (Index("ix_challenges_browser", "session_id", "purpose"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    """128 random bits."""
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    epoch: Mapped[int]
    session_id: Mapped[str] = mapped_column(String(64))
    """The one browser in which the code works."""
    purpose: Mapped[str] = mapped_column(String(10))
    subject: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What the code pays for: slot and number to prove, or the act to confirm with its values, until it is done or
    given up. Never another."""
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    password_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the password behind it was typed; a new code may follow without it for a while."""
    attempts: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def is_open(self, now: datetime, most_attempts: int, epoch: int) -> bool:
        """Whether a code could still be redeemed, `epoch` being the account's now."""
        return self.used_at is None and now < self.expires_at and self.attempts < most_attempts and self.epoch == epoch


class TextMessage(Base):
    """The outbox: a text to be sent, and what became of it. What it says is worked out when it is sent."""

    __tablename__ = "texts"
    __table_args__ = (
        Index("ix_texts_waiting", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        CheckConstraint("(outcome IS NULL) = (settled_at IS NULL)", name="settled"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Random; the reference that the provider sees."""
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    """"code", or the name of a notice."""
    challenge_id: Mapped[str | None] = mapped_column(ForeignKey("challenges.id"), index=True)
    slot: Mapped[str] = mapped_column(String(10))
    number: Mapped[str] = mapped_column(String(16))
    proven: Mapped[bool]
    """Whether the number was proven when the text was queued."""
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    dies_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    passes: Mapped[int] = mapped_column(default=0)
    """How often all providers were tried in vain."""
    possible: Mapped[int] = mapped_column(default=0)
    """How often a provider may have sent it without saying so."""
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    outcome: Mapped[str | None] = mapped_column(String(10))
    """accepted, possible, rejected or dropped."""
    provider: Mapped[str | None] = mapped_column(String(50))
    provider_id: Mapped[str | None] = mapped_column(String(100))
    reason: Mapped[str | None] = mapped_column(String(200))
