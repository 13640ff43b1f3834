"""The console backend."""

import json
from pathlib import Path

import pytest

from portal.sms_backends.base import SmsUnavailable
from portal.sms_backends.console import ConsoleBackend
from portal.sms_backends.contract import NUMBER, TEXT, BackendContract, Case, StandIn, message, read, send


class TextFile:
    """Where the texts go. Nobody answers, so nothing but acceptance can be brought about."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.settings = {"SMS_CONSOLE_FILE": str(path)}

    def bring_about(self, case: Case) -> None:
        assert case == Case.ACCEPTED

    def received(self) -> list[tuple[str, str]]:
        lines = self._path.read_text().splitlines() if self._path.exists() else []
        return [(text["to"], text["body"]) for text in map(json.loads, lines)]


class TestConsole(BackendContract):
    backend = ConsoleBackend
    cases = (Case.ACCEPTED,)

    @pytest.fixture
    def stand_in(self, tmp_path: Path) -> StandIn:
        return TextFile(tmp_path / "texts")


def test_with_a_file_nothing_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleBackend(read(ConsoleBackend, {"SMS_CONSOLE_FILE": str(tmp_path / "texts")})).send(message(TEXT))
    assert capsys.readouterr().out == ""


def test_without_a_file_a_text_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleBackend(read(ConsoleBackend, {})).send(message(TEXT))
    assert capsys.readouterr().out == f"SMS to {NUMBER}: {' '.join(TEXT.split())}\n"


def test_a_file_that_cant_be_written_is_a_certain_failure(tmp_path: Path) -> None:
    outcome = send(ConsoleBackend(read(ConsoleBackend, {"SMS_CONSOLE_FILE": str(tmp_path)})), message(TEXT))
    assert isinstance(outcome, SmsUnavailable)
    assert not outcome.possible
    assert "SMS_CONSOLE_FILE" in str(outcome)
