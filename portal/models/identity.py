"""Accounts, their phones, and the browsers that signed in."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.database import Base, BigId, UtcDateTime


class AccountType(StrEnum):
    PERSONAL = "personal"
    BUSINESS = "business"
    RESELLER = "reseller"


class Slot(StrEnum):
    PRIMARY = "primary"
    BACKUP = "backup"


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    """Case-folded."""
    external_id: Mapped[str | None] = mapped_column(String(100), unique=True)
    """The shop's own id for the customer, by which an import finds it again."""
    name: Mapped[str] = mapped_column(String(100))
    account_type: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(String(200))
    epoch: Mapped[int] = mapped_column(default=0)
    """Rises with each change of password or phone. What carries an older one is dead."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    phones: Mapped[list["Phone"]] = relationship(
        back_populates="account", order_by="Phone.slot.desc()", lazy="selectin", cascade="all, delete-orphan"
    )

    def phone(self, slot: Slot | str) -> "Phone | None":
        return next((phone for phone in self.phones if phone.slot == slot), None)

    @property
    def has_two_factor(self) -> bool:
        return bool(self.phones)


class Phone(Base):
    """A proven number. An unproven one lives only in its challenge."""

    __tablename__ = "phones"
    __table_args__ = (UniqueConstraint("account_id", "slot"), UniqueConstraint("account_id", "number"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    slot: Mapped[str] = mapped_column(String(10))
    number: Mapped[str] = mapped_column(String(16))
    proven_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship(back_populates="phones")


class BrowserSession(Base):
    """A browser that gave the right password, and if `signed_in` also the code where one is asked for."""

    __tablename__ = "browser_sessions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the token in the cookie."""
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    epoch: Mapped[int]
    signed_in: Mapped[bool]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    address: Mapped[str] = mapped_column(String(64))
    browser: Mapped[str] = mapped_column(String(200))
    password_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the password was last typed here."""
    factor_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a code was last proved here."""
    proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When all that the account's sign-in asks for was last proved here."""
    fresh_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """How long that proof counts as fresh; use moves it on."""
    pending: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The act that waits for /auth/confirm: its name and values."""
    pending_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pending_password_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the password for the waiting act was typed."""

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class KnownBrowser(Base):
    """A browser in which the account's customer has signed in before."""

    __tablename__ = "known_browsers"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the token in the cookie."""
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """When it last signed in."""
