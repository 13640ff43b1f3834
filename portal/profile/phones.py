"""The primary and the backup number: /profile/ and /profile/phones/."""

from dataclasses import dataclass
from datetime import datetime

from flask import abort, current_app, flash, render_template
from werkzeug.wrappers import Response
from wtforms import TelField
from wtforms.validators import InputRequired

from portal import clock, numbers
from portal.accounts import confirming
from portal.accounts import phones as journey
from portal.acts import Act
from portal.codes import page as code_page
from portal.models import Account, Purpose, Slot
from portal.profile import bp
from portal.web import gate
from portal.web.forms import CodeForm, PortalForm, SendForm, form_page, see_other
from portal.web.steps import go_on

_SLOT = "/phones/<any(primary, backup):slot>"


@dataclass(frozen=True)
class SlotView:
    slot: str
    title: str
    number: str | None
    proven_at: datetime | None
    last_used_at: datetime | None
    can_add: bool
    why_not: str | None


class NumberForm(PortalForm):
    number = TelField("Mobile number", [InputRequired("Type a mobile number.")])


@bp.get("/")
def index() -> str:
    account = gate.signed_in().account
    return render_template("profile/index.html", slots=[_view(account, slot) for slot in Slot], account=account)


@bp.route(_SLOT, methods=["GET", "POST"])
def phone(slot: str) -> Response:
    browser = gate.signed_in()
    account = browser.account
    if slot == Slot.BACKUP and not account.has_two_factor:
        flash("Add your primary phone first.", "info")
        return see_other("profile.index")
    form = NumberForm()
    if form.validate_on_submit():
        with form.refusals():
            act = journey.check_number(account, slot, form.number.data)
            if journey.needs_no_confirm(browser, clock.now()):
                return go_on(journey.begin_first(browser, act, gate.client()))
            confirming.ask(browser, act)
            return see_other("auth.confirm")
    return form_page(
        "profile/phone.html",
        form,
        slot=slot,
        example=numbers.example(current_app.config["SMS_DEFAULT_REGION"]),
        first=not account.has_two_factor,
        must=gate.owes_phone(account),
    )


@bp.route(f"{_SLOT}/verify", methods=["GET", "POST"])
def verify(slot: str) -> Response:
    form = CodeForm()
    if form.validate_on_submit():
        with form.refusals():
            browser = gate.signed_in()
            first = not browser.account.has_two_factor
            gate.replace_token(journey.prove(browser, slot, form.digits, gate.client()))
            flash(f"Your {slot} phone is set.{' From now on signing in asks for a code.' * first}", "good")
            return see_other("profile.index")
    return _verify_page(form, slot)


@bp.post(f"{_SLOT}/send")
def send(slot: str) -> Response:
    form = SendForm()
    if form.validate_on_submit():
        with form.refusals():
            journey.send_proof(gate.signed_in(), slot, gate.client())
            return see_other("profile.verify", slot=slot)
    return _verify_page(CodeForm.instead_of(form), slot)


@bp.post(f"{_SLOT}/remove")
def remove(slot: str) -> Response:
    browser = gate.signed_in()
    if browser.account.phone(slot) is None:
        abort(404)
    confirming.ask(browser, {"act": Act.REMOVE_PHONE, "slot": slot})
    return see_other("auth.confirm")


def _verify_page(form: PortalForm, slot: str) -> Response:
    browser = gate.signed_in()
    page = code_page.build(browser, gate.client(), clock.now(), Purpose.PROVE, {"slot": slot})
    return form_page("profile/verify.html", form, page=page, slot=slot, must=gate.owes_phone(browser.account))


def _view(account: Account, slot: Slot) -> SlotView:
    phone = account.phone(slot)
    can_add = slot == Slot.PRIMARY or account.has_two_factor
    return SlotView(
        slot=slot.value,
        title=f"{slot.value.capitalize()} phone",
        number=numbers.mask(phone.number) if phone else None,
        proven_at=phone.proven_at if phone else None,
        last_used_at=phone.last_used_at if phone else None,
        can_add=can_add,
        why_not=None if can_add else "Add a primary phone first.",
    )
