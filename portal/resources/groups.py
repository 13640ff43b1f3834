"""A group of things as a page shows it: a heading, how many there are, and some of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from portal.resources.cells import Cell
from portal.resources.tables import Table, Totals


@dataclass(frozen=True)
class Row:
    cells: list[Cell]
    url: str | None = None
    """Where its first cell leads."""


@dataclass(frozen=True)
class Group:
    id: str
    title: str
    columns: Sequence[str]
    rows: list[Row]
    count: int | None
    """Of all, also those that are not among the rows; None for what is hidden."""
    summary: str
    empty: str
    all_url: str | None = None


def group(table: Table, totals: Totals, found: Sequence[Any], today: date) -> Group:
    """`found` is what `tables.rows` gave."""
    return Group(
        id=table.id,
        title=table.title,
        columns=table.columns,
        rows=[Row(table.cells(*row, today), _page_of(table, row[0])) for row in found],
        count=totals.count,
        summary=table.noted_words(totals.noted),
        empty=table.empty,
        all_url=url_for(table.list_endpoint) if table.list_endpoint else None,
    )


def _page_of(table: Table, thing: Any) -> str | None:
    return url_for(table.page_endpoint, id=thing.id) if table.page_endpoint else None
