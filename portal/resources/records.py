"""One record set of a zone: make, change, delete it: /resources/dns/<id>/records/<type>."""

from typing import Any

from flask import abort, flash, request
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from portal.acts import Act
from portal.database import begin_read
from portal.dns import difference, rules, ttl, typed
from portal.dns.difference import Change
from portal.dns.records import TYPES, Key, RecordSet
from portal.dns.typed import FIELDS, Typed, TypedError
from portal.kinds import Kind
from portal.models import DnsZone
from portal.resources import bp
from portal.resources.zones import own_zone
from portal.web.act_form import ActForm
from portal.web.forms import PortalForm, form_page, see_other
from portal.web.steps import do
from portal.zones import content

_TYPE = f"/dns/<int:id>/records/<any({', '.join(TYPES)}):type>"


class RecordForm(ActForm):
    name = StringField("Name", [Length(max=1000)])
    values = TextAreaField()
    ttl = StringField("TTL in seconds", [Length(max=100)], default=str(ttl.USUAL))


class DeleteForm(ActForm):
    name = StringField(validators=[Length(max=1000)])


@bp.route(_TYPE, methods=["GET", "POST"])
def record(id: int, type: str) -> Response:  # noqa: A002 - the names in the path
    """`?name=` is the record set that is changed; without it a new one is made."""
    zone = own_zone(id)
    before = _named(zone, type)
    form = _filled(zone, before, type)
    if form.validate_on_submit() and (change := _wanted(form, zone, type, before)):
        return do(form.act_on(_act([*change]), Kind.DNS, zone, changes=[*change]))
    return form_page("resources/record.html", form, zone=zone, type=type, about=FIELDS[type], before=before)


@bp.post(f"{_TYPE}/delete")
def record_delete(id: int, type: str) -> Response:  # noqa: A002 - the names in the path
    zone, form = own_zone(id), DeleteForm()
    before = _find(zone, (form.name.data or "", type))
    if before is None or not form.validate_on_submit():
        return see_other("resources.zone", id=id)
    changes = difference.between([before], [])
    if conflict := _conflict(zone, changes):
        form.form_errors.append(conflict[1])
        shown = _filled(zone, before, type, formdata=False)
        shown.form_errors = form.form_errors
        return form_page("resources/record.html", shown, zone=zone, type=type, about=FIELDS[type], before=before)
    return do(form.act_on(_act(changes), Kind.DNS, zone, changes=changes))


def _named(zone: DnsZone, type_: str) -> RecordSet | None:
    """The record set that the page is about; aborts with 404 when there is none of this name."""
    name = request.args.get("name")
    if name is None:
        return None
    return _find(zone, (name, type_)) or abort(404)


def _find(zone: DnsZone, key: Key) -> RecordSet | None:
    if not key[0].isprintable():  # No name has what can't be seen, and PostgreSQL refuses to look for some of it.
        return None
    with begin_read() as session:
        return content.find(session, zone.id, key)


def _filled(zone: DnsZone, before: RecordSet | None, type_: str, *, formdata: bool = True) -> RecordForm:
    shown = typed.to_typed(before, zone.name) if before else None
    values = {"name": shown.name, "ttl": shown.ttl, "values": shown.values} if shown else {}
    taken: dict[str, Any] = {} if formdata else {"formdata": None}
    form = RecordForm(revision=str(zone.revision), **taken, **values)
    form["values"].label.text = FIELDS[type_].label
    return form


def _wanted(form: RecordForm, zone: DnsZone, type_: str, before: RecordSet | None) -> list[Change] | None:
    """What the form changes; None with its errors said at the fields."""
    try:
        after = typed.parse(Typed(form.name.data or "", type_, form.ttl.data or "", form.values.data or ""), zone.name)
    except TypedError as error:
        for field, sentences in error.problems.items():
            _say(form, field, *sentences)
        return None
    in_the_way = _find(zone, after.key) if before is None or after.key != before.key else None
    if in_the_way is not None:
        _say(form, "name", f"There is a {type_} record set of this name already. Change that one instead.")
        return None
    changes = difference.between([before] if before else [], [after])
    if not changes:
        form.form_errors.append("Nothing is different from what it is now.")
        return None
    if conflict := _conflict(zone, changes):
        _say(form, *conflict)
        return None
    return changes


def _conflict(zone: DnsZone, changes: list[Change]) -> tuple[str, str] | None:
    """The field and the sentence of what can't stand together. Hints are shown on the next page."""
    with begin_read() as session:
        current = content.read(session, zone.id)
    after = difference.apply(current, changes)
    touched = [(change["name"], change["type"]) for change in changes]
    conflicts = rules.check(zone.name, after, touched)
    for found in conflicts:
        if not found.stops:
            flash(found.sentence, "info")
    return next(((found.field, found.sentence) for found in conflicts if found.stops), None)


def _act(changes: list[Change]) -> Act:
    return Act.CHANGE_APEX if difference.touches_apex(changes) else Act.CHANGE_RECORDS


def _say(form: PortalForm, field: str, *sentences: str) -> None:
    if field not in form:
        form.form_errors += sentences
    else:
        form[field].errors = [*form[field].errors, *sentences]
