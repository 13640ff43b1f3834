"""Forms, and the answer to one: the page again with what was typed, or a redirect."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Any, ClassVar, Self

from flask import make_response, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import Field, Form, HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, ValidationError

from portal import clock, otp
from portal.web import record
from portal.web.refusals import Refusal, refusals


class PortalForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF publishes no types
    """A form that checks shape only: it spends nothing and asks no database."""

    leads: ClassVar[bool] = True
    """Whether its page begins at it: at the field that comes next. One that stands below what is read, or is filled in
    already, does not: its page begins at the top, and when refused where something is wrong."""
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

    @property
    def is_refused(self) -> bool:
        return self.status != HTTPStatus.OK

    @property
    def retry_at(self) -> datetime | None:
        """When a refused form will work again, if that is a matter of time."""
        return self.refusal.retry_at if self.refusal else None

    @property
    def focus(self) -> str:
        """The field its page begins at: the first with an error, else the first to be typed, else the first.

        Empty for none, as in forms with nothing but buttons. A refused page that begins at no field begins at what is
        said of the whole form.
        """
        shown = [field for field in self if not isinstance(field, HiddenField)]
        wrong = [field for field in shown if field.errors]
        if not (self.leads or wrong):
            return ""
        # What was typed into a password field is not shown again.
        empty = [field for field in shown if isinstance(field, PasswordField) or not field.data]
        return next((str(field.name) for field in [*wrong, *empty, *shown]), "")


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
    def instead_of(cls, send: SendForm) -> Self:
        """The empty code form of a page whose send form was refused."""
        form = cls(formdata=None)
        form.refusal = send.refusal
        form.form_errors += [*send.form_errors, *send.phone.errors]
        return form


def form_page(template: str, form: PortalForm, **context: Any) -> Response:
    """The page of a form: 200 the first time, 422 with errors, 429 with the time during a wait."""
    response = make_response(render_template(template, form=form, **context), form.status)
    if form.retry_at is not None:
        response.headers["Retry-After"] = str(max(1, round((form.retry_at - clock.now()).total_seconds() + 0.5)))
    return response


def see_other(endpoint: str, **values: Any) -> Response:
    return redirect(url_for(endpoint, **values), HTTPStatus.SEE_OTHER)
