"""Changing the password: /profile/password."""

from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import InputRequired

from portal.accounts import confirming
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
            current, new = form.current_password.data, form.password.data
            return go_on(confirming.change_password(browser, current, new, gate.client()))
    return form_page("profile/password.html", form)
