"""Proving it's you, for the one act that waits: /auth/confirm."""

from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import InputRequired

from portal import clock
from portal.accounts import confirming
from portal.acts import what
from portal.auth import bp
from portal.codes import page as code_page
from portal.models import Purpose
from portal.web import gate
from portal.web.forms import CodeForm, PortalForm, SendForm, form_page, see_other
from portal.web.steps import go_on


class PasswordForm(PortalForm):
    password = PasswordField("Password", [InputRequired("Type your password.")])


@bp.route("/confirm", methods=["GET", "POST"])
def confirm() -> Response:
    browser = gate.signed_in()
    confirming.waiting(browser.row, clock.now())
    if browser.row.pending_password_at is None:
        return _confirm_password()
    return _confirm_code()


@bp.post("/confirm/send")
def confirm_send() -> Response:
    browser = gate.signed_in()
    confirming.waiting(browser.row, clock.now())
    if browser.row.pending_password_at is None:
        return see_other("auth.confirm")
    form = SendForm()
    if form.validate_on_submit():
        with form.refusals():
            confirming.send_code(browser, form.slot, gate.client())
            return see_other("auth.confirm")
    return _code_page(CodeForm.instead_of(form))


def _confirm_password() -> Response:
    browser = gate.signed_in()
    form = PasswordForm()
    if form.validate_on_submit():
        with form.refusals():
            return go_on(confirming.confirm_password(browser, form.password.data, gate.client()))
    return form_page("auth/confirm.html", form, step="password", what=_what())


def _confirm_code() -> Response:
    form = CodeForm()
    if form.validate_on_submit():
        with form.refusals():
            return go_on(confirming.confirm_code(gate.signed_in(), form.digits, gate.client()))
    return _code_page(form)


def _code_page(form: PortalForm) -> Response:
    browser, now = gate.signed_in(), clock.now()
    act = confirming.waiting(browser.row, now)
    page = code_page.build(browser, gate.client(), now, Purpose.CONFIRM, act)
    return form_page("auth/confirm.html", form, step="code", what=_what(), page=page)


def _what() -> str:
    return what(confirming.waiting(gate.signed_in().row, clock.now()))
