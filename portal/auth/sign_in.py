"""Signing in and out: /auth/login, /auth/verify, /auth/logout."""

from flask import current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from portal import clock
from portal.accounts import signing_in
from portal.accounts.signing_in import Entered
from portal.auth import bp
from portal.codes import page as code_page
from portal.models import Purpose
from portal.web import gate
from portal.web.forms import CodeForm, PortalForm, SendForm, form_page, is_plain_line, see_other


class LoginForm(PortalForm):
    email = EmailField(
        "Email",
        [InputRequired("Type your email."), Length(max=254, message="Use at most 254 characters."), is_plain_line],
    )
    password = PasswordField("Password", [InputRequired("Type your password.")])
    next = HiddenField()


@bp.route("/login", methods=["GET", "POST"])
def login() -> Response:
    if current_user.is_authenticated:
        return see_other("resources.index")
    form = LoginForm()
    if request.method == "GET":
        form.next.data = gate.safe_path(request.args.get("next"))
    elif form.validate_on_submit():
        with form.refusals():
            entered = signing_in.sign_in(form.email.data, form.password.data, gate.client())
            return _after_password(entered, gate.safe_path(form.next.data))
    return form_page("auth/login.html", form, registration_open=current_app.config["REGISTRATION_OPEN"])


@bp.route("/verify", methods=["GET", "POST"])
def verify() -> Response:
    if current_user.is_authenticated:
        return see_other("resources.index")
    form = CodeForm()
    if form.validate_on_submit():
        with form.refusals():
            entered = signing_in.finish_sign_in(gate.password_only(), form.digits, gate.client())
            return _go_on(gate.keep_signed_in(entered))
    return _verify_page(form)


@bp.post("/verify/send")
def verify_send() -> Response:
    if current_user.is_authenticated:
        return see_other("resources.index")
    form = SendForm()
    if form.validate_on_submit():
        with form.refusals():
            signing_in.send_sign_in_code(gate.password_only(), form.slot, gate.client())
            return see_other("auth.verify")
    return _verify_page(CodeForm.instead_of(form))


@bp.post("/logout")
def logout() -> Response:
    gate.forget()
    response = see_other("auth.login")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _after_password(entered: Entered, next_path: str | None) -> Response:
    if entered.complete:
        gate.keep_signed_in(entered)
        return _go_on(next_path)
    gate.keep_half(entered.token, next_path)
    return see_other("auth.verify")


def _go_on(next_path: str | None) -> Response:
    return redirect(gate.safe_path(next_path) or url_for("resources.index"), 303)


def _verify_page(form: PortalForm) -> Response:
    page = code_page.build(gate.password_only(), gate.client(), clock.now(), Purpose.SIGN_IN, {})
    return form_page("auth/verify.html", form, page=page)
