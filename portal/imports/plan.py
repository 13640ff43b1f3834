"""What an import would do: what a file says, beside what the database has. Only reads."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, Protocol, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.imports.sheet import Problems

AT_ONCE = 500
"""Rows in one statement."""
T = TypeVar("T")


class Parts(Protocol):
    """What belongs to a row but stands in another table; it is compared and shown like a column."""

    names: frozenset[str]

    def read(self, session: Session, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        """Of each of these rows."""
        ...

    def write(self, session: Session, values: dict[int, dict[str, Any]]) -> None:
        """Replace these of each of these rows."""
        ...


@dataclass(frozen=True)
class Table:
    """Where things of one kind are kept, and how one is found again: by `external_id`, the shop's own id."""

    what: str
    model: type[Any]
    label: str
    """The column that people call it by."""
    natural: str | None = None
    """A column that is unique too: a row that has no external id yet is found by it, and gets the id."""
    fixed: frozenset[str] = frozenset()
    """Columns that must stay as they are."""
    only_new: frozenset[str] = frozenset()
    """Columns that are filled once, and left alone from then on."""
    parts: Parts | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """What a new row has where the file does not say."""
    follow: Callable[[Session, "Kept"], dict[str, Any]] | None = None
    """What else is done with a row that was made or changed. Returns what is recorded: columns of AuditEvent."""


@dataclass(frozen=True)
class Kept:
    """A row that was made or changed, in the transaction that did it."""

    id: int
    account_id: int
    label: str
    changed: tuple[str, ...]
    """Empty for a new one."""


@dataclass(frozen=True)
class Entry:
    """One thing that the file says."""

    line: int
    values: dict[str, Any]
    """Columns of the table, and of its parts."""
    column_of: dict[str, str] = field(default_factory=dict)
    """What the file calls a column, where it calls it otherwise."""


@dataclass(frozen=True)
class Change:
    entry: Entry
    id: int
    before: dict[str, Any]
    """What would change, as it is now."""

    @property
    def after(self) -> dict[str, Any]:
        return {name: self.entry.values[name] for name in self.before}


@dataclass
class Plan:
    table: Table
    made: list[Entry] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    same: int = 0
    missing: list[str] = field(default_factory=list)
    """What the database has and the file does not; it stays."""


def make_plan(session: Session, table: Table, entries: Sequence[Entry], problems: Problems) -> Plan:
    _refuse_twins(table, entries, problems)
    plan, found = Plan(table), dict[int, int]()
    for some in batches(entries):
        existing = _Existing(session, table, some)
        for entry in some:
            row = existing.find(entry, problems)
            if row is None:
                plan.made.append(entry)
                continue
            if (first := found.setdefault(row["id"], entry.line)) != entry.line:
                problems.add(entry.line, "", f"This is the same {table.what} as in line {first}.")
            before = {name: row[name] for name, value in entry.values.items() if row[name] != value}
            before = {name: old for name, old in before.items() if name not in table.only_new}
            for name in before.keys() & table.fixed:
                problems.add(entry.line, _column(entry, name), f"It is {before[name]}, which can't be changed.")
            if before:
                plan.changed.append(Change(entry, row["id"], before))
            else:
                plan.same += 1
    everything = session.execute(select(table.model.id, getattr(table.model, table.label)))
    plan.missing = sorted(str(name) for row_id, name in everything if row_id not in found)
    return plan


def batches(things: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(things)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def _keys(table: Table) -> list[str]:
    return ["external_id", *([table.natural] if table.natural else [])]


def _refuse_twins(table: Table, entries: Iterable[Entry], problems: Problems) -> None:
    seen: dict[tuple[str, str], int] = {}
    for entry in entries:
        for name in _keys(table):
            key = entry.values.get(name)
            if key and (first := seen.setdefault((name, key), entry.line)) != entry.line:
                problems.add(entry.line, _column(entry, name), f"{key} stands in line {first} already.")


def _column(entry: Entry, name: str) -> str:
    return entry.column_of.get(name, name)


class _Existing:
    """The rows that some entries may be about."""

    def __init__(self, session: Session, table: Table, entries: Sequence[Entry]) -> None:
        self.table = table
        parts = table.parts.names if table.parts else frozenset()
        names = list(dict.fromkeys(chain(["id"], _keys(table), *(entry.values for entry in entries))))
        columns = [getattr(table.model, name) for name in names if name not in parts]
        rows = session.execute(select(*columns).where(or_(*self._conditions(entries)))).mappings()
        found = [dict(row) for row in rows]
        if table.parts and found:
            of_each = table.parts.read(session, [row["id"] for row in found])
            found = [row | of_each[row["id"]] for row in found]
        self.by_key = {(name, row[name]): row for row in found for name in _keys(table) if row[name]}

    def _conditions(self, entries: Sequence[Entry]) -> Iterator[Any]:
        for name in _keys(self.table):
            yield getattr(self.table.model, name).in_(
                [entry.values[name] for entry in entries if entry.values.get(name)]
            )

    def find(self, entry: Entry, problems: Problems) -> dict[str, Any] | None:
        """The row that it is about; None for a new thing."""
        by_id = self.by_key.get(("external_id", entry.values.get("external_id")))
        natural = self.table.natural
        by_name = self.by_key.get((natural, entry.values.get(natural))) if natural else None
        if natural is None or by_name is None or by_name is by_id:
            return by_id
        if by_id is None and (not by_name["external_id"] or not entry.values.get("external_id")):
            return by_name
        other = f"with the id {by_name['external_id']}" if by_name["external_id"] else "without an id"
        sentence = f"There is a {self.table.what} {entry.values[natural]} already, {other}."
        problems.add(entry.line, _column(entry, natural), sentence)
        return by_id or by_name
