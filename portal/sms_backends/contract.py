"""The tests that every backend must pass, ours and other people's. How to write and run them: docs/providers.md."""
# ruff: noqa: S101 - these are tests

import logging
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, ClassVar, Protocol

import pytest

from portal.sms_backends.base import (
    Accepted,
    Setting,
    SmsBackend,
    SmsConfigError,
    SmsMessage,
    SmsRejected,
    SmsUnavailable,
)

LIMIT, ROOMY = 1, 20
"""SMS_TIMEOUT_SECONDS where no answer comes in time, and where one does, however busy the machine is."""
PATIENCE = 3.0
"""Seconds that a send may take beyond its limit here, on a busy machine."""
THREADS = 8
NUMBER = "+447400246813"
CODE = "802614"
TEXT = f"{CODE} is your Example Hosting sign-in code.\n\n@portal.example.com #{CODE}"


class Case(StrEnum):
    """What can happen to a request."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    """The provider says that this number will never get a text."""
    BUSY = "busy"
    """The provider says that it sent nothing: throttled, no credit, an error of its own."""
    REFUSED = "refused"
    """Nothing listens at the provider's address."""
    HANG = "hang"
    """The request is read and no byte of an answer comes."""
    DRIP = "drip"
    """The answer comes a byte at a time, each well within any read timeout, and never ends in time."""
    DROP = "drop"
    """The request is read and the connection closed."""
    GARBAGE = "garbage"
    """A success by its status, with a body that isn't the provider's: the page of a proxy, say."""


POSSIBLE = {Case.HANG, Case.DRIP, Case.DROP, Case.GARBAGE}
"""After these nobody knows whether the text went out."""


class StandIn(Protocol):
    """A provider that the tests can make do anything."""

    @property
    def settings(self) -> Mapping[str, str]:
        """The backend's settings and SMS_SENDER as a shop would write them."""

    def bring_about(self, case: Case) -> None:
        """From now on this happens to each request."""

    def received(self) -> list[tuple[str, str]]:
        """Of each request so far the number, in E.164 with its `+`, and the text."""


class BackendContract:
    """A subclass says which backend it is about and how its provider's stand-in is made, and gets every test here."""

    backend: ClassVar[type[SmsBackend]]
    cases: ClassVar[tuple[Case, ...]] = tuple(Case)
    """What can happen to this backend. One that uses no network names less."""
    needs: ClassVar[tuple[str, ...]] = ()
    """Settings it can't work without, beside those it declares as required."""

    @pytest.fixture
    def stand_in(self) -> Iterator[StandIn]:
        raise NotImplementedError("make the provider's stand-in here, yield it, and stop it")

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Runs the tests for what the backend lists, so that what can't happen to it is no skipped test."""
        if "case" in metafunc.fixturenames:
            metafunc.parametrize("case", self.cases)
        if "crowd" in metafunc.fixturenames:
            metafunc.parametrize("crowd", [case for case in (Case.ACCEPTED, Case.HANG) if case in self.cases])

    def make(self, stand_in: StandIn, case: Case = Case.ACCEPTED) -> SmsBackend:
        return self.backend(read(self.backend, stand_in.settings, limit(case)))

    def test_a_send_is_one_request_with_one_known_outcome_in_time(self, stand_in: StandIn, case: Case) -> None:
        stand_in.bring_about(case)
        backend = self.make(stand_in, case)
        began = time.monotonic()
        outcome = send(backend, message(TEXT))
        assert_in_time(case, began)
        assert_sorted(case, outcome)
        expected = 0 if case == Case.REFUSED else 1
        requests = arrived(stand_in, expected)
        assert len(requests) == expected, f"{len(requests)} requests for one send"

    def test_neither_number_nor_code_nor_secret_reaches_a_log_or_an_error(self, stand_in: StandIn, case: Case) -> None:
        stand_in.bring_about(case)
        with everything_logged() as log:
            outcome = send(self.make(stand_in, case), message(TEXT))
            if isinstance(outcome, Exception):
                logging.getLogger("shop").error("a text failed", exc_info=outcome)
                log.extend(said_by(outcome))
        secrets = [stand_in.settings.get(setting.name) for setting in self.backend.settings if setting.secret]
        for private in (NUMBER[1:], CODE, *filter(None, secrets)):
            assert private not in "\n".join(log), f"{private} was logged or said:\n" + "\n".join(log)

    def test_eight_threads_send_at_once_and_none_waits_for_another(self, stand_in: StandIn, crowd: Case) -> None:
        stand_in.bring_about(crowd)
        backend = self.make(stand_in, crowd)
        texts = [f"{TEXT[:-1]}{number}" for number in range(THREADS)]
        together = threading.Barrier(THREADS)

        def one(text: str) -> Accepted | Exception:
            together.wait()
            return send(backend, message(text))

        began = time.monotonic()
        with ThreadPoolExecutor(THREADS) as threads:
            outcomes = list(threads.map(one, texts))
        assert_in_time(crowd, began)
        for outcome in outcomes:
            assert_sorted(crowd, outcome)
        assert sorted(arrived(stand_in, THREADS)) == sorted((NUMBER, text) for text in texts)

    @pytest.mark.parametrize(
        "text",
        ["x" * 160, "x" * 161, "2 € [a] {b} ~c^ à ñ Ü", "Kód je 802614, nikomu ho neříkejte", "код 802614 & a=b+c"],
        ids=["160", "161", "GSM-7", "Czech", "Cyrillic"],
    )
    def test_a_text_arrives_whole_whatever_its_length_and_letters(self, stand_in: StandIn, text: str) -> None:
        assert isinstance(send(self.make(stand_in), message(text)), Accepted)
        assert stand_in.received() == [(NUMBER, text)]

    def test_a_missing_setting_is_named(self, stand_in: StandIn) -> None:
        required = {setting.name for setting in self.backend.settings if setting.required}
        for name in {*required, *self.needs}:
            settings = {**stand_in.settings, name: ""}
            with pytest.raises(SmsConfigError, match=name):
                self.backend(read(self.backend, settings))

    def test_settings_are_declared_in_full(self, stand_in: StandIn) -> None:
        for setting in self.backend.settings:
            assert setting.name == setting.name.upper(), f"{setting.name} must be in capitals"
            assert setting.help, f"{setting.name} must say what it is"
            assert not (setting.required and setting.default), f"{setting.name} has a default and can't be required"
        own = {setting.name for setting in self.backend.settings}
        assert set(stand_in.settings) - {"SMS_SENDER"} <= own, "a setting is used and not declared"

    def test_its_name_is_lower_case(self) -> None:
        assert self.backend.name
        assert self.backend.name == self.backend.name.lower()

    def test_making_it_sends_nothing(self, stand_in: StandIn) -> None:
        self.make(stand_in)
        assert stand_in.received() == []


