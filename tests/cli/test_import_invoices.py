"""`portal import invoices`: exact, and only what adds up."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from portal.database import begin_read
from portal.models import (
    AuditEvent,
    Invoice,
)
from tests.cli.conftest import Run
from tests.cli.sheets import SAMPLES, Sheets, found

D = Decimal


INVOICE = {
    "number": "1", "customer": "c-1001", "issued_on": "2026-11-01", "due_on": "2026-11-15", "paid_on": "",
    "currency": "EUR", "net": "20.00", "tax": "3.80", "total": "23.80", "pay_url": "", "text": "Server",
    "quantity": "2", "unit_price": "10.00", "tax_percent": "19", "amount": "20.00", "tax_amount": "",
}  # fmt: skip


def invoices(sheets: Sheets, *lines: dict[str, str]) -> str:
    rows = [INVOICE | line for line in lines]
    return sheets(",".join(INVOICE), *(",".join(f'"{cell}"' for cell in row.values()) for row in rows))


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"amount": "20.01"}, "amount: quantity x unit_price is 20.00, not 20.01."),
        ({"quantity": "0.5", "unit_price": "0.25"}, "amount: quantity x unit_price is 0.12 or 0.13, not 20.00."),
        ({"net": "21.00", "total": "24.80"}, "net: The lines come to 20.00, not 21.00."),
        ({"tax": "3.79", "total": "23.79"}, "tax: The tax of the lines does not come to 3.79, rounded by rate or"),
        ({"total": "23.81"}, "total: net and tax come to 23.80, not 23.81."),
        ({"tax_amount": "3.79"}, "tax: The tax of the lines does not come to 3.80"),
        ({"total": "23.8000001"}, "total: It may have 12 digits before the point and 4 behind it."),
        ({"total": "23,80"}, "total: It must be a number such as 1234.50: with a point, and nothing between"),
        ({"total": "1e3"}, "total: It must be a number such as 1234.50"),
        ({"currency": "JPY"}, "tax: 3.80 has more than the 0 decimals of JPY."),
        ({"currency": "EURO"}, "currency: It must be a currency code of three letters such as EUR or USD."),
        ({"pay_url": "http://pay.example.com/1"}, "pay_url: It must be an address that begins with https://."),
        ({"pay_url": "https://me:word@pay.example.com/1"}, "pay_url: It must be an address that begins with https"),
        ({"pay_url": "javascript:alert(1)"}, "pay_url: It must be an address that begins with https://."),
        ({"number": ""}, "number: This is empty."),
        ({"due_on": ""}, "due_on: This is empty."),
    ],
)
def test_an_invoice_that_does_not_add_up_is_refused(
    portal: Run, app: Flask, sheets: Sheets, cells: dict[str, str], said: str
) -> None:
    portal("import", "customers", str(SAMPLES / "customers.csv"), "--apply")
    result = portal("import", "invoices", invoices(sheets, {"number": "0"}, cells), "--apply")
    assert result.exit_code == 1
    assert f"line 3, {said}" in result.output
    assert found(app, Invoice) == []


@pytest.mark.parametrize(
    "cells",
    [
        {"currency": "JPY", "unit_price": "1000", "amount": "2000.00", "net": "2000", "tax": "380", "total": "2380.0"},
        {"currency": "KWD", "unit_price": "1.125", "amount": "2.250", "net": "2.25", "tax": "0.428", "total": "2.678"},
        {"unit_price": "-10", "amount": "-20.00", "net": "-20.00", "tax": "-3.80", "total": "-23.80"},
        {"tax_percent": "0", "tax": "0", "total": "20"},
        {"tax": "3.81", "total": "23.81", "tax_amount": "3.81"},
    ],
    ids=["no decimals", "three decimals", "a credit note", "no tax", "tax as the shop rounds it"],
)
def test_an_invoice_that_adds_up_is_imported_exactly(
    portal: Run, app: Flask, sheets: Sheets, cells: dict[str, str]
) -> None:
    portal("import", "customers", str(SAMPLES / "customers.csv"), "--apply")
    result = portal("import", "invoices", invoices(sheets, cells), "--apply")
    assert result.exit_code == 0, result.output
    [invoice] = found(app, Invoice)
    wanted = INVOICE | cells
    assert (invoice.net, invoice.tax, invoice.total) == (D(wanted["net"]), D(wanted["tax"]), D(wanted["total"]))
    assert portal("import", "invoices", invoices(sheets, cells)).output.endswith("There is nothing to do.\n")


def test_the_lines_of_an_invoice_say_the_same_of_it_or_nothing(portal: Run, sheets: Sheets) -> None:
    portal("import", "customers", str(SAMPLES / "customers.csv"), "--apply")
    whole = {"net": "40.00", "tax": "7.60", "total": "47.60"}
    path = invoices(sheets, whole, whole | {"number": "2"}, whole | {"due_on": "2026-11-16", "currency": ""})
    output = portal("import", "invoices", path).output
    assert "line 4, due_on: Line 2 says something else about this invoice.\n" in output
    assert "line 4, currency" not in output


def test_tax_stands_on_all_lines_of_an_invoice_or_on_none(portal: Run, sheets: Sheets) -> None:
    portal("import", "customers", str(SAMPLES / "customers.csv"), "--apply")
    whole = {"net": "40.00", "tax": "7.60", "total": "47.60"}
    output = portal("import", "invoices", invoices(sheets, whole | {"tax_amount": "3.80"}, whole)).output
    assert "line 2, tax_amount: Some lines of this invoice have it and some don't.\n" in output


def test_a_payment_and_other_lines_come_in_by_the_same_file_again(portal: Run, app: Flask, sheets: Sheets) -> None:
    portal("import", "customers", str(SAMPLES / "customers.csv"), "--apply")
    portal("import", "invoices", invoices(sheets, {}, {"number": "2"}), "--apply")
    halves = {"quantity": "1", "amount": "10.00", "paid_on": "2026-11-05"}
    output = portal("import", "invoices", invoices(sheets, halves, halves | {"text": "Backup"}), "--apply").output
    assert "changed: line 2: 1: paid_on None -> 2026-11-05, lines 1 lines -> 2 lines\n" in output
    assert "not in the file: 2\n" in output
    with app.app_context(), begin_read() as session:
        first, second = session.scalars(select(Invoice).order_by(Invoice.number))
        assert [line.text for line in first.lines] == ["Server", "Backup"]
        assert [line.position for line in first.lines] == [1, 2]
        assert [line.text for line in second.lines] == ["Server"]
    assert (first.revision, second.revision) == (2, 1)


def test_no_number_of_an_invoice_stands_in_the_history_of_its_customer(portal: Run, app: Flask, sheets: Sheets) -> None:
    """The history opens with a session alone."""
    portal("import", "customers", str(SAMPLES / "customers.csv"), "--apply")
    portal("import", "invoices", invoices(sheets, {"number": "secret-77"}), "--apply")
    events = found(app, AuditEvent)
    assert not any("secret-77" in str(event.detail) for event in events)
    assert (events[-1].event, events[-1].account_id) == ("imported", None)
    assert events[-1].detail == {"file": "sheet.csv", "made": "1", "changed": "0"}
