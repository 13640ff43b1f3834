"""The things that orders are about."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.kinds import Kind
from portal.models import DedicatedServer, DnsZone, Domain, Owned, VirtualServer, WordPressSite

MODELS: dict[Kind, type[Any]] = {
    Kind.VPS: VirtualServer,
    Kind.DEDICATED: DedicatedServer,
    Kind.WORDPRESS: WordPressSite,
    Kind.DOMAIN: Domain,
    Kind.DNS: DnsZone,
}


def find(session: Session, kind: Kind, account_id: int, object_id: int) -> Any | None:
    """The account's own object, or None."""
    return session.scalar(_own(kind, account_id, object_id))


def hold(session: Session, kind: Kind, account_id: int, object_id: int) -> Any | None:
    """The account's own object, read again inside a write and locked, or None."""
    return session.scalar(_own(kind, account_id, object_id).with_for_update().execution_options(populate_existing=True))


def name_of(thing: Owned) -> str:
    return thing.domain if isinstance(thing, WordPressSite) else thing.name  # type: ignore[attr-defined]  # all others have one


def _own(kind: Kind, account_id: int, object_id: int) -> Select[Any]:
    model = MODELS[kind]
    return select(model).where(model.id == object_id, model.account_id == account_id)
