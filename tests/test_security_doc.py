"""docs/security.md answers each requirement, and names only tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENT = (ROOT / "docs" / "security.md").read_text()
PATH, TEST = r"tests/[a-z_/]+\.py", r"test_\w+"
NAMED = rf"`{PATH}::{TEST}`"
ROWS = re.findall(r"^\| (\d[\d., -]*) \| (.+) \| (.*) \| (.+) \|$", DOCUMENT, re.MULTILINE)
IDS = [
    "6.1.1", "6.1.2", "6.1.3",
    "6.2.1", "6.2.2", "6.2.3", "6.2.4", "6.2.5", "6.2.6", "6.2.7", "6.2.8", "6.2.9", "6.2.10", "6.2.11", "6.2.12",
    "6.3.1", "6.3.2", "6.3.3", "6.3.4", "6.3.5", "6.3.6", "6.3.7", "6.3.8",
    "6.4.1", "6.4.2", "6.4.3", "6.4.4", "6.4.6",
    "6.5.1", "6.5.2", "6.5.3", "6.5.4", "6.5.5", "6.5.6",
    "6.6.1", "6.6.2", "6.6.3",
    "7.1.1", "7.1.2", "7.2.1", "7.2.2", "7.2.3", "7.2.4", "7.3.1", "7.3.2",
    "7.4.1", "7.4.2", "7.4.3", "7.4.4", "7.4.5", "7.5.1", "7.5.2", "7.5.3",
    "3.3.1", "3.3.2", "3.3.3", "3.3.4", "3.4.1", "3.4.3", "3.4.4", "3.4.5", "3.4.6", "3.4.8", "3.5.1", "3.5.3", "3.7.2",
    "2.3.1", "2.4.1", "8.2.2", "11.4.2", "11.5.1", "13.1.3", "13.2.6", "13.3.1", "13.4.2",
    "14.2.1", "14.2.6", "14.3.2", "16.2.1", "16.2.2", "16.2.5", "16.3.1", "16.3.2", "16.3.3", "16.4.1",
    "16.5.1", "16.5.2", "16.5.3",
]  # fmt: skip
"""What ASVS 5.0.0 says of sign-in, sessions, cookies, secrets and logs, as far as it concerns a portal like this."""


def ids(name: str) -> list[str]:
    """A row may answer several: "16.2.1, 16.2.2", "16.5.1-3"."""
    start, _, last = name.partition("-")
    if not last:
        return name.split(", ")
    section, _, first = start.rpartition(".")
    return [f"{section}.{n}" for n in range(int(first), int(last) + 1)]


def test_every_requirement_is_answered_once() -> None:
    assert [each for name, *_ in ROWS for each in ids(name)] == IDS


@pytest.mark.parametrize(("name", "here"), [(row[0], row[2]) for row in ROWS if row[3] == "later"])
def test_what_is_not_met_yet_says_what_it_waits_for(name: str, here: str) -> None:
    assert re.search(r"\bwaits for \w+", here), name


@pytest.mark.parametrize(("name", "proof"), [(row[0], row[3]) for row in ROWS], ids=[row[0] for row in ROWS])
def test_each_proof_is_a_test_or_several(name: str, proof: str) -> None:
    assert proof in {"-", "later"} or re.fullmatch(rf"{NAMED}(, {NAMED})*", proof, re.ASCII), name


@pytest.mark.parametrize(("path", "test"), sorted(set(re.findall(rf"`({PATH})::({TEST})`", DOCUMENT, re.ASCII))))
def test_the_test_that_proves_it_exists(path: str, test: str) -> None:
    assert re.search(rf"^ *def {test}\(", (ROOT / path).read_text(), re.MULTILINE)


def test_no_test_is_named_in_another_form() -> None:
    assert DOCUMENT.count("tests/") == len(re.findall(NAMED, DOCUMENT, re.ASCII))
