"""A zone as a file: export, import, and the difference that is looked at before anything changes."""

from flask import abort, current_app, flash, make_response, render_template
from werkzeug.wrappers import Response
from wtforms import FileField, RadioField, SelectChoice, TextAreaField

from portal import clock, limits
from portal.acts import Act
from portal.database import begin_read, begin_write
from portal.dns import difference, rules, zonefile
from portal.dns.records import APEX, TYPES
from portal.dns.zonefile import Imported, ZoneFileError
from portal.kinds import Kind
from portal.limits import Count
from portal.models import DnsDraft, DnsZone
from portal.orders.placing import act_on
from portal.resources import bp
from portal.resources.zones import own_zone
from portal.web import gate
from portal.web.act_form import ActForm
from portal.web.forms import PortalForm, form_page, see_other
from portal.web.steps import do
from portal.zones import content, history

MOST_SETS = 20_000
"""Record sets in a zone: more would keep a page of the editor waiting."""
MOST_SHOWN = 500
"""Lines of a difference on a page; the rest is counted."""
MOST_NOTES = 3
"""Of what a file has that is left out."""


class ImportForm(PortalForm):
    leads = False
    file = FileField("Zone file")
    text = TextAreaField("Or paste it here")
    how = RadioField(
        "What happens to records that the file does not have",
        choices=[SelectChoice("add", "They stay as they are"), SelectChoice("replace", "They are deleted")],
        default="add",
    )

    @property
    def data_sent(self) -> bytes:
        sent: bytes = self.file.data.read() if self.file.data else b""
        return sent or (self.text.data or "").encode()


@bp.get("/dns/<int:id>/export")
def zone_export(id: int) -> Response:  # noqa: A002 - the name in the path
    zone = own_zone(id)
    with begin_read() as session:
        record_sets = content.read(session, zone.id)
    servers = [value for found in record_sets if found.key == (APEX, "NS") for value in found.values]
    soa = (servers[0] if servers else f"ns1.{zone.name}", f"hostmaster@{zone.name}", zone.serial)
    response = make_response(zonefile.write(record_sets, zone.name, soa))
    response.headers["Content-Type"] = "text/dns; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{zone.name}.zone"'
    return response


@bp.route("/dns/<int:id>/import", methods=["GET", "POST"])
def zone_import(id: int) -> Response:  # noqa: A002 - the name in the path
    zone, form = own_zone(id), ImportForm()
    problems: list[str] = []
    if form.validate_on_submit() and _may_read(form, zone):
        try:
            imported = zonefile.read(form.data_sent, zone.name)
            draft = _draft(form, zone, imported)
            for note in imported.notes[:MOST_NOTES]:
                flash(note, "info")
            return see_other("resources.zone_draft", draft_id=draft.id)
        except ZoneFileError as error:
            problems = [str(problem) for problem in error.problems]
        form.form_errors.append("Nothing was changed. Mend what is wrong and send the file again.")
    return form_page("resources/zone_import.html", form, zone=zone, problems=problems)


@bp.get("/dns/drafts/<int:draft_id>")
def zone_draft(draft_id: int) -> Response:
    draft = _own_draft(draft_id)
    lines = [difference.describe(change, draft.zone_name) for change in draft.changes[:MOST_SHOWN]]
    return make_response(
        render_template(
            "resources/zone_draft.html",
            draft=draft,
            lines=lines,
            more=len(draft.changes) - len(lines),
            form=ActForm(formdata=None, revision="0"),
        )
    )


@bp.post("/dns/drafts/<int:draft_id>/apply")
def zone_apply(draft_id: int) -> Response:
    draft, form = _own_draft(draft_id), ActForm()
    if not form.validate_on_submit():
        return see_other("resources.zone_draft", draft_id=draft_id)
    with begin_read() as session:
        act = history.act_of(session, draft)
    if act is Act.MAKE_ZONE:
        values = {"draft": draft.id}
        return do(
            {"act": act, "kind": Kind.DNS, "id": None, "name": draft.zone_name, "revision": 0, "values": values}
            | {"once": form.once.data}
        )
    if draft.zone_id is None:
        abort(404)
    return do(act_on(act, Kind.DNS, own_zone(draft.zone_id), form.once.data, draft=draft.id))


def _may_read(form: ImportForm, zone: DnsZone) -> bool:
    """Counts before it reads; what the limit says stands on the form."""
    with form.refusals(), begin_write() as session:
        count = Count("ZONE_ACCOUNT", str(zone.account_id))
        limits.take(session, current_app.config["RATES"], clock.now(), count)
    return form.refusal is None


def _draft(form: ImportForm, zone: DnsZone, imported: Imported) -> DnsDraft:
    """Raises ZoneFileError for what can't stand together, or changes nothing."""
    with begin_read() as session:
        current = content.read(session, zone.id)
    new = {found.key for found in imported.record_sets}
    kept = [one for one in current if one.key not in new]
    if form.how.data == "replace":
        # Files of other name servers often lack the zone's own. Of other types a file can have none.
        kept = [one for one in kept if one.key == (APEX, "NS") or one.type not in TYPES]
    after = [*kept, *imported.record_sets]
    changes = difference.between(current, after)
    touched = [(change["name"], change["type"]) for change in changes]
    if len(after) > MOST_SETS:
        raise ZoneFileError([zonefile.Problem(None, f"A zone can have up to {MOST_SETS:,} record sets here.")])
    conflicts = [found for found in rules.check(zone.name, after, touched) if found.stops]
    if conflicts:
        raise ZoneFileError(
            [
                zonefile.Problem(imported.lines.get((found.name, found.type)), found.sentence)
                for found in conflicts[: zonefile.MAX_PROBLEMS]
            ]
        )
    if not changes:
        raise ZoneFileError([zonefile.Problem(None, "The zone has all of this already, so nothing would change.")])
    with begin_write() as session:
        return history.draft_import(session, clock.now(), zone, changes)


def _own_draft(draft_id: int) -> DnsDraft:
    with begin_read() as session:
        draft = session.get(DnsDraft, draft_id)
    if draft is None or draft.account_id != gate.signed_in().account.id:
        abort(404)
    return draft
