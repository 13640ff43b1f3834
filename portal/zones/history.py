"""What was changed in zones, and what it takes to take it back."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from portal.acts import Act
from portal.dns import difference
from portal.dns.difference import Change
from portal.dns.records import Key, RecordSet
from portal.models import DnsChange, DnsDraft, DnsZone
from portal.zones import content

LAST = 100
"""Changes of a zone that can be undone."""
KEEP_DELETED = timedelta(days=30)
MOST_DRAFTS = 20
"""Of an account."""
OTHER_HANDS = "other hands"
"""The act of a change that was found on the name server."""


class NothingToUndoError(Exception):
    """The zone is already as it was before the change."""


def last(session: Session, account_id: int, zone_name: str) -> Sequence[DnsChange]:
    """The newest changes of a zone, newest first."""
    return session.scalars(
        select(DnsChange)
        .where(DnsChange.account_id == account_id, DnsChange.zone_name == zone_name)
        .order_by(DnsChange.id.desc())
        .limit(LAST)
    ).all()


def deleted(session: Session, account_id: int, now: datetime, search: str, most: int) -> Sequence[DnsChange]:
    """The newest deletions that can be brought back, of zones with this in their name."""
    found = _deletions(account_id, now).where(DnsChange.zone_name.contains(search, autoescape=True))
    return session.scalars(found.order_by(DnsChange.id.desc()).limit(most)).all()


def can_bring_back(session: Session, now: datetime, change: DnsChange) -> bool:
    return session.scalar(_deletions(change.account_id, now).where(DnsChange.id == change.id)) is not None


def _deletions(account_id: int, now: datetime) -> Select[DnsChange]:
    """Of the last 30 days, of zones that are not back."""
    return select(DnsChange).where(
        DnsChange.account_id == account_id,
        DnsChange.act == Act.DELETE_ZONE,
        DnsChange.at > now - KEEP_DELETED,
        DnsChange.zone_name.not_in(select(DnsZone.name)),
    )


def act_to_undo(change: DnsChange) -> Act:
    """An undo needs what its change needed."""
    if change.act == Act.DELETE_ZONE:
        return Act.MAKE_ZONE
    if change.act in {Act.CHANGE_APEX, Act.IMPORT_ZONE, Act.MAKE_ZONE}:
        return Act.CHANGE_APEX
    return Act.CHANGE_APEX if difference.touches_apex(change.changes) else Act.CHANGE_RECORDS


def act_of(session: Session, draft: DnsDraft) -> Act:
    """What carries a draft out."""
    if draft.undoes_id is None:
        return Act.IMPORT_ZONE
    return act_to_undo(session.get_one(DnsChange, draft.undoes_id))


def asked(session: Session, act: Mapping[str, Any]) -> list[Change]:
    """What an act that waits would change in its zone; nothing for all others."""
    values = act.get("values", {})
    draft = session.get(DnsDraft, values["draft"]) if "draft" in values else None
    changes: list[Change] = draft.changes if draft else values.get("changes", [])
    return changes


def draft_undo(session: Session, now: datetime, change: DnsChange, zone: DnsZone | None) -> DnsDraft:
    """What makes the touched record sets what they were before the change.

    Raises NothingToUndoError, but not for a deleted zone: one that had no records can be brought back too.
    """
    current = content.read(session, zone.id) if zone is not None else ()
    changes = difference.between(current, _with_before(current, change.changes))
    if not changes and zone is not None:
        raise NothingToUndoError
    return _keep(
        session,
        DnsDraft(
            account_id=change.account_id,
            zone_id=zone.id if zone is not None else None,
            zone_name=change.zone_name,
            made_at=now,
            undoes_id=change.id,
            changes=changes,
        ),
    )


def draft_import(session: Session, now: datetime, zone: DnsZone, changes: list[Change]) -> DnsDraft:
    return _keep(
        session,
        DnsDraft(account_id=zone.account_id, zone_id=zone.id, zone_name=zone.name, made_at=now, changes=changes),
    )


def _keep(session: Session, draft: DnsDraft) -> DnsDraft:
    """With the newest others of its account: one press makes megabytes of an undo, and nothing counts presses."""
    session.add(draft)
    session.flush()
    own = DnsDraft.account_id == draft.account_id
    newest = select(DnsDraft.id).where(own).order_by(DnsDraft.id.desc()).limit(MOST_DRAFTS)
    older = delete(DnsDraft).where(own, DnsDraft.id.not_in(newest))
    session.execute(older, execution_options={"synchronize_session": False})
    return draft


def _with_before(current: Sequence[RecordSet], changes: Sequence[Change]) -> list[RecordSet]:
    found: dict[Key, RecordSet] = {record_set.key: record_set for record_set in current}
    for change in changes:
        key, before = (change["name"], change["type"]), change["before"]
        found.pop(key, None)
        if before is not None:
            found[key] = RecordSet(*key, before["ttl"], tuple(before["values"]))
    return list(found.values())
