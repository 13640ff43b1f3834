"""What docs/drivers.md shows is what is sent and understood."""

import json
import re
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

import pytest

from portal import ROOT, signing
from portal.acts import TERMS
from portal.dns import difference
from portal.dns.records import RecordSet
from portal.drivers import BUILT_IN, answers, find
from portal.drivers.base import Done, DriverRefusedError, Kind, Later
from portal.drivers.contract import Case
from portal.drivers.webhook import MOST_BYTES, NOT_DONE, order
from tests.drivers.shop import task

GUIDE = (ROOT / "docs" / "drivers.md").read_text()
RECEIVER = (ROOT / "examples" / "acme_panel" / "receiver.py").read_text()
DRIVER = (ROOT / "examples" / "acme_panel" / "src" / "acme_panel.py").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def test_the_order_that_is_shown_is_what_is_posted() -> None:
    shown: dict[str, Any] = json.loads(blocks("json")[1])
    asked_at = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    posted = json.loads(order(task(17, secret="the new password", asked_at=asked_at)))
    assert list(shown) == list(posted)
    assert shown == posted


def test_the_changes_of_a_zone_that_are_shown_are_those_of_an_order() -> None:
    values = json.loads(blocks("json")[0])
    before = (RecordSet("@", "MX", 3600, ("10 mail.example.com.",)),)
    after = (RecordSet("www", "A", 3600, ("203.0.113.7", "203.0.113.8")),)
    changes = difference.between(before, after)
    assert sorted(values["changes"], key=itemgetter("name")) == sorted(changes, key=itemgetter("name"))
    assert set(values) == {"changes", "serial", "undoes"}


def test_each_answer_that_is_shown_is_understood() -> None:
    understood = [answers.parse_answer(text.encode()) for text in blocks("json")[2:]]
    assert [type(answer) for answer in understood] == [Done, Done, Done, DriverRefusedError, Later]


def test_the_code_that_is_shown_is_that_of_the_examples() -> None:
    sign, driver, _ = blocks("python")
    assert sign in RECEIVER
    for line in driver.splitlines():
        if line.startswith("    ") and "..." not in line:
            assert line.split("  #")[0] in DRIVER


def test_the_commands_that_are_shown_are_for_acts_that_there_are() -> None:
    named = re.findall(r'"([^"]+)": \[', "".join(blocks("")) + RECEIVER.split('"""')[1])
    assert named
    assert set(named) <= set(TERMS)


def test_limits_and_statuses_are_said() -> None:
    for number in (answers.MOST_NOTE, answers.MOST_FACTS, answers.MOST_SECRET, answers.MOST_TEXT):
        assert f"at most {number} " in GUIDE or f"at most {number}," in GUIDE
    assert f"{MOST_BYTES // 1024} KiB" in GUIDE
    assert f"{signing.TOLERANCE.total_seconds() / 60:.0f} minutes" in GUIDE
    assert ", ".join(str(status) for status in NOT_DONE) in GUIDE
    for case in Case:
        assert f"`{case}`" in GUIDE


@pytest.mark.parametrize("name", BUILT_IN)
def test_each_driver_is_listed_with_its_settings(name: str) -> None:
    (row,) = [line for line in GUIDE.splitlines() if line.startswith(f"| `{name}`")]
    for setting in find(Kind.DNS, name).settings:
        assert f"`{setting.name}`" in row
    for kind in Kind:
        assert f"`DRIVER_{kind.name}`" in GUIDE
