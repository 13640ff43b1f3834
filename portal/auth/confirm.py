"""Proving it's you, for the one act that waits: /auth/confirm."""

from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField
from wtforms.validators import InputRequired

from portal import clock
from portal.accounts import confirming
from portal.acts import digest, what
from portal.auth import bp
from portal.codes import page as code_page
from portal.models import Purpose
from portal.sessions import Browser
from portal.web import gate
from portal.web.forms import CodeForm, PortalForm, SendForm, form_page, see_other
from portal.web.steps import go_on


class PasswordForm(PortalForm):
    password = PasswordField("Password", [InputRequired("Type your password.")])
    act = HiddenField()
    """The act that the page showed. Another tab, or a thief with the cookie, may have asked for another since."""


@bp.route("/confirm", methods=["GET", "POST"])
def confirm() -> Response:
    browser = gate.signed_in()
    act = confirming.waiting(browser.row, clock.now())
    if browser.row.pending_password_at is None:
        return _confirm_password(browser, act)
    return _confirm_code(browser, act)


@bp.post("/confirm/send")
def confirm_send() -> Response:
    browser = gate.signed_in()
    act = confirming.waiting(browser.row, clock.now())
    if browser.row.pending_password_at is None:
        return see_other("auth.confirm")
    form = SendForm()
    if form.validate_on_submit():
        with form.refusals():
            confirming.send_code(browser, form.slot, gate.client())
            return see_other("auth.confirm")
    return _code_page(browser, act, CodeForm.instead_of(form))


def _confirm_password(browser: Browser, act: Mapping[str, Any]) -> Response:
    form = PasswordForm()
    shown, form.act.data = form.act.data, digest(act)
    if form.is_submitted() and shown and shown != digest(act):
        form.form_errors.append(
            "Something else was asked for meanwhile. Check what you confirm, then type your password."
        )
    elif form.validate_on_submit():
        with form.refusals():
            return go_on(confirming.confirm_password(browser, act, form.password.data, gate.client()))
    return form_page("auth/confirm.html", form, step="password", what=what(act))


def _confirm_code(browser: Browser, act: Mapping[str, Any]) -> Response:
    form = CodeForm()
    if form.validate_on_submit():
        with form.refusals():
            return go_on(confirming.confirm_code(browser, form.digits, gate.client()))
    return _code_page(browser, act, form)


def _code_page(browser: Browser, act: Mapping[str, Any], form: PortalForm) -> Response:
    page = code_page.build(browser, gate.client(), clock.now(), Purpose.CONFIRM, act)
    return form_page("auth/confirm.html", form, step="code", what=what(act), page=page)
