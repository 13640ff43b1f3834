"""Invoices: one line for each line of an invoice; what is said of the whole stands on its first line at least."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from portal import money
from portal.imports import cells
from portal.imports.owners import Owners
from portal.imports.plan import Entry, Table
from portal.imports.sheet import Column, Row
from portal.models import Invoice, InvoiceLine
from portal.money import PLACES, Taxed

_AMOUNT = cells.decimal(16, 4)
OF_LINE = (
    Column("text", cells.lines(300), "text"),
    Column("quantity", cells.decimal(12, 4), "quantity"),
    Column("unit_price", cells.decimal(16, 6), "unit_price"),
    Column("tax_percent", cells.decimal(6, 3), "tax_percent"),
    Column("amount", _AMOUNT, "amount"),
    Column("tax_amount", _AMOUNT, "tax", needed=False, empty=None),
)
_NUMBER = (Column("number", cells.text(50), "number"),)
OF_INVOICE = (
    *_NUMBER,
    Column("id", cells.text(100), "external_id", needed=False, empty=None),
    Column("issued_on", cells.day, "issued_on"),
    Column("due_on", cells.day, "due_on"),
    Column("paid_on", cells.day, "paid_on", needed=False, empty=None),
    Column("currency", cells.currency, "currency"),
    Column("net", _AMOUNT, "net"),
    Column("tax", _AMOUNT, "tax"),
    Column("total", _AMOUNT, "total"),
    Column("pay_url", cells.https_url, "pay_url", needed=False, empty=None),
    Column("addressed_to", cells.lines(500), "addressed_to", needed=False),
)
COLUMNS = ("number", "customer", *(column.name for column in (*OF_INVOICE[1:], *OF_LINE)))
_OF_LINE = [column.to for column in OF_LINE]


class _Lines:
    names = frozenset({"lines"})

    def read(self, session: Session, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        found: dict[int, list[tuple[Any, ...]]] = {invoice_id: [] for invoice_id in ids}
        columns = [getattr(InvoiceLine, name) for name in _OF_LINE]
        of_these = select(InvoiceLine.invoice_id, *columns).where(InvoiceLine.invoice_id.in_(ids))
        for invoice_id, *line in session.execute(of_these.order_by(InvoiceLine.position)):
            found[invoice_id].append(tuple(line))
        return {invoice_id: {"lines": tuple(lines)} for invoice_id, lines in found.items()}

    def write(self, session: Session, values: dict[int, dict[str, Any]]) -> None:
        session.execute(delete(InvoiceLine).where(InvoiceLine.invoice_id.in_(values)))
        rows = [
            dict(zip(_OF_LINE, line, strict=True)) | {"invoice_id": invoice_id, "position": position}
            for invoice_id, its in values.items()
            for position, line in enumerate(its["lines"], 1)
        ]
        session.execute(insert(InvoiceLine), rows)


def table() -> Table:
    # Without a record of each: numbers of invoices stand behind a fresh proof only, and an account's history does not.
    defaults = {column.to: column.empty for column in OF_INVOICE if not column.needed}
    return Table("invoice", Invoice, "number", natural="number", parts=_Lines(), defaults=defaults)


@dataclass
class _Draft:
    """An invoice while its lines are read."""

    first: Row
    values: dict[str, Any]
    lines: list[tuple[Row, dict[str, Any]]] = field(default_factory=list)
    """Where each stands, without its cells: there may be many."""


def entries(rows: Iterable[Row], owners: Owners) -> list[Entry]:
    columns = (*OF_INVOICE, Column("customer", owners.find, "account_id"))
    called = {column.to: column.name for column in columns}
    drafts: dict[str, _Draft] = {}
    for row in rows:
        number = row.read(_NUMBER).get("number")
        if number is None:
            continue
        draft = drafts.get(number)
        if draft is None:
            draft = drafts[number] = _Draft(row, row.read(columns))
        else:
            _refuse_contradictions(row, draft.first, columns)
        draft.lines.append((replace(row, cells={}), row.read(OF_LINE)))
    return [Entry(draft.first.line, _checked(draft), called) for draft in drafts.values()]


def _refuse_contradictions(row: Row, first: Row, columns: Iterable[Column]) -> None:
    for column in columns:
        cell = row.cells.get(column.name)
        if cell and cell != first.cells[column.name]:
            row.refuse(column.name, f"Line {first.line} says something else about this invoice.")


def _checked(draft: _Draft) -> dict[str, Any]:
    """The values of the whole invoice. What does not add up is refused, where all that it takes could be read."""
    values = draft.values
    if values.get("external_id") is None:
        values.pop("external_id", None)
    complete = all(line.keys() >= {"quantity", "unit_price", "tax_percent", "amount"} for _, line in draft.lines)
    if complete and values.keys() >= {"currency", "net", "tax", "total"}:
        currency = values["currency"]
        for row, line in draft.lines:
            _check_line(row, line, currency)
        _check_sums(draft, currency)
    values["lines"] = tuple(tuple(line.get(name) for name in _OF_LINE) for _, line in draft.lines)
    return values


def _check_line(row: Row, line: dict[str, Any], currency: str) -> None:
    _refuse_decimals(row, line, ("amount",), currency)
    exact = line["quantity"] * line["unit_price"]
    if line["amount"] not in (comes_to := money.roundings(exact, currency)):
        row.refuse("amount", f"quantity x unit_price is {_listed(comes_to, currency)}, not {line['amount']}.")


def _check_sums(draft: _Draft, currency: str) -> None:
    first, values = draft.first, draft.values
    _refuse_decimals(first, values, ("net", "tax", "total"), currency)
    lines = [line for _, line in draft.lines]
    net = sum((line["amount"] for line in lines), Decimal(0))
    if net != values["net"]:
        first.refuse("net", f"The lines come to {net}, not {values['net']}.")
    if values["net"] + values["tax"] != values["total"]:
        first.refuse("total", f"net and tax come to {values['net'] + values['tax']}, not {values['total']}.")
    given = [line.get("tax") is not None for line in lines]
    if any(given) and not all(given):
        first.refuse("tax_amount", "Some lines of this invoice have it and some don't.")
        return
    taxed = [Taxed(line["tax_percent"], line["amount"], line.get("tax")) for line in lines]
    if net == values["net"] and money.rates(taxed, values["tax"], currency) is None:
        first.refuse("tax", f"The tax of the lines does not come to {values['tax']}, rounded by rate or by line.")


def _refuse_decimals(row: Row, values: dict[str, Any], names: Iterable[str], currency: str) -> None:
    for name in names:
        if money.decimals(values[name]) > PLACES[currency]:
            row.refuse(name, f"{values[name]} has more than the {PLACES[currency]} decimals of {currency}.")


def _listed(amounts: set[Decimal], currency: str) -> str:
    return " or ".join(sorted(money.plain(amount, PLACES[currency]).replace(",", "") for amount in amounts))
