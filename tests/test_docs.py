"""What the documents promise is there, and what is there is in the documents."""

import re
import subprocess
from pathlib import Path
from string import Formatter

import pytest
from click import Command, Group

import config
from portal import ROOT, cli, drivers, sessions, signing
from portal.acts import TERMS, Act, Need
from portal.backup import NUMBERS_APART
from portal.cli.imports import SHOWN
from portal.drivers.base import Kind
from portal.imports import customers, invoices, resources
from portal.imports.sheet import Column
from portal.orders.catalogue import EFFECTS
from portal.orders.dispatcher import LONGEST_WAIT, SHORTEST_WAIT, WORKERS
from portal.orders.effects import Effect
from portal.prune import KEEP_ADDRESSES
from portal.resources.name_servers import FEWEST, MOST
from portal.sms_backends import BUILT_IN, find
from portal.sms_backends.base import Setting
from portal.zones.history import KEEP_DELETED, LAST
from portal.zones.watching import LOOK_EVERY

# DNS is the one kind that every driver has.
DRIVERS = {name: drivers.find(Kind.DNS, name) for name in drivers.BUILT_IN}
DEFAULTS = {setting.name: setting.default for setting in config.SETTINGS}
README = ROOT / "README.md"
WORKERS_IN_WORDS = {2: "two", 4: "four", 8: "eight"}
MACHINE_PATHS = re.compile(r"(?<![\w./~-])/(?:home|root|work|Users|mnt|tmp/venv)/[\w.-]")
"""A place on the machine of whoever wrote the file."""


def readme() -> str:
    return README.read_text()


def row_of(name: str) -> str | None:
    """The line of a table that explains a setting."""
    return next((line for line in readme().splitlines() if line.startswith(f"| `{name}`")), None)


@pytest.mark.parametrize("setting", config.SETTINGS, ids=lambda setting: setting.name)
def test_the_readme_names_every_setting_with_its_default(setting: Setting) -> None:
    row = row_of(setting.name)
    assert row is not None
    assert setting.help in row
    assert not setting.default or f"`{setting.default}`" in row


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_readme_names_every_setting_of_a_provider(name: str) -> None:
    for setting in find(name).settings:
        row = row_of(setting.name)
        assert row is not None, setting.name
        assert f"{name}: {setting.help}" in row
        assert not setting.default or f"`{setting.default}`" in row


@pytest.mark.parametrize("name", DRIVERS)
def test_the_readme_names_every_setting_of_a_driver_with_its_default(name: str) -> None:
    for setting in DRIVERS[name].settings:
        row = row_of(setting.name)
        assert row is not None, setting.name
        assert f"{name}: {setting.help}" in row
        assert not setting.default or f"`{setting.default}`" in row


def test_the_readme_names_no_setting_that_is_not_there() -> None:
    known = {setting.name for setting in config.SETTINGS}
    known |= {setting.name for driver in DRIVERS.values() for setting in driver.settings}
    known |= {setting.name for name in BUILT_IN for setting in find(name).settings}
    named = set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)`", readme(), re.MULTILINE))
    assert named - known == set()


def rows(document: str, *, cells: int) -> dict[str, list[str]]:
    """Of the table of acts with so many columns: the cells beside the name of each."""
    lines = (ROOT / "docs" / document).read_text().splitlines()
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]
    return {cell[0].strip("`"): cell[1:] for cell in found if len(cell) == cells}


