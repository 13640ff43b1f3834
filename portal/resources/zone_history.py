"""What was changed in a zone, and the way back: /resources/dns/<id>/history."""

from dataclasses import dataclass

from flask import abort, flash, render_template
from sqlalchemy import select
from werkzeug.wrappers import Response

from portal import clock
from portal.acts import TERMS, Act
from portal.database import begin_read, begin_write
from portal.dns import difference
from portal.models import DnsChange, DnsZone
from portal.resources import bp
from portal.resources.zones import own_zone
from portal.web import gate
from portal.web.forms import see_other
from portal.zones import history
from portal.zones.history import NothingToUndoError

MOST_SHOWN = 20
"""Lines of one change; the rest is counted."""


@dataclass(frozen=True)
class Entry:
    change: DnsChange
    title: str
    by: str
    lines: list[str]
    more: int


@bp.get("/dns/<int:id>/history")
def zone_history(id: int) -> str:  # noqa: A002 - the name in the path
    zone = own_zone(id)
    with begin_read() as session:
        changes = history.last(session, zone.account_id, zone.name)
    entries = [_entry(change) for change in changes]
    return render_template("resources/zone_history.html", zone=zone, entries=entries)


@bp.post("/dns/changes/<int:change_id>/undo")
def zone_undo(change_id: int) -> Response:
    """Leads to the difference that the undo would make."""
    account_id = gate.signed_in().account.id
    with begin_write() as session:
        change = session.get(DnsChange, change_id)
        if change is None or change.account_id != account_id:
            abort(404)
        zone = session.scalar(select(DnsZone).where(DnsZone.name == change.zone_name, DnsZone.account_id == account_id))
        if zone is None and not history.can_bring_back(session, clock.now(), change):
            abort(404)
        try:
            draft = history.draft_undo(session, clock.now(), change, zone)
        except NothingToUndoError:
            draft = None
    if draft is not None:
        return see_other("resources.zone_draft", draft_id=draft.id)
    assert zone is not None  # nosec B101  # noqa: S101 - of a deleted zone there is always something to undo
    flash("There is nothing to undo: the zone is as it was before this change.", "info")
    return see_other("resources.zone_history", id=zone.id)


def _entry(change: DnsChange) -> Entry:
    lines = [difference.describe(one, change.zone_name) for one in change.changes[:MOST_SHOWN]]
    if change.act == history.OTHER_HANDS:
        title, by = "Changed on the name server", "Somebody else than you, not through this portal"
    else:
        title, by = TERMS[Act(change.act)].title, "You" if change.by == "customer" else change.by
    return Entry(change, title, by, lines, len(change.changes) - len(lines))
