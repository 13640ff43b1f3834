"""Whom the shop addresses its invoices to, as the customer wants it."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy.orm import Session

from portal import audit
from portal.accounts.changes import Change, Done
from portal.acts import Act
from portal.audit import About
from portal.models import BillingDetails

FIELDS: Final = ("company", "street", "postcode", "city", "country", "tax_id")


def change_of(values: Mapping[str, str], once: str) -> dict[str, Any]:
    """The act of putting these in the place of what is there."""
    return {"act": Act.CHANGE_BILLING, "values": {field: values[field] for field in FIELDS}, "once": once}


def change_details(change: Change, act: Mapping[str, Any]) -> Done:
    """A CHANGE_BILLING that is allowed. One that changes nothing, as a double click does, is not recorded."""
    changed = put(change.session, change.account.id, act["values"])
    if changed:
        audit.record_about(
            change.session, change.now, audit.customer(change.client), "billing details changed", change.account.id,
            About(proof=change.proof), fields=", ".join(changed),
        )  # fmt: skip
    return Done(change.token, dict(act))


def put(session: Session, account_id: int, values: Mapping[str, str]) -> list[str]:
    """Set these of the account's details. Returns which of them have changed."""
    details = session.get(BillingDetails, account_id)
    if details is None:
        details = BillingDetails(account_id=account_id, **dict.fromkeys(FIELDS, ""))
        session.add(details)
    changed = [field for field, value in values.items() if getattr(details, field) != value]
    for field in changed:
        setattr(details, field, values[field])
    return changed
