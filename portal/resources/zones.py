"""DNS zones: the list, and one zone with its record sets: /resources/dns/."""

from dataclasses import dataclass

from flask import abort, render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from portal import clock
from portal.acts import Act
from portal.database import begin_read
from portal.dns import names, typed
from portal.dns.records import TYPES, RecordSet
from portal.kinds import Kind
from portal.models import DnsRecordSet, DnsZone
from portal.orders import listing, objects
from portal.resources import bp
from portal.web import gate
from portal.web.act_form import ActForm
from portal.web.forms import see_other
from portal.web.pages import page_number, pages_of, searched
from portal.web.steps import do
from portal.zones import content, history

ZONES_A_PAGE = 50
SETS_A_PAGE = 100


@dataclass(frozen=True)
class Row:
    """A record set as the zone's page shows it."""

    name: str
    record_set: RecordSet
    lines: list[str]
    can_edit: bool


@bp.get("/dns/")
def zones() -> str:
    account_id, search = gate.signed_in().account.id, searched().lower()
    with begin_read() as session:
        matching = select(DnsZone).where(DnsZone.account_id == account_id)
        if search:
            matching = matching.where(DnsZone.name.contains(search, autoescape=True))
        pages = pages_of(session.scalar(select(func.count()).select_from(matching.subquery())) or 0, ZONES_A_PAGE)
        found = session.scalars(matching.order_by(DnsZone.name).offset(pages.skip).limit(ZONES_A_PAGE)).all()
        counts = _count_sets(session, [zone.id for zone in found])
        # One more than are shown tells that there are more.
        deleted = history.deleted(session, account_id, clock.now(), search, ZONES_A_PAGE + 1)
    return render_template(
        "resources/zones.html",
        zones=found,
        counts=counts,
        pages=pages,
        search=search,
        deleted=deleted[:ZONES_A_PAGE],
        more_deleted=len(deleted) > ZONES_A_PAGE,
    )


@bp.get("/dns/<int:id>/")
def zone(id: int) -> str:  # noqa: A002 - the name in the path
    found = own_zone(id)
    search, type_ = searched().lower(), request.args.get("type", "")
    type_ = type_ if type_ in TYPES else ""
    wanted = names.relative(search, found.name) if names.is_in(search, found.name) else search
    number = page_number()
    with begin_read() as session:
        total, sets = content.read_page(session, found.id, (wanted, type_), number, SETS_A_PAGE)
        orders = listing.last_of(session, Kind.DNS, found.account_id, found.id)
    rows = [_row(record_set, found.name) for record_set in sets]
    return render_template(
        "resources/zone.html",
        zone=found,
        rows=rows,
        pages=pages_of(total, SETS_A_PAGE),
        search=search,
        type=type_,
        types=TYPES,
        orders=orders,
        form=ActForm(formdata=None, revision=str(found.revision)),
    )


@bp.post("/dns/<int:id>/delete")
def zone_delete(id: int) -> Response:  # noqa: A002 - the name in the path
    found, form = own_zone(id), ActForm()
    if not form.validate_on_submit():
        return see_other("resources.zone", id=id)
    return do(form.act_on(Act.DELETE_ZONE, Kind.DNS, found))


def own_zone(zone_id: int) -> DnsZone:
    with begin_read() as session:
        found: DnsZone | None = objects.find(session, Kind.DNS, gate.signed_in().account.id, zone_id)
    return found or abort(404)


def _row(record_set: RecordSet, zone_name: str) -> Row:
    lines = [typed.shown_value(record_set.type, value) for value in record_set.values]
    return Row(names.shown_owner(record_set.name, zone_name), record_set, lines, record_set.type in TYPES)


def _count_sets(session: Session, zone_ids: list[int]) -> dict[int, int]:
    rows = session.execute(
        select(DnsRecordSet.zone_id, func.count().label("sets"))
        .where(DnsRecordSet.zone_id.in_(zone_ids))
        .group_by(DnsRecordSet.zone_id)
    )
    return {row.zone_id: row.sets for row in rows}
