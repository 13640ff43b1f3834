"""Amounts are kept and summed exactly, the same on SQLite and PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import StatementError

from portal.database import begin_read, begin_write
from portal.extensions import db
from portal.models import Account, Invoice, InvoiceLine
from portal.schema import downgrade, upgrade

D = Decimal
DAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _in_app(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def account_id() -> int:
    with begin_write() as session:
        account = Account(
            email="alice@example.com", name="Alice", account_type="personal", password_hash="-", epoch=0,
            made_at=datetime(2026, 11, 24, tzinfo=UTC),
        )  # fmt: skip
        session.add(account)
        session.flush()
        return account.id


def add_invoice(account_id: int, number: str, total: Decimal, **columns: object) -> None:
    with begin_write() as session:
        session.add(
            Invoice(
                account_id=account_id, number=number, issued_on=DAY, due_on=DAY, currency="EUR", total=total, **columns
            )
        )


@pytest.mark.parametrize(
    "total", [D("0.1"), D("-0.0001"), D("999999999999.9999"), D("123456789012.345"), D("24.10"), D(0)]
)
def test_an_amount_comes_back_as_it_was(account_id: int, total: Decimal) -> None:
    add_invoice(account_id, "1", total)
    with begin_read() as session:
        found = session.scalars(select(Invoice.total)).one()
    assert isinstance(found, Decimal)
    assert found == total


def test_a_sum_is_exact_where_floats_are_not(account_id: int) -> None:
    for number in range(10):
        add_invoice(account_id, str(number), D("0.1"))
    add_invoice(account_id, "large", D("99999999999.9999"))
    with begin_read() as session:
        found = session.scalars(select(func.sum(Invoice.total))).one()
    assert isinstance(found, Decimal)
    assert found == D("100000000000.9999")


def test_lines_keep_their_own_decimals(account_id: int) -> None:
    line = InvoiceLine(
        position=1, text="Traffic", quantity=D("1234.5678"), unit_price=D("0.000123"), tax_percent=D("8.875"),
        amount=D("0.15"),
    )  # fmt: skip
    add_invoice(account_id, "1", D("0.16"), lines=[line])
    with begin_read() as session:
        found = session.scalars(select(InvoiceLine)).one()
    assert (found.quantity, found.unit_price, found.tax_percent) == (D("1234.5678"), D("0.000123"), D("8.875"))
    assert found.tax is None


@pytest.mark.parametrize("total", [D("0.00001"), D("1000000000000"), D("NaN")])
def test_what_does_not_fit_is_refused_and_not_rounded(account_id: int, total: Decimal) -> None:
    with pytest.raises(StatementError):
        add_invoice(account_id, "1", total)


def test_totals_of_earlier_versions_come_over_exactly_and_go_back(account_id: int) -> None:
    downgrade(revision="0002")
    insert = "INSERT INTO invoices (account_id, number, issued_on, due_on, currency, total) VALUES "
    with db.engine.begin() as connection:
        connection.execute(text(f"{insert} ({account_id}, '1', '2026-11-24', '2026-11-24', 'EUR', 1234567.89)"))
        connection.execute(text(f"{insert} ({account_id}, '2', '2026-11-24', '2026-11-24', 'EUR', 0.1)"))
    upgrade()
    with begin_read() as session:
        rows = session.execute(select(Invoice.net, Invoice.tax, Invoice.total).order_by(Invoice.number)).all()
    assert [tuple(row) for row in rows] == [(D("1234567.89"), D(0), D("1234567.89")), (D("0.1"), D(0), D("0.1"))]
    downgrade(revision="0002")
    with db.engine.connect() as connection:
        totals = connection.execute(text("SELECT total FROM invoices ORDER BY number")).scalars().all()
    assert [f"{total:.2f}" for total in totals] == ["1234567.89", "0.10"]
    upgrade()
