"""Forms, and the answer to one: the page again with what was typed, or a redirect."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from flask import make_response, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import Field, Form, HiddenField, StringField
from wtforms.validators import DataRequired, ValidationError

from portal import clock, otp
from portal.web import record
from portal.web.refusals import Refusal, refusals


class PortalForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF publishes no types
    """A form that checks shape only: it spends nothing and asks no database."""

    refusal: Refusal | None = None

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Show a journey's refusal on this form."""
        with refusals() as caught:
            yield
        self.refusal = caught.refusal
        if self.refusal is None:
            return
        if self.refusal.why:
            record.why(self.refusal.why)
        field = next((self._fields[name] for name in self.refusal.fields if name in self._fields), None)
        if field is None:
            self.form_errors.append(self.refusal.sentence)
        else:
            field.errors = [*field.errors, self.refusal.sentence]

    @property
    def status(self) -> int:
        if self.refusal is not None:
            return self.refusal.status
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.errors else HTTPStatus.OK


def is_plain_line(form: Form, field: Field) -> None:
    """No control or direction-changing characters: they make one text look like another."""
    del form
    if any(not c.isprintable() for c in field.data or ""):
        raise ValidationError("Use letters, digits and plain signs only.")


class SendForm(PortalForm):
    """Which phone a code goes to."""

    phone = HiddenField(default="primary")

    def validate_phone(self, field: HiddenField) -> None:
        if field.data not in {"", "primary", "backup"}:
            raise ValidationError("There is no such phone.")

    @property
    def slot(self) -> str:
        return self.phone.data or "primary"


class CodeForm(PortalForm):
    code = StringField("Code", [DataRequired("Type the 6 digits from the text.")])

    def validate_code(self, field: StringField) -> None:
        if otp.normalise(field.data) is None:
            raise ValidationError("A code is 6 digits. Type it as it stands in the text.")

    @property
    def digits(self) -> str:
        """The code of a valid form, as ASCII digits."""
        return otp.normalise(self.code.data) or ""

    @classmethod
    def instead_of(cls, send: SendForm) -> "CodeForm":
        """The empty code form of a page whose send form was refused."""
        form = cls(formdata=None)
        form.refusal = send.refusal
        form.form_errors += [*send.form_errors, *send.phone.errors]
        return form


def form_page(template: str, form: PortalForm, **context: Any) -> Response:
    """The page of a form: 200 the first time, 422 with errors, 429 with the time during a wait."""
    retry_at = form.refusal.retry_at if form.refusal else None
    response = make_response(render_template(template, form=form, retry_at=retry_at, **context), form.status)
    if retry_at is not None:
        response.headers["Retry-After"] = str(max(1, round((retry_at - clock.now()).total_seconds() + 0.5)))
    return response


def see_other(endpoint: str, **values: Any) -> Response:
    return redirect(url_for(endpoint, **values), HTTPStatus.SEE_OTHER)