def limit(case: Case) -> int:
    return LIMIT if case in {Case.HANG, Case.DRIP} else ROOMY


def read(backend: type[SmsBackend], settings: Mapping[str, str], seconds: int = ROOMY) -> dict[str, Any]:
    """What the portal hands to `__init__` when a shop has written these settings. Raises SmsConfigError."""
    values = {setting.name: value_of(setting, settings.get(setting.name)) for setting in backend.settings}
    return {**values, "SMS_SENDER": settings.get("SMS_SENDER") or None, "SMS_TIMEOUT_SECONDS": seconds}


def value_of(setting: Setting, text: str | None) -> Any:
    text = text or setting.default
    if text is None and setting.required:
        raise SmsConfigError(f"{setting.name} must be set: {setting.help}.")
    return None if text is None else setting.parse(text)


def message(text: str) -> SmsMessage:
    return SmsMessage(to=NUMBER, text=text, reference="text-1", sender="Portal", ttl_seconds=300)


def send(backend: SmsBackend, text: SmsMessage) -> Accepted | Exception:
    try:
        return backend.send(text)
    except Exception as error:  # noqa: BLE001 - which error it is, is what the tests ask
        return error


def arrived(stand_in: StandIn, expected: int) -> list[tuple[str, str]]:
    """The requests so far, waiting for so many: one that was given up may be on its way still."""
    end = time.monotonic() + PATIENCE
    while len(stand_in.received()) < expected and time.monotonic() < end:
        time.sleep(0.01)
    return stand_in.received()


def assert_in_time(case: Case, began: float) -> None:
    took = time.monotonic() - began
    assert took < limit(case) + PATIENCE, f"it took {took:.1f} s with SMS_TIMEOUT_SECONDS={limit(case)}"


def assert_sorted(case: Case, outcome: Accepted | Exception) -> None:
    if case == Case.ACCEPTED:
        assert isinstance(outcome, Accepted), f"{case}: {outcome!r} instead of Accepted"
    elif case == Case.REJECTED:
        assert isinstance(outcome, SmsRejected), f"{case}: {outcome!r} instead of SmsRejected"
    else:
        assert isinstance(outcome, SmsUnavailable), f"{case}: {outcome!r} instead of SmsUnavailable"
        assert outcome.possible == (case in POSSIBLE), f"{case}: possible must be {case in POSSIBLE}"


@contextmanager
def everything_logged() -> Iterator[list[str]]:
    """The lines that a shop would find that has set its root logger to DEBUG."""
    lines: list[str] = []
    handler = logging.Handler()
    formatter = logging.Formatter()
    handler.emit = lambda record: lines.append(formatter.format(record))  # type: ignore[method-assign]
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


def said_by(error: BaseException | None) -> Iterator[str]:
    """All that can be read from an error and from those it came from, shown by a traceback or not."""
    while error is not None:
        yield from (str(error), repr(error), *traceback.format_exception(error))
        error = error.__cause__ or error.__context__
