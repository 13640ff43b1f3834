"""docs/security.md answers each requirement, and names only tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENT = (ROOT / "docs" / "security.md").read_text()
ROWS = re.findall(r"^\| (\d[\d., -]*) \| (.+) \| (.*) \| (.+) \|$", DOCUMENT, re.MULTILINE)
CHAPTERS = {
    "6.1": 3, "6.2": 12, "6.3": 8, "6.4": 5, "6.5": 6, "6.6": 3, "7.1": 2, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 3,
    "3.3": 4, "3.4": 6, "3.5": 2, "3.7": 1, "2.3": 1, "2.4": 1, "8.2": 1, "11.4": 1, "11.5": 1, "13.1": 1, "13.3": 1,
    "13.4": 1, "14.2": 2, "14.3": 1, "16.2": 2, "16.3": 2, "16.4": 1, "16.5": 1,
}  # fmt: skip
"""How many rows each section of ASVS 5.0.0 has that speaks of sign-in, sessions, cookies, secrets or logs."""


def test_every_requirement_has_its_row() -> None:
    found: dict[str, int] = {}
    for name, *_ in ROWS:
        section = re.match(r"\d+\.\d+", name)
        assert section
        found[section[0]] = found.get(section[0], 0) + 1
    assert found == CHAPTERS


@pytest.mark.parametrize(("name", "proof"), [(row[0], row[3]) for row in ROWS], ids=[row[0] for row in ROWS])
def test_the_test_that_proves_it_exists(name: str, proof: str) -> None:
    if proof in {"-", "later"}:
        return
    path, test = re.fullmatch(r"`(tests/[a-z_/]+\.py)::(test_\w+)`", proof, re.ASCII).groups()  # type: ignore[union-attr]
    assert re.search(rf"^ *def {test}\(", (ROOT / path).read_text(), re.MULTILINE), f"{name} names {proof}"
