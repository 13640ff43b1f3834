"""The tests that every driver must pass, ours and other people's. How to write and run them: docs/drivers.md."""
# ruff: noqa: S101 - these are tests

import dataclasses
import json
import logging
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from typing import Any, ClassVar, Protocol

import pytest

from portal.drivers.base import (
    Done,
    Driver,
    DriverConfigError,
    DriverRefusedError,
    DriverUnavailableError,
    Kind,
    Later,
    Task,
    ZoneContent,
)
from portal.sms_backends.base import SmsConfigError
from portal.sms_backends.contract import PATIENCE, everything_logged, said_by, value_of

LIMIT, ROOMY = 1, 20
"""DRIVER_TIMEOUT_SECONDS where no answer comes in time, and where one does, however busy the machine is."""
THREADS = 8
PASSWORD = "correct horse 802614"  # noqa: S105 - made up
"""What a task with a secret holds."""
MOST_NOTE = 500
"""Characters of a sentence for the customer that the portal keeps."""

Outcome = Done | Later | Exception


class Case(StrEnum):
    """What can happen to the request that would carry out a task."""

    DONE = "done"
    LATER = "later"
    """It is taken over, and how it ends is said later."""
    FAILED = "failed"
    """The other side says that this will never be carried out."""
    BUSY = "busy"
    """The other side says that it did nothing: throttled, a wrong key."""
    REFUSED = "refused"
    """Nothing listens at its address."""
    HANG = "hang"
    """The request is read and no byte of an answer comes."""
    DRIP = "drip"
    """The answer comes a byte at a time, each well within any read timeout, and never ends in time."""
    DROP = "drop"
    """The request is read and the connection closed. Nothing was done."""
    LOST = "lost"
    """The task is carried out and the connection closed before the answer."""
    GARBAGE = "garbage"
    """A success by its status, with a body that isn't the other side's: the page of a proxy, say."""


POSSIBLE = {Case.HANG, Case.DRIP, Case.DROP, Case.LOST, Case.GARBAGE}
"""After these nobody on this side knows whether the task was carried out."""


class StandIn(Protocol):
    """The other side, which the tests can make do anything."""

    @property
    def settings(self) -> Mapping[str, str]:
        """The driver's settings as a shop would write them."""

    def task(self, number: int) -> Task:
        """A first attempt at something that this driver carries out; each number is a task of its own.

        Where the driver takes a secret along, it is PASSWORD.
        """

    def bring_about(self, case: Case) -> None:
        """From now on this happens to each request that would carry out a task."""

    def received(self) -> int:
        """How many such requests came so far."""

    def carried_out(self, task: Task) -> int:
        """How often the task really was carried out so far."""


