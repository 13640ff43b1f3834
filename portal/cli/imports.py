"""`portal import`: a preview of what a file would do, and with --apply doing it."""

import getpass
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from portal import audit, clock
from portal.database import begin_read
from portal.imports import customers, invoices, resources, sheet
from portal.imports.applying import ChangedMeanwhileError, apply
from portal.imports.owners import Owners
from portal.imports.plan import Change, Plan, make_plan
from portal.imports.sheet import Problems

SHOWN = 20
"""Things of each sort in a preview."""

Planner = Callable[[Path, Problems], list[Plan]]


@click.group(name="import")
def imports() -> None:
    """Bring customers, what they have, and their invoices in from CSV files: docs/import.md."""


def _command(name: str, planner: Planner) -> None:
    @imports.command(name=name, help=planner.__doc__)
    @click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
    @click.option("--apply", "is_applied", is_flag=True, help="Do it; without it nothing is changed.")
    @click.option("--all", "is_long", is_flag=True, help=f"Show everything, not only the first {SHOWN} of each sort.")
    @with_appcontext
    def run(file: Path, *, is_applied: bool, is_long: bool) -> None:
        problems = Problems()
        plans = planner(file, problems)
        if problems.found:
            _refuse(problems)
        with begin_read() as session:
            emails = Owners(session).emails()
        for plan in plans:
            _show(plan, emails, None if is_long else SHOWN)
        if not any(plan.made or plan.changed for plan in plans):
            click.echo("There is nothing to do.")
            return
        if not is_applied:
            click.echo("This is a preview: nothing is changed. Do it with --apply.")
            return
        try:
            apply(plans, clock.now(), audit.Actor(f"staff:{getpass.getuser()}"), file.name)
        except ChangedMeanwhileError:
            raise click.ClickException(
                "Someone changed the same things meanwhile, so nothing was imported. Run it again."
            ) from None
        click.echo("Imported.")


def _customers(file: Path, problems: Problems) -> list[Plan]:
    """Customers, one line each. New ones get a password that nobody knows: see portal users reset-password."""
    table = customers.table()
    entries = customers.entries(sheet.rows(file, [column.name for column in customers.COLUMNS], problems))
    with begin_read() as session:
        return [make_plan(session, table, entries, problems)]


def _resources(file: Path, problems: Problems) -> list[Plan]:
    """Servers, WordPress sites, domains and DNS zones, one line each. Import their customers first."""
    with begin_read() as session:
        found = resources.entries(sheet.rows(file, resources.COLUMNS, problems), Owners(session))
        tables = resources.tables()
        return [make_plan(session, tables[kind], entries, problems) for kind, entries in found.items()]


def _invoices(file: Path, problems: Problems) -> list[Plan]:
    """Invoices, one line of the file for each of their lines. Import their customers first."""
    with begin_read() as session:
        entries = invoices.entries(sheet.rows(file, invoices.COLUMNS, problems), Owners(session))
        return [make_plan(session, invoices.table(), entries, problems)]


for _name, _planner in (("customers", _customers), ("resources", _resources), ("invoices", _invoices)):
    _command(_name, _planner)


def _refuse(problems: Problems) -> None:
    for problem in sorted(problems.found):
        click.echo(str(problem), err=True)
    count = len(problems.found)
    raise click.ClickException(f"{count} problem{'s' * (count != 1)}, so nothing was imported.")


def _show(plan: Plan, emails: dict[int, str], most: int | None) -> None:
    label = plan.table.label
    made = [f"line {entry.line}: {entry.values[label]}" for entry in plan.made]
    changed = [
        f"line {change.entry.line}: {change.entry.values[label]}: {', '.join(_differences(change, emails))}"
        for change in plan.changed
    ]
    sorts = {"new": made, "changed": changed, "not in the file": plan.missing}
    counts = [f"{len(lines)} {sort}" for sort, lines in sorts.items()]
    click.echo(f"{plan.table.what}s: {', '.join(counts)}, {plan.same} as they are")
    for sort, lines in sorts.items():
        for line in lines[:most]:
            click.echo(f"  {sort}: {line}")
        if most is not None and len(lines) > most:
            click.echo(f"  {sort}: {len(lines) - most} more; --all shows them")


def _differences(change: Change, emails: dict[int, str]) -> Iterator[str]:
    for name, new in change.after.items():
        called = change.entry.column_of.get(name, name)
        yield f"{called} {_shown(name, change.before[name], emails)} -> {_shown(name, new, emails)}"


def _shown(name: str, value: Any, emails: dict[int, str]) -> str:
    match name:
        case "account_id":
            return emails[value]
        case "lines":
            return f"{len(value)} lines"
    return repr(value) if isinstance(value, str) else str(value)
