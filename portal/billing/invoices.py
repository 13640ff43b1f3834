"""Invoices: what is due and all of them at /billing/, one at /billing/invoices/<id>."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from flask import abort, render_template, request
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, selectinload

from portal import clock, money
from portal.billing import bp
from portal.countries import COUNTRIES
from portal.database import begin_read
from portal.models import BillingDetails, Invoice
from portal.money import Taxed
from portal.web import gate
from portal.web.pages import pages_of, searched

PAGE = 50
"""Invoices on one page."""
_STATES: Final = {"open": ("Open", "warn"), "overdue": ("Overdue", "bad"), "paid": ("Paid", "good")}
"""What each is called, and the tone of its badge."""


@dataclass(frozen=True)
class Due:
    """What is to be paid, in one currency."""

    currency: str
    total: Decimal
    overdue: Decimal


@bp.get("/")
def index() -> str:
    account, today = gate.signed_in().account, clock.now().date()
    number = searched("number")
    state = request.args.get("state", "")
    wanted = [Invoice.account_id == account.id]
    wanted += [_is(state, today)] if state in _STATES else []
    wanted += [Invoice.number.icontains(number, autoescape=True)] if number else []
    with begin_read() as session:
        count = session.scalar(select(func.count()).select_from(Invoice).where(*wanted)) or 0
        pages = pages_of(count, PAGE)
        newest_first = select(Invoice).where(*wanted).order_by(Invoice.issued_on.desc(), Invoice.id.desc())
        found = session.scalars(newest_first.offset(pages.skip).limit(pages.size)).all()
        due = _due(session, account.id, today)
        details = session.get(BillingDetails, account.id)
    return render_template(
        "billing/index.html",
        invoices=[(invoice, *_STATES[_state(invoice, today)]) for invoice in found],
        pages=pages, state=state, number=number, states=_STATES, due=due,
        addressed_to=_address(account.name, details) if details else [],
    )  # fmt: skip


@bp.get("/invoices/<int(max=9223372036854775807):id>")
def invoice(id: int) -> str:  # noqa: A002 - the name in the path
    account, today = gate.signed_in().account, clock.now().date()
    with begin_read() as session:
        own = select(Invoice).where(Invoice.id == id, Invoice.account_id == account.id)
        found = session.scalar(own.options(selectinload(Invoice.lines)))
        details = session.get(BillingDetails, account.id)
    if found is None:
        abort(404)
    lines = [Taxed(line.tax_percent, line.amount, line.tax) for line in found.lines]
    return render_template(
        "billing/invoice.html",
        invoice=found,
        state=_STATES[_state(found, today)],
        addressed_to=found.addressed_to.splitlines() or _address(account.name, details),
        rates=money.rates(lines, found.tax, found.currency),
        pay_url=_pay_url(found),
    )


def _state(invoice: Invoice, today: date) -> str:
    if invoice.paid_on is not None:
        return "paid"
    return "overdue" if invoice.due_on < today else "open"


def _is(state: str, today: date) -> ColumnElement[bool]:
    """As `_state`, for the database."""
    if state == "paid":
        return Invoice.paid_on.is_not(None)
    return Invoice.paid_on.is_(None) & (Invoice.due_on < today if state == "overdue" else Invoice.due_on >= today)


def _due(session: Session, account_id: int, today: date) -> list[Due]:
    """What is to be paid, by currency: amounts in two currencies have no sum."""
    is_overdue = Invoice.due_on < today
    rows = session.execute(
        select(Invoice.currency, is_overdue, func.sum(Invoice.total))
        .where(Invoice.account_id == account_id, Invoice.paid_on.is_(None))
        .group_by(Invoice.currency, is_overdue)
    ).all()
    totals: dict[str, dict[bool, Decimal]] = {}
    for currency, overdue, total in rows:
        totals.setdefault(currency, {})[bool(overdue)] = total
    return [
        Due(currency, sum(of.values(), Decimal(0)), of.get(True, Decimal(0))) for currency, of in sorted(totals.items())
    ]


def _address(name: str, details: BillingDetails | None) -> list[str]:
    """Whom invoices go to, in lines."""
    if details is None:
        return [name]
    place = f"{details.postcode} {details.city}"
    country = COUNTRIES.get(details.country, details.country)
    tax_id = f"Tax id {details.tax_id}" if details.tax_id else ""
    lines = [details.company, name, details.street, place, country, tax_id]
    return list(dict.fromkeys(line.strip() for line in lines if line.strip()))


def _pay_url(invoice: Invoice) -> str | None:
    """The shop's own payment page, for what is to be paid. Nothing but https leads there, whoever filled the table."""
    is_to_pay = invoice.paid_on is None and invoice.total > 0
    return invoice.pay_url if is_to_pay and (invoice.pay_url or "").startswith("https://") else None
