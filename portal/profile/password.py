"""Changing the password: /profile/password."""

from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import InputRequired

from portal import clock
from portal.accounts import confirming
from portal.accounts.password import new_password
from portal.accounts.signing_in import check_password
from portal.profile import bp
from portal.web import gate
from portal.web.forms import PortalForm, form_page
from portal.web.steps import go_on


class ChangePasswordForm(PortalForm):
    current_password = PasswordField("Current password", [InputRequired("Type your current password.")])
    password = PasswordField("New password", [InputRequired("Choose a new password.")])


@bp.route("/password", methods=["GET", "POST"])
def password() -> Response:
    browser = gate.signed_in()
    form = ChangePasswordForm()
    if form.validate_on_submit():
        with form.refusals():
            # In this order: what the limits refuse costs no hashing.
            check_password(browser, form.current_password.data, gate.client(), clock.now())
            act = new_password(browser.account, form.password.data)
            confirming.ask(browser, act)
            return go_on(confirming.accept_password(browser, gate.client()))
    return form_page("profile/password.html", form)
