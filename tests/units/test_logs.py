"""The log on stderr: text or JSON lines, with the id of the request, and no secret."""

import json
import logging
from io import StringIO

import pytest
from flask import Flask

from tests.person import GOOD_PASSWORD, PHONE, Person, wrong


@pytest.fixture
def log(app: Flask) -> StringIO:
    """What is written to stderr."""
    del app
    written = StringIO()
    (handler,) = logging.getLogger("portal").handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    return written


def lines(captured: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in captured.splitlines()]


def test_each_answer_names_its_request_and_the_client_does_not_choose_the_name(app: Flask) -> None:
    client = app.test_client()
    first = client.get("/help", headers={"X-Request-ID": "chosen"}).headers["X-Request-ID"]
    second = client.get("/help").headers["X-Request-ID"]
    assert len(first) == len(second) == 16
    assert first != second


@pytest.mark.parametrize("settings", [{"LOG_FORMAT": "json"}])
def test_what_happens_is_one_json_object_a_line_with_the_id_of_its_request(log: StringIO, alice: Person) -> None:
    page = alice.register()
    written = lines(log.getvalue())
    registered = next(line for line in written if "registered" in line["message"])
    assert registered["level"] == "INFO"
    assert len(registered["request"]) == 16
    assert page.status == 200


@pytest.mark.parametrize("settings", [{"LOG_FORMAT": "json"}, {"LOG_FORMAT": "text"}])
def test_a_line_break_in_what_is_logged_starts_no_line_of_its_own(app: Flask, log: StringIO) -> None:
    with app.app_context():
        logging.getLogger("portal.audit").info("agent=%s", "Mozilla\r\n{forged}\x1b[2J\u2028")
    [line] = log.getvalue().splitlines()
    assert "{forged}" in line
    assert "\x1b" not in line


@pytest.mark.parametrize("settings", [{"LOG_FORMAT": "json"}, {"LOG_FORMAT": "text"}])
def test_a_whole_journey_logs_neither_code_nor_password_nor_number(log: StringIO, alice: Person) -> None:
    alice.register()
    alice.enrol()
    alice.sign_out()
    alice.sign_in()
    code = alice.newest_code()
    alice.type_code(wrong(code))
    alice.type_code(code)
    written = log.getvalue()
    assert "signed in with a code" in written
    for secret in (code, wrong(code), GOOD_PASSWORD, PHONE, PHONE[2:]):
        assert secret not in written


@pytest.mark.parametrize("settings", [{"LOG_FORMAT": "json"}])
def test_an_error_that_no_page_expected_is_found_by_the_id_on_its_page(
    app: Flask, log: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise RuntimeError("broken")

    monkeypatch.setitem(app.view_functions, "web.help", broken)
    answer = app.test_client().get("/help")
    assert answer.status_code == 500
    written = lines(log.getvalue())
    assert written[-1]["request"] in answer.get_data(as_text=True)
    assert "RuntimeError: broken" in written[-1]["traceback"]
