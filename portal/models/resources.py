"""What an account controls. The shop's people and import fill these tables; each row belongs to one account."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.database import Base, BigId


class _Owned:
    """A row of one account."""

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)


class VirtualServer(_Owned, Base):
    __tablename__ = "virtual_servers"

    name: Mapped[str] = mapped_column(String(100))
    location: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(20))
    """running, stopped or rebooting."""
    vcpus: Mapped[int]
    memory_gb: Mapped[int]
    disk_gb: Mapped[int]
    address: Mapped[str] = mapped_column(String(45))


class DedicatedServer(_Owned, Base):
    __tablename__ = "dedicated_servers"

    name: Mapped[str] = mapped_column(String(100))
    location: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(20))
    """on or off."""
    processor: Mapped[str] = mapped_column(String(100))
    memory_gb: Mapped[int]
    address: Mapped[str] = mapped_column(String(45))


class WordPressSite(_Owned, Base):
    __tablename__ = "wordpress_sites"

    domain: Mapped[str] = mapped_column(String(253))
    version: Mapped[str] = mapped_column(String(20))
    new_version: Mapped[str | None] = mapped_column(String(20))
    """The version it can be updated to, if any."""
    admin: Mapped[str] = mapped_column(String(100))


class Domain(_Owned, Base):
    __tablename__ = "domains"

    name: Mapped[str] = mapped_column(String(253), unique=True)
    expires_on: Mapped[date]
    locked: Mapped[bool]
    auto_renew: Mapped[bool]


class DnsZone(_Owned, Base):
    __tablename__ = "dns_zones"

    name: Mapped[str] = mapped_column(String(253), unique=True)
    serial: Mapped[int] = mapped_column(BigId)

    record_sets: Mapped[list["DnsRecordSet"]] = relationship()


class DnsRecordSet(Base):
    """All records of one name and type (RFC 2181, 5)."""

    __tablename__ = "dns_record_sets"
    __table_args__ = (UniqueConstraint("zone_id", "name", "type"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    zone_id: Mapped[int] = mapped_column(ForeignKey("dns_zones.id"))
    name: Mapped[str] = mapped_column(String(253))
    type: Mapped[str] = mapped_column(String(10))
    ttl: Mapped[int]
    """Seconds."""
    values: Mapped[list[Any]] = mapped_column(JSON)


class Invoice(_Owned, Base):
    __tablename__ = "invoices"
    __table_args__ = (UniqueConstraint("number"),)

    number: Mapped[str] = mapped_column(String(50))
    issued_on: Mapped[date]
    due_on: Mapped[date]
    paid_on: Mapped[date | None]
    currency: Mapped[str] = mapped_column(String(3))
    """ISO 4217."""
    total: Mapped[Decimal] = mapped_column(Numeric(12, 2))