class DriverContract:
    """A subclass says which driver it is about and how its stand-in is made, and gets every test here."""

    driver: ClassVar[type[Driver]]
    cases: ClassVar[tuple[Case, ...]] = tuple(case for case in Case if case != Case.LATER)
    """What can happen to this driver. One that uses no network names less."""

    @pytest.fixture
    def stand_in(self) -> Iterator[StandIn]:
        raise NotImplementedError("make the stand-in here, yield it, and stop it")

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Runs the tests for what the driver lists, so that what can't happen to it is no skipped test."""
        if "case" in metafunc.fixturenames:
            metafunc.parametrize("case", self.cases)
        if "crowd" in metafunc.fixturenames:
            crowds = (Case.DONE, Case.LATER, Case.HANG)
            metafunc.parametrize("crowd", [case for case in crowds if case in self.cases])

    def make(self, stand_in: StandIn, case: Case) -> Driver:
        return self.driver(read(self.driver, stand_in.settings, limit(case)))

    def test_an_attempt_is_one_request_with_one_known_outcome_in_time(self, stand_in: StandIn, case: Case) -> None:
        stand_in.bring_about(case)
        driver, task = self.make(stand_in, case), stand_in.task(1)
        began = time.monotonic()
        outcome = carry_out(driver, task)
        assert_in_time(case, began)
        assert_sorted(case, outcome)
        assert stand_in.received() <= 1, f"{stand_in.received()} requests for one attempt"
        if case in {Case.DONE, Case.LOST}:
            assert stand_in.carried_out(task) == 1, f"{case}: it was not carried out"

    def test_what_the_customer_may_read_and_keep_has_a_form(self, stand_in: StandIn, case: Case) -> None:
        stand_in.bring_about(case)
        outcome = carry_out(self.make(stand_in, case), stand_in.task(1))
        match outcome:
            case DriverRefusedError():
                assert_sentence(str(outcome))
            case Done():
                json.dumps(dict(outcome.facts))  # facts are kept as JSON
                if outcome.note:
                    assert_sentence(outcome.note)

    def test_no_secret_reaches_a_log_or_an_error(self, stand_in: StandIn, case: Case) -> None:
        stand_in.bring_about(case)
        task = stand_in.task(1)
        with everything_logged() as log:
            outcome = carry_out(self.make(stand_in, case), task)
            log.append(repr(task))
            log.append(repr(outcome))
            if isinstance(outcome, Exception):
                logging.getLogger("shop").error("an order failed", exc_info=outcome)
                log.extend(said_by(outcome))
        secrets = [stand_in.settings.get(setting.name) for setting in self.driver.settings if setting.secret]
        for private in (PASSWORD, *filter(None, secrets)):
            assert private not in "\n".join(log), f"{private} was logged or said:\n" + "\n".join(log)

    def test_a_second_attempt_does_no_work_twice(self, stand_in: StandIn) -> None:
        repeated = (
            (Case.BUSY, Case.LATER, Case.DONE, Case.DROP, Case.LOST) if self.driver.knows_repeats else (Case.BUSY,)
        )
        for number, first in enumerate([case for case in repeated if case in self.cases], start=1):
            task = stand_in.task(number)
            stand_in.bring_about(first)
            assert_sorted(first, carry_out(self.make(stand_in, first), task))
            second = Case.LATER if first == Case.LATER else Case.DONE
            stand_in.bring_about(second)
            # By another process, which remembers nothing.
            outcome = carry_out(self.make(stand_in, second), dataclasses.replace(task, attempt=2))
            assert_sorted(second, outcome)
            if second == Case.DONE:
                assert stand_in.carried_out(task) == 1, f"{first}, then done: {stand_in.carried_out(task)} times"

    def test_eight_threads_work_at_once_and_none_waits_for_another(self, stand_in: StandIn, crowd: Case) -> None:
        stand_in.bring_about(crowd)
        driver = self.make(stand_in, crowd)
        tasks = [stand_in.task(number) for number in range(1, THREADS + 1)]
        together = threading.Barrier(THREADS)

        def one(task: Task) -> Outcome:
            together.wait()
            return carry_out(driver, task)

        began = time.monotonic()
        with ThreadPoolExecutor(THREADS) as threads:
            outcomes = list(threads.map(one, tasks))
        assert_in_time(crowd, began)
        for outcome in outcomes:
            assert_sorted(crowd, outcome)
        if crowd == Case.DONE:
            assert [stand_in.carried_out(task) for task in tasks] == [1] * THREADS

    def test_a_zone_is_told_or_is_none(self, stand_in: StandIn) -> None:
        if Kind.DNS not in self.driver.kinds:
            return
        zone = self.make(stand_in, Case.DONE).read_zone(stand_in.task(1).name)
        assert self.make(stand_in, Case.DONE).read_zone("no-such-zone.example") is None
        if zone is not None:
            assert_zone(zone)

    def test_a_missing_setting_is_named(self, stand_in: StandIn) -> None:
        for setting in self.driver.settings:
            if setting.required:
                with pytest.raises(DriverConfigError, match=setting.name):
                    self.driver(read(self.driver, {**stand_in.settings, setting.name: ""}))

    def test_settings_are_declared_in_full(self, stand_in: StandIn) -> None:
        for setting in self.driver.settings:
            assert setting.name == setting.name.upper(), f"{setting.name} must be in capitals"
            assert setting.help, f"{setting.name} must say what it is"
            assert not (setting.required and setting.default), f"{setting.name} has a default and can't be required"
        own = {setting.name for setting in self.driver.settings}
        assert set(stand_in.settings) <= own, "a setting is used and not declared"

    def test_it_has_a_lower_case_name_and_kinds(self) -> None:
        assert self.driver.name
        assert self.driver.name == self.driver.name.lower()
        assert self.driver.kinds
        assert self.driver.kinds <= set(Kind)

    def test_making_it_asks_nobody(self, stand_in: StandIn) -> None:
        stand_in.bring_about(Case.REFUSED if Case.REFUSED in self.cases else self.cases[0])
        self.make(stand_in, self.cases[0])
        assert stand_in.received() == 0


def limit(case: Case) -> int:
    return LIMIT if case in {Case.HANG, Case.DRIP} else ROOMY


def read(driver: type[Driver], settings: Mapping[str, str], seconds: int = ROOMY) -> dict[str, Any]:
    """What the portal hands to `__init__` when a shop has written these settings. Raises DriverConfigError."""
    try:
        values = {setting.name: value_of(setting, settings.get(setting.name)) for setting in driver.settings}
    except SmsConfigError as error:
        raise DriverConfigError(str(error)) from error
    return {**values, "DRIVER_TIMEOUT_SECONDS": seconds}


def carry_out(driver: Driver, task: Task) -> Outcome:
    try:
        return driver.carry_out(task)
    except Exception as error:  # noqa: BLE001 - which error it is, is what the tests ask
        return error


def assert_in_time(case: Case, began: float) -> None:
    took = time.monotonic() - began
    assert took < limit(case) + PATIENCE, f"it took {took:.1f} s with DRIVER_TIMEOUT_SECONDS={limit(case)}"


def assert_sorted(case: Case, outcome: Outcome) -> None:
    expected = {Case.DONE: Done, Case.LATER: Later, Case.FAILED: DriverRefusedError}.get(case, DriverUnavailableError)
    assert isinstance(outcome, expected), f"{case}: {outcome!r} instead of {expected.__name__}"
    if isinstance(outcome, DriverUnavailableError):
        assert outcome.possible == (case in POSSIBLE), f"{case}: possible must be {case in POSSIBLE}"


def assert_sentence(text: str) -> None:
    assert text.strip() == text, f"not one sentence: {text!r}"
    assert text.endswith((".", "?")), f"no full stop: {text!r}"
    assert len(text) <= MOST_NOTE, f"longer than {MOST_NOTE} characters: {text!r}"


def assert_zone(zone: ZoneContent) -> None:
    keys = [(record_set.name, record_set.type) for record_set in zone.record_sets]
    assert keys == sorted(set(keys)), "record sets are sorted, each once"
    assert all(kind != "SOA" for _, kind in keys), "the SOA is left out"
    for record_set in zone.record_sets:
        assert record_set.name == record_set.name.lower(), f"{record_set.name} must be lower case"
        assert not record_set.name.endswith("."), f"{record_set.name} must be relative to the zone"
        assert list(record_set.values) == sorted(record_set.values), f"values of {record_set.name} must be sorted"