def quoted(cell: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", cell))


def test_each_act_stands_in_the_table_for_drivers_with_what_goes_along() -> None:
    table = rows("drivers.md", cells=5)
    assert list(table) == [act for act in Act if act in EFFECTS]
    for act, effect in EFFECTS.items():
        kinds, values, facts, secret = table[act]
        assert quoted(kinds) == set(TERMS[act].kinds), act
        assert quoted(facts) == set(effect.facts), act
        assert secret == _secret_of(effect), act
        words = {word for _, word, *_ in Formatter().parse(TERMS[act].what) if word} - {"name"}
        assert words <= quoted(values), act


def _secret_of(effect: Effect) -> str:
    if effect.makes_password:
        return "comes with the order"
    return "the transfer code, in the answer" if effect.tells else ""


def test_each_act_stands_in_the_table_for_the_shop_with_what_it_takes() -> None:
    table = rows("orders.md", cells=4)
    assert list(table) == [act for act in Act if act in EFFECTS]
    proofs = {Need.FRESH: "a fresh sign-in", Need.APPROVAL: "a code"}
    for act, (title, proof, twice) in table.items():
        terms = TERMS[Act(act)]
        assert title == terms.title
        assert proof == proofs[terms.need]
        assert twice == ("harmless" if terms.repeatable else "**harm**")


@pytest.mark.parametrize(
    ("heading", "columns"),
    [("Customers", customers.COLUMNS), ("Invoices", (*invoices.OF_INVOICE, *invoices.OF_LINE))],
)
def test_each_column_of_an_import_stands_in_its_table_with_whether_it_is_needed(
    heading: str, columns: tuple[Column, ...]
) -> None:
    table = _columns_of(heading)
    assert set(table) - {"customer"} == {column.name for column in columns}
    for column in columns:
        assert table[column.name][0].startswith("needed") == column.needed, column.name


def test_each_column_of_what_customers_have_stands_in_its_table_with_its_kinds() -> None:
    table = _columns_of("What they have")
    assert set(table) == set(resources.COLUMNS)
    for kind, columns in resources.OF_KIND.items():
        for column in columns:
            kinds, about = table[column.name]
            assert kinds == "all" or str(kind) in kinds.split(", "), column.name
            assert ("may be empty" in about) == (not column.needed), column.name
    for name, (kinds, _) in table.items():
        if kinds != "all":
            has = [kind for kind, columns in resources.OF_KIND.items() if name in {column.name for column in columns}]
            assert kinds == ", ".join(has), name


def _columns_of(heading: str) -> dict[str, list[str]]:
    """Of the table below the heading in docs/import.md: the cells beside each column's name."""
    section = (ROOT / "docs" / "import.md").read_text().split(f"## {heading}\n")[1].split("\n## ")[0]
    found: dict[str, list[str]] = {}
    for line in section.splitlines():
        if line.startswith("| `"):
            names, *cells = (cell.strip() for cell in line.strip("|").split("|"))
            found |= dict.fromkeys(re.findall(r"`(\w+)`", names), cells)
    return found


def test_times_that_the_documents_give_are_those_of_the_code() -> None:
    orders = (ROOT / "docs" / "orders.md").read_text()
    minutes = [int(span.total_seconds() // 60) for span in (sessions.FRESH, sessions.LONGEST_FRESH)]
    assert f"not older than {minutes[0]} minutes, which use moves on to {minutes[1]} at most" in orders
    assert f"{SHORTEST_WAIT.seconds}, 4, 8 ... {LONGEST_WAIT.seconds} seconds" in orders
    assert f"each driver has {WORKERS_IN_WORDS[WORKERS]} workers" in orders.lower()


def test_numbers_that_the_documents_give_are_those_of_the_code() -> None:
    said = {
        "README.md": [f"The last {LAST} changes", f"brought back for {KEEP_DELETED.days} days"],
        "CHANGELOG.md": [
            f"The last {LAST} changes",
            f"for {KEEP_DELETED.days} days",
            f"for {KEEP_ADDRESSES.days} days",
        ],
        "docs/orders.md": [f"begin {NUMBERS_APART:,} higher", f"{signing.TOLERANCE.seconds // 60} minutes old"],
        "docs/drivers.md": [
            f"{FEWEST} to {MOST} names",
            f"`DRIVER_TIMEOUT_SECONDS` ({DEFAULTS['DRIVER_TIMEOUT_SECONDS']})",
            f"each zone every {LOOK_EVERY.seconds // 60} minutes",
        ],
        "docs/import.md": [f"the first {SHOWN} of each"],
    }
    for document, sentences in said.items():
        words = " ".join((ROOT / document).read_text().split())
        for sentence in sentences:
            assert sentence in words, f"{document}: {sentence}"


def commands(group: Group, path: str = "portal") -> dict[str, Command]:
    found: dict[str, Command] = {}
    for name, command in group.commands.items():
        if isinstance(command, Group):
            found |= commands(command, f"{path} {name}")
        else:
            found[f"{path} {name}"] = command
    return found


@pytest.mark.parametrize("name", commands(cli.main))
def test_the_readme_names_every_command(name: str) -> None:
    *group, last = name.split()
    assert re.search(rf"`{' '.join(group)} [^`]*\b{last}\b", readme())


@pytest.mark.parametrize("name", commands(cli.main))
def test_every_command_says_what_it_does(name: str) -> None:
    assert commands(cli.main)[name].help


def test_every_link_of_the_documents_leads_to_a_file_that_is_there() -> None:
    for document in [README, *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", document.read_text()):
            if "://" not in target and not target.startswith("mailto:"):
                assert (document.parent / target).exists(), f"{document.name}: {target}"


def tracked_files() -> list[Path]:
    """All that is in git or could be added to it."""
    if not (ROOT / ".git").exists():
        pytest.skip("no git checkout")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_no_file_names_a_path_of_one_machine() -> None:
    found = []
    for path in tracked_files():
        try:
            lines = path.read_text().splitlines()
        except UnicodeDecodeError:
            continue  # a picture
        found += [f"{path.name}:{n}: {line.strip()}" for n, line in enumerate(lines, 1) if MACHINE_PATHS.search(line)]
    assert found == []
