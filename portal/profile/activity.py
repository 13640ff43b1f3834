"""What was done to the account and its things: /profile/activity, and as a file /profile/activity.csv."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import make_response, request, url_for
from werkzeug.wrappers import Response
from wtforms import DateField, Form, SelectChoice, SelectField
from wtforms.validators import Optional, ValidationError

from portal import clock
from portal.database import begin_read
from portal.history import browsers, files, reading, words
from portal.history.reading import ACCOUNT, IN_A_FILE, Wanted
from portal.history.words import GROUPS, Group
from portal.kinds import Kind
from portal.models import AuditEvent
from portal.profile import bp
from portal.tickets.writing import KIND as TICKET
from portal.web import gate
from portal.web.forms import PortalForm, form_page

_KINDS = {
    ACCOUNT: "The account itself",
    Kind.VPS: "Virtual servers",
    Kind.DEDICATED: "Dedicated servers",
    Kind.WORDPRESS: "WordPress sites",
    Kind.DOMAIN: "Domains",
    Kind.DNS: "DNS zones",
    TICKET: "Tickets",
}


_EARLIEST, _LATEST = date(2000, 1, 1), date(2999, 12, 31)


class DayField(DateField):  # type: ignore[misc]  # WTForms publishes no types
    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(f"Write a day like this: {clock.now():%Y-%m-%d}.") from None

    def pre_validate(self, form: Form) -> None:
        del form
        if self.data is not None and not _EARLIEST <= self.data <= _LATEST:
            raise ValidationError("Nothing is kept from so far away.")


def _choices(names: Mapping[Any, str]) -> list[SelectChoice]:
    return [SelectChoice("", "Everything"), *(SelectChoice(str(value), name) for value, name in names.items())]


class FilterForm(PortalForm):
    """It stands in the address, so that what it shows can be kept as a bookmark."""

    leads = False

    class Meta:
        csrf = False  # It changes nothing.

    kind = SelectField("About", choices=_choices(_KINDS), default="")
    what = SelectField("What", choices=_choices(GROUPS), default="")
    since = DayField("From", [Optional()])
    until = DayField("To", [Optional()])

    def validate_until(self, field: DayField) -> None:
        if self.since.data and field.data and field.data < self.since.data:
            raise ValidationError("This day is before the first one.")

    @property
    def object_id(self) -> int | None:
        """Of one thing, if its page led here."""
        return _id("id") if self.kind.data not in {"", ACCOUNT} else None

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            kind=self.kind.data or None,
            object_id=self.object_id,
            group=Group(self.what.data) if self.what.data else None,
            since=self.since.data,
            until=self.until.data,
        )

    @property
    def query(self) -> dict[str, str]:
        """For links that keep it."""
        typed = {name: request.args.get(name) for name in ("kind", "id", "what", "since", "until")}
        return {name: value for name, value in typed.items() if value}


@bp.get("/activity")
def activity() -> Response:
    form = FilterForm(formdata=request.args)
    if not form.validate():
        return _page(form, None)
    with begin_read() as session:
        account_id = gate.signed_in().account.id
        return _page(form, reading.page(session, account_id, form.wanted, before=_id("before"), after=_id("after")))


@bp.get("/activity.csv")
def activity_csv() -> Response:
    form = FilterForm(formdata=request.args)
    if not form.validate():
        return _page(form, None)
    with begin_read() as session:
        events, more = reading.newest(session, gate.signed_in().account.id, form.wanted)
    response = make_response(files.as_csv(events, more=more))
    response.mimetype = "text/csv"
    response.headers["Content-Disposition"] = f'attachment; filename="activity-{clock.now():%Y-%m-%d}.csv"'
    return response


def _page(form: FilterForm, page: reading.Page | None) -> Response:
    """Without a page: the filter, with what is wrong with it."""
    events = page.events if page else []
    name = next((event.detail["name"] for event in events if "name" in event.detail), None)
    return form_page(
        "profile/activity.html",
        form,
        page=page,
        lines=[_line(event) for event in events],
        name=name if form.object_id else None,
        in_a_file=IN_A_FILE,
    )


@dataclass(frozen=True)
class Line:
    """An event, as its page shows it."""

    event: AuditEvent
    sentence: str
    by: str
    browser: str
    url: str | None
    """Of the order or ticket that it is about."""


def _line(event: AuditEvent) -> Line:
    order = event.detail.get("order", "")
    url = None
    if event.kind == TICKET:
        url = url_for("support.ticket", ticket_id=event.object_id)
    elif order.isdigit():
        url = url_for("resources.order", order_id=int(order))
    return Line(event, words.sentence(event), words.by(event), browsers.in_words(event.browser or ""), url)


def _id(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004 - fits a column
