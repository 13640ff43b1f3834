"""Tickets: /support/, /support/new, /support/<id>."""

import secrets
from typing import Any

from flask import abort, flash, render_template, request
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from portal.database import begin_read, begin_write
from portal.models import Ticket
from portal.support import bp
from portal.tickets import reading, writing
from portal.tickets.reading import Show
from portal.tickets.typed import one_line, plain
from portal.tickets.writing import NoSuchTicketError, Written
from portal.web import gate
from portal.web.forms import PortalForm, form_page, see_other
from portal.web.pages import pages_of

LONGEST_SUBJECT = 200
LONGEST_MESSAGE = 10_000
"""Characters. No field has a maxlength: a browser would cut what is pasted, and say nothing."""
_MASKED = "Numbers of six digits were hidden, in case they were codes."


def _without_edges(text: str | None) -> str:
    return plain(text or "").strip("\n").rstrip()


def _message() -> TextAreaField:
    too_long = f"Use at most {LONGEST_MESSAGE:,} characters, or send it in parts."
    validators = [DataRequired("Write a message."), Length(max=LONGEST_MESSAGE, message=too_long)]
    return TextAreaField("Message", validators, filters=[_without_edges])


class OnceForm(PortalForm):
    """One that does something once, however often it is sent."""

    once = HiddenField(validators=[InputRequired()], default=lambda: secrets.token_hex(16))

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid: bool = super().validate(extra_validators)
        if self.once.errors:
            self.form_errors.append("Something of this page was lost. Open it again, then send the form once more.")
        return is_valid


class TicketForm(OnceForm):
    subject = StringField(
        "Subject",
        [
            DataRequired("Say in a few words what it is about."),
            Length(max=LONGEST_SUBJECT, message=f"Use at most {LONGEST_SUBJECT} characters."),
        ],
        filters=[lambda text: one_line(text or "")],
    )
    message = _message()


class MessageForm(OnceForm):
    leads = False
    message = _message()


@bp.get("/")
def index() -> str:
    try:
        show = Show(request.args.get("state", Show.OPEN))
    except ValueError:
        show = Show.OPEN
    with begin_read() as session:
        account_id = gate.signed_in().account.id
        pages = pages_of(reading.count_own(session, account_id, show), reading.ON_A_PAGE)
        tickets = reading.list_own(session, account_id, show, pages.skip)
    return render_template("support/index.html", tickets=tickets, pages=pages, show=show, shows=list(Show))


@bp.route("/new", methods=["GET", "POST"])
def new() -> Response:
    form = TicketForm()
    if form.validate_on_submit():
        with form.refusals():
            browser, typed = gate.signed_in(), (form.subject.data, form.message.data)
            return _sent(writing.open_ticket(browser, *typed, form.once.data, gate.client()))
    return form_page("support/new.html", form)


@bp.route("/<int:ticket_id>", methods=["GET", "POST"])
def ticket(ticket_id: int) -> Response:
    form = MessageForm()
    if form.validate_on_submit():
        with form.refusals():
            try:
                return _sent(
                    writing.answer(gate.signed_in(), ticket_id, form.message.data, form.once.data, gate.client())
                )
            except NoSuchTicketError:
                abort(404)
    return _page(ticket_id, form)


@bp.post("/<int:ticket_id>/close")
def close(ticket_id: int) -> Response:
    form = OnceForm()
    if not form.validate_on_submit():
        abort(400)
    try:
        writing.close(gate.signed_in(), ticket_id, form.once.data, gate.client())
    except NoSuchTicketError:
        abort(404)
    flash("The ticket is closed. Write in it to open it again.", "good")
    return see_other("support.ticket", ticket_id=ticket_id)


def _sent(written: Written) -> Response:
    flash(f"Sent. {_MASKED}" if written.masked else "Sent.", "info" if written.masked else "good")
    return see_other("support.ticket", ticket_id=written.ticket_id)


def _page(ticket_id: int, form: MessageForm) -> Response:
    before = request.args.get("before", type=_id)
    with begin_read() as session:
        found = reading.own(session, gate.signed_in().account.id, ticket_id)
        if found is None:
            abort(404)
        messages, earlier = reading.thread(session, found.id, before)
    if request.method == "GET" and before is None and found.has_new_answer:
        _note_seen(found)
    # Not `form`: the hidden field of one that was refused stays as it was sent.
    return form_page(
        "support/ticket.html",
        form,
        ticket=found,
        messages=messages,
        earlier=earlier,
        before=before,
        closing=OnceForm(formdata=None),
    )


def _note_seen(found: Ticket) -> None:
    """That is all a GET may write, as when a browser was last seen."""
    with begin_write() as session:
        reading.note_seen(session, found)


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004 - fits a column
