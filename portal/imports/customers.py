"""Customers: one line each."""

import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from portal import clock, passwords, sessions
from portal.accounts.billing_details import FIELDS
from portal.imports.cells import country, email, one_of, text
from portal.imports.plan import Entry, Kept, Table
from portal.imports.sheet import Column, Row
from portal.models import Account, AccountType, BillingDetails

COLUMNS = (
    Column("id", text(100), "external_id", needed=False, empty=None),
    Column("email", email, "email"),
    Column("name", text(100), "name"),
    Column("type", one_of(*AccountType), "account_type", needed=False, empty=AccountType.PERSONAL.value),
    Column("company", text(100), "company", needed=False),
    Column("street", text(200), "street", needed=False),
    Column("postcode", text(20), "postcode", needed=False),
    Column("city", text(100), "city", needed=False),
    Column("country", country, "country", needed=False),
    Column("tax_id", text(50), "tax_id", needed=False),
)
_CALLED = {column.to: column.name for column in COLUMNS}


def table() -> Table:
    return Table(
        "customer",
        Account,
        "email",
        natural="email",
        parts=_Details(),
        defaults={
            "account_type": AccountType.PERSONAL.value,
            # Nobody knows it: `portal users reset-password` gives each their first one.
            "password_hash": passwords.make_hash(secrets.token_urlsafe(32)),
            "epoch": 0,
            "made_at": clock.now(),
        },
        follow=_follow,
    )


def entries(rows: Iterable[Row]) -> list[Entry]:
    return [Entry(row.line, _values(row), _CALLED) for row in rows]


def _values(row: Row) -> dict[str, Any]:
    values = row.read(COLUMNS)
    if values.get("external_id") is None:  # An id that the account has already stays.
        values.pop("external_id", None)
    return values


class _Details:
    names = frozenset(FIELDS)

    def read(self, session: Session, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        rows = session.scalars(select(BillingDetails).where(BillingDetails.account_id.in_(ids)))
        found = {row.account_id: {name: getattr(row, name) for name in FIELDS} for row in rows}
        return {account_id: found.get(account_id, dict.fromkeys(FIELDS, "")) for account_id in ids}

    def write(self, session: Session, values: dict[int, dict[str, Any]]) -> None:
        rows = session.scalars(select(BillingDetails).where(BillingDetails.account_id.in_(values)))
        found = {row.account_id: row for row in rows}
        for account_id, row in found.items():
            for name, value in values[account_id].items():
                setattr(row, name, value)
        new = [
            dict.fromkeys(FIELDS, "") | wanted | {"account_id": account_id}
            for account_id, wanted in values.items()
            if account_id not in found and any(wanted.values())
        ]
        if new:
            session.execute(insert(BillingDetails), new)


def _follow(session: Session, kept: Kept) -> dict[str, Any]:
    if "email" in kept.changed:  # Who signs in by it may be another person now.
        account = session.get_one(Account, kept.id)
        sessions.raise_epoch(session, account)
        sessions.end_all(session, account)
    event = "account changed" if kept.changed else "account made"
    detail = {"reason": "import"} | ({"fields": ", ".join(kept.changed)} if kept.changed else {})
    return {"account_id": kept.id, "event": event, "detail": detail}
