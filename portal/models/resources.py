"""What an account controls. The shop's people and import fill these tables; each row belongs to one account."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from portal.database import Base, BigId


class Owned:
    """A row of one account. An approval names its revision, and is refused once the row has changed since."""

    # Orders, history and approvals name a row by its id, also once it is gone: no other may get that id.
    __table_args__: Any = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    external_id: Mapped[str | None] = mapped_column(String(100), unique=True, index=True)
    """The shop's own id for it, by which an import finds it again."""
    revision: Mapped[int] = mapped_column(default=1)
    """Rises with each change of the row."""

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy calls it on the class
        return {"version_id_col": cls.revision}


class VirtualServer(Owned, Base):
    __tablename__ = "virtual_servers"

    name: Mapped[str] = mapped_column(String(100))
    location: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(20))
    """running, stopped or rebooting."""
    vcpus: Mapped[int]
    memory_gb: Mapped[int]
    disk_gb: Mapped[int]
    address: Mapped[str] = mapped_column(String(45))
    more_addresses: Mapped[list[str]] = mapped_column(JSON, default=list)


class DedicatedServer(Owned, Base):
    __tablename__ = "dedicated_servers"

    name: Mapped[str] = mapped_column(String(100))
    location: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(20))
    """on or off."""
    processor: Mapped[str] = mapped_column(String(100))
    memory_gb: Mapped[int]
    address: Mapped[str] = mapped_column(String(45))
    more_addresses: Mapped[list[str]] = mapped_column(JSON, default=list)


class WordPressSite(Owned, Base):
    __tablename__ = "wordpress_sites"

    domain: Mapped[str] = mapped_column(String(253))
    version: Mapped[str] = mapped_column(String(20))
    new_version: Mapped[str | None] = mapped_column(String(20))
    """The version it can be updated to, if any."""
    admin: Mapped[str] = mapped_column(String(100))
    more_admins: Mapped[list[str]] = mapped_column(JSON, default=list)


class Domain(Owned, Base):
    __tablename__ = "domains"

    name: Mapped[str] = mapped_column(String(253), unique=True)
    expires_on: Mapped[date]
    locked: Mapped[bool]
    auto_renew: Mapped[bool]
    name_servers: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Absolute names, without the last dot."""
