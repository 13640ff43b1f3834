"""Proving it's you, for the one act that waits: /auth/confirm."""

from collections.abc import Mapping
from typing import Any

from flask import request
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField
from wtforms.validators import InputRequired

from portal import clock
from portal.accounts import confirming
from portal.acts import Act, digest, what
from portal.auth import bp
from portal.codes import page as code_page
from portal.database import begin_read
from portal.dns import difference
from portal.models import Purpose
from portal.sessions import Browser
from portal.web import gate, needs
from portal.web.forms import CodeForm, PortalForm, SendForm, form_page, see_other
from portal.web.steps import go_on, page_of
from portal.zones import history

MOST_SHOWN = 20
"""Lines of what would change in a zone; the rest is counted."""


class ActSeenForm(PortalForm):
    act = HiddenField()
    """The act that the page showed. Another tab, or a thief with the cookie, may have asked for another since."""

    def is_about(self, act: Mapping[str, Any]) -> bool:
        """Whether its page showed this act, which its next page shows. If not, it says so."""
        shown, self.act.data = self.act.data, digest(act)
        if not self.is_submitted() or not shown or shown == self.act.data:
            return True
        self.form_errors.append("Something else was asked for meanwhile. Check what you confirm before you go on.")
        return False


class PasswordForm(ActSeenForm):
    password = PasswordField("Password", [InputRequired("Type your password.")])


class ActCodeForm(ActSeenForm, CodeForm):
    """The text names the act and its object alone: of two imports into one zone, both texts say the same."""


@bp.route("/confirm", methods=["GET", "POST"])
def confirm() -> Response:
    browser = gate.signed_in()
    if page := _wanted_page():
        return _before_page(browser, page)
    act = confirming.waiting(browser.row, clock.now())
    if confirming.needs_password(browser, act):
        return _confirm_password(browser, act)
    return _confirm_code(browser, act)


@bp.post("/confirm/send")
def confirm_send() -> Response:
    browser = gate.signed_in()
    if page := _wanted_page():
        return go_on(confirming.do(browser, page, gate.client()))
    act = confirming.waiting(browser.row, clock.now())
    if confirming.needs_password(browser, act):
        return see_other("auth.confirm")
    form = SendForm()
    if form.validate_on_submit():
        with form.refusals():
            confirming.send_code(browser, form.slot, gate.client())
            return see_other("auth.confirm")
    shown = ActCodeForm.instead_of(form)
    shown.is_about(act)
    return _code_page(browser, act, shown)


def _wanted_page() -> dict[str, Any] | None:
    """The act of seeing the page that `next` names, if a fresh proof is what keeps this customer from it."""
    path = gate.safe_path(request.values.get("next"))
    page = needs.page_at(path) if path else None
    return {"act": Act.SEE_PAGE, "path": path, "page": page} if page else None


def _before_page(browser: Browser, page: Mapping[str, Any]) -> Response:
    """What opens a page: a code, which is sent when asked for; or the password while there is no phone."""
    form = PasswordForm()
    if browser.account.has_two_factor:
        return form_page("auth/confirm.html", form, step="ask", **_about(page), next=page["path"])
    form.act.data = ""
    if form.validate_on_submit():
        with form.refusals():
            confirming.ask(browser, page)
            return go_on(confirming.confirm_password(browser, page, form.password.data, gate.client()))
    return form_page("auth/confirm.html", form, step="password", **_about(page), next=page["path"])


def _confirm_password(browser: Browser, act: Mapping[str, Any]) -> Response:
    form = PasswordForm()
    if form.is_about(act) and form.validate_on_submit():
        with form.refusals():
            return go_on(confirming.confirm_password(browser, act, form.password.data, gate.client()))
    return form_page("auth/confirm.html", form, step="password", **_about(act), next=None)


def _confirm_code(browser: Browser, act: Mapping[str, Any]) -> Response:
    form = ActCodeForm()
    if not form.is_about(act):
        form.code.data = ""  # It may be that of the other act: a mere press must not confirm it.
    elif form.validate_on_submit():
        with form.refusals():
            return go_on(confirming.confirm_code(browser, act, form.digits, gate.client()))
    return _code_page(browser, act, form)


def _code_page(browser: Browser, act: Mapping[str, Any], form: PortalForm) -> Response:
    page = code_page.build(browser, gate.client(), clock.now(), Purpose.CONFIRM, act)
    return form_page("auth/confirm.html", form, step="code", **_about(act), next=None, page=page)


def _about(act: Mapping[str, Any]) -> dict[str, Any]:
    """What is confirmed, and where to go instead."""
    with begin_read() as session:
        changes = history.asked(session, act)
    lines = [difference.describe(change, act["name"]) for change in changes[:MOST_SHOWN]]
    return {"what": what(act), "back": page_of(act), "lines": lines, "more": len(changes) - len(lines)}
