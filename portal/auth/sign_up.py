"""Signing up: /auth/register."""

from flask import current_app, make_response, render_template
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import EmailField, Field, PasswordField, RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from portal.accounts import signing_in
from portal.auth import bp
from portal.models import AccountType
from portal.web import gate
from portal.web.forms import PortalForm, form_page, is_plain_line, see_other

_TYPES = [
    SelectChoice(AccountType.PERSONAL.value, "Personal"),
    SelectChoice(AccountType.BUSINESS.value, "Business"),
    SelectChoice(AccountType.RESELLER.value, "Reseller"),
]


def is_email(form: PortalForm, field: Field) -> None:
    del form
    if not signing_in.is_email(field.data or ""):
        raise ValidationError("That is not an email address. It should look like name@example.com.")


class RegisterForm(PortalForm):
    name = StringField(
        "Name",
        [InputRequired("Type your name."), Length(max=100, message="Use at most 100 characters."), is_plain_line],
    )
    email = EmailField(
        "Email",
        [
            InputRequired("Type your email."),
            Length(max=signing_in.LONGEST_EMAIL, message="Use at most 254 characters."),
            is_plain_line,
            is_email,
        ],
    )
    password = PasswordField("Password", [InputRequired("Choose a password.")])
    account_type = RadioField("Account type", choices=_TYPES, default=AccountType.PERSONAL.value)

    def validate_name(self, field: StringField) -> None:
        if not field.data.strip():
            raise ValidationError("Type your name.")


@bp.route("/register", methods=["GET", "POST"])
def register() -> Response:
    if current_user.is_authenticated:
        return see_other("resources.index")
    if not current_app.config["REGISTRATION_OPEN"]:
        return make_response(render_template("auth/closed.html"), 403)
    form = RegisterForm()
    if form.validate_on_submit():
        with form.refusals():
            entered = signing_in.register(
                form.name.data.strip(), form.email.data, form.password.data, form.account_type.data, gate.client()
            )
            gate.keep_signed_in(entered)
            return see_other("resources.index")
    return form_page("auth/register.html", form)
