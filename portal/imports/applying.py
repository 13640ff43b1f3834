"""Doing what plans say: all of it in one transaction, or nothing."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from portal import audit
from portal.audit import Actor
from portal.database import begin_write
from portal.imports.plan import Change, Entry, Kept, Plan, Table, batches


class ChangedMeanwhileError(Exception):
    """Since the plan was made, someone changed what it would change."""


def apply(plans: Sequence[Plan], now: datetime, actor: Actor, file: str) -> None:
    """Raises ChangedMeanwhileError: then nothing is changed."""
    made, changed = sum(len(plan.made) for plan in plans), sum(len(plan.changed) for plan in plans)
    try:
        with begin_write() as session:
            for plan in plans:
                _apply(session, plan, lambda rows: audit.record_many(session, now, actor, rows))
            audit.record(session, now, actor, "imported", None, file=file, made=str(made), changed=str(changed))
    except IntegrityError as error:
        raise ChangedMeanwhileError from error


def _apply(session: Session, plan: Plan, record: Callable[[list[dict[str, Any]]], None]) -> None:
    for entries in batches(plan.made):
        _follow(session, plan.table, _make(session, plan.table, entries), record)
    for changes in batches(plan.changed):
        _follow(session, plan.table, _change(session, plan.table, changes), record)


def _follow(session: Session, table: Table, rows: list[Kept], record: Callable[[list[dict[str, Any]]], None]) -> None:
    if table.follow:
        record([table.follow(session, row) for row in rows])


def _make(session: Session, table: Table, entries: list[Entry]) -> list[Kept]:
    rows = [dict(table.defaults) | entry.values for entry in entries]
    of_parts = [_taken(row, table) for row in rows]
    # One by one from here on: a list is copied into each statement.
    ids = session.scalars(insert(table.model).returning(table.model.id, sort_by_parameter_order=True), rows).all()
    if table.parts:
        table.parts.write(session, dict(zip(ids, of_parts, strict=True)))
    return [
        Kept(row_id, row.get("account_id", row_id), row[table.label], ()) for row_id, row in zip(ids, rows, strict=True)
    ]


def _taken(row: dict[str, Any], table: Table) -> dict[str, Any]:
    """The columns of another table, taken out of the row."""
    return {name: row.pop(name) for name in table.parts.names & row.keys()} if table.parts else {}


def _change(session: Session, table: Table, changes: list[Change]) -> list[Kept]:
    ids = [change.id for change in changes]
    found = session.scalars(select(table.model).where(table.model.id.in_(ids)).with_for_update())
    rows = {row.id: row for row in found}
    parts = table.parts.read(session, ids) if table.parts else {}
    new_parts: dict[int, dict[str, Any]] = {}
    for change in changes:
        row, its_parts = rows.get(change.id), parts.get(change.id, {})
        for name, value in change.after.items():
            seen = its_parts[name] if name in its_parts else getattr(row, name, None)
            if row is None or seen != change.before[name]:
                raise ChangedMeanwhileError
            if name in its_parts:
                new_parts.setdefault(change.id, {})[name] = value
                flag_modified(row, table.label)  # Its revision rises too.
            else:
                setattr(row, name, value)
    session.flush()
    kept = [
        Kept(row.id, getattr(row, "account_id", row.id), getattr(row, table.label), tuple(change.before))
        for change in changes
        for row in [rows[change.id]]
    ]
    session.expunge_all()
    if table.parts and new_parts:
        table.parts.write(session, new_parts)
    return kept
