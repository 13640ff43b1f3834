"""A hundred thousand lines go in at once, in the memory of a small machine."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import ROOT
from tests.cli.sheets import Sheets
from tests.conftest import SETTINGS

pytestmark = pytest.mark.long

LINES = 100_000
MOST_MIB = 500
MAIN = "from portal.cli import main; main()"


def portal(database_url: str, *arguments: str) -> tuple[str, float]:
    """What the command says, as a process of its own, and how much memory it took, in MiB."""
    environment = os.environ | SETTINGS | {"DATABASE_URL": database_url, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", MAIN, "import", *arguments]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, said
    return said, usage.ru_maxrss / 1024


def customers() -> Iterator[str]:
    yield "id,email,name,street,city,country"
    for n in range(LINES):
        yield f'c-{n},customer-{n}@example.com,Customer {n},"{n} High Street, flat 2",Leeds,GB'


def resources() -> Iterator[str]:
    yield "kind,id,customer,name,location,state,vcpus,memory_gb,disk_gb,address"
    for n in range(LINES):
        yield f"vps,v-{n},c-{n % 5000},web-{n},Dallas,running,2,4,80,203.0.113.{n % 250}"


def invoices() -> Iterator[str]:
    yield "number,customer,issued_on,due_on,currency,net,tax,total,text,quantity,unit_price,tax_percent,amount"
    for n in range(LINES // 4):
        yield f"N-{n},c-{n % 5000},2026-11-01,2026-11-15,EUR,40.00,7.60,47.60,Server,1,10.00,19,10.00"
        yield from [f"N-{n},,,,,,,,Server,1,10.00,19,10.00"] * 3


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_hundred_thousand_lines_are_imported_and_found_again(
    database_url: str, sheets: Sheets, tmp_path: Path
) -> None:
    for name, lines in (("customers", customers()), ("resources", resources()), ("invoices", invoices())):
        path = sheets(*lines)
        said, taken = portal(database_url, name, path, "--apply")
        assert said.endswith("Imported.\n")
        assert taken < MOST_MIB
        said, taken = portal(database_url, name, path)
        assert said.endswith("There is nothing to do.\n")
        assert taken < MOST_MIB
    assert (tmp_path / "portal.sqlite3").stat().st_size < 300 * 2**20
