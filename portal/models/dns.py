"""Zones, their record sets, and what was changed in them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.database import Base, BigId, UtcDateTime
from portal.models.resources import Owned


class DnsZone(Owned, Base):
    """A zone as its name server is known to have it."""

    __tablename__ = "dns_zones"

    name: Mapped[str] = mapped_column(String(253), unique=True)
    serial: Mapped[int] = mapped_column(BigId)
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was last compared with what the name server has; None where that can't be asked."""
    look_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """When it is to be compared again; None: as soon as possible."""

    record_sets: Mapped[list["DnsRecordSet"]] = relationship(cascade="all, delete-orphan")


class DnsRecordSet(Base):
    """All records of one name and type (RFC 2181, 5)."""

    __tablename__ = "dns_record_sets"
    __table_args__ = (UniqueConstraint("zone_id", "name", "type"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    zone_id: Mapped[int] = mapped_column(ForeignKey("dns_zones.id"))
    name: Mapped[str] = mapped_column(String(253))
    """Relative to the zone, lower case; "@" for the zone's own name."""
    type: Mapped[str] = mapped_column(String(10))
    ttl: Mapped[int]
    """Seconds."""
    values: Mapped[list[Any]] = mapped_column(JSON)
    """Each in canonical form, names absolute, sorted."""


class DnsDraft(Base):
    """A difference that waits for its customer to look at it: an import, or an undo."""

    __tablename__ = "dns_drafts"
    # A page that shows a draft which is gone by now must not lead to another.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    zone_id: Mapped[int | None] = mapped_column(ForeignKey("dns_zones.id"), index=True)
    """None for a deleted zone that would be made again."""
    zone_name: Mapped[str] = mapped_column(String(253))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    undoes_id: Mapped[int | None] = mapped_column(BigId)
    """The change it would undo."""
    changes: Mapped[list[Any]] = mapped_column(JSON)
    """As in DnsChange."""


class DnsChange(Base):
    """What was changed in a zone, kept also after the zone is gone."""

    __tablename__ = "dns_changes"
    __table_args__ = (Index("ix_dns_changes_zone", "account_id", "zone_name", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    zone_name: Mapped[str] = mapped_column(String(253))
    order_id: Mapped[int | None] = mapped_column(BigId)
    """None where the change was found on the name server."""
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    act: Mapped[str] = mapped_column(String(40))
    """What it took to make it; an undo takes the same. "other hands" for one found on the name server."""
    by: Mapped[str] = mapped_column(String(100))
    address: Mapped[str | None] = mapped_column(String(64))
    proof: Mapped[str | None] = mapped_column(String(40))
    undoes_id: Mapped[int | None] = mapped_column(BigId)
    serial: Mapped[int] = mapped_column(BigId)
    """Of the zone afterwards."""
    changes: Mapped[list[Any]] = mapped_column(JSON)
    """{"name", "type", "before", "after"} each; before and after are {"ttl", "values"} or None."""
