"""Whom invoices are addressed to: /billing/details."""

import secrets
from typing import Any

from werkzeug.wrappers import Response
from wtforms import Field, HiddenField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from portal.accounts.billing_details import FIELDS, change_of
from portal.billing import bp
from portal.countries import COUNTRIES
from portal.database import begin_read
from portal.models import BillingDetails
from portal.web import gate
from portal.web.forms import PortalForm, form_page, is_plain_line
from portal.web.steps import do


def _is_not_blank(form: PortalForm, field: Field) -> None:
    del form
    if not field.data.strip():
        raise ValidationError("Type something here.")


def _line(label: str, longest: int, needed: str = "") -> StringField:
    checks: list[Any] = [Length(max=longest, message=f"Use at most {longest} characters."), is_plain_line]
    return StringField(label, [InputRequired(needed), *checks, _is_not_blank] if needed else checks)


class DetailsForm(PortalForm):
    leads = False
    once = HiddenField(validators=[InputRequired(), Length(max=32)], default=lambda: secrets.token_hex(16))
    company = _line("Company (optional)", 100)
    street = _line("Street and number", 200, "Type a street.")
    postcode = _line("Postcode (if there is one)", 20)
    city = _line("City", 100, "Type a city.")
    country = SelectField(
        "Country",
        [InputRequired("Choose a country.")],
        choices=[SelectChoice(code, name) for code, name in [("", "Choose"), *COUNTRIES.items()]],
    )
    tax_id = _line("Tax id (optional)", 50)

    @property
    def values(self) -> dict[str, str]:
        return {field: (self[field].data or "").strip() for field in FIELDS}


@bp.route("/details", methods=["GET", "POST"])
def details() -> Response:
    form = DetailsForm()
    if form.validate_on_submit():
        with form.refusals():
            return do(change_of(form.values, form.once.data))
    if not form.is_submitted():
        form = DetailsForm(formdata=None, obj=_details(gate.signed_in().account.id))
    return form_page("billing/details.html", form)


def _details(account_id: int) -> BillingDetails | None:
    with begin_read() as session:
        return session.get(BillingDetails, account_id)
