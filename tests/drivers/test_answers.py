"""How an answer of a shop's system is read."""

import json
from typing import Any

import pytest

from portal.drivers.answers import REFUSED, AnswerError, order_named, parse_answer
from portal.drivers.base import Done, DriverRefusedError, Later


def body(**answer: Any) -> bytes:
    return json.dumps(answer).encode()


def test_done_may_stand_alone_or_bring_facts_a_secret_and_a_note() -> None:
    assert parse_answer(body(outcome="done")) == Done()
    facts = {"version": "7.0", "years": -2, "locked": True, "name_servers": ["a.", "b."], "none": []}
    assert parse_answer(body(outcome="done", facts=facts, secret="s", note="Well.")) == Done(facts, "s", "Well.")


def test_a_null_is_as_good_as_nothing() -> None:
    assert parse_answer(body(outcome="done", facts=None, secret=None, note=None, id=None)) == Done()
    assert parse_answer(body(outcome="later", facts=None, secret=None, note=None)) == Later()


def test_failed_says_why_or_sends_the_customer_to_support() -> None:
    refused = parse_answer(body(outcome="failed", note=" It is being\n\tmoved. "))
    assert isinstance(refused, DriverRefusedError)
    assert str(refused) == "It is being moved."
    for note in (None, "", " \n"):
        assert str(parse_answer(body(outcome="failed", note=note))) == REFUSED


def test_a_note_may_have_500_characters_of_any_script() -> None:
    for note in ("x" * 500, "Připojení 你好 🙂 👩\u200d💻", "हिन्दी\u200d"):
        assert parse_answer(body(outcome="done", note=note)) == Done(note=note)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"outcome": None},
        {"outcome": "Done"},
        {"outcome": ["done"]},
        {"outcome": {"done": 1}},
        {"outcome": "done", "fact": {}},
        {"outcome": "done", "facts": []},
        {"outcome": "done", "facts": "version 7"},
        {"outcome": "done", "facts": {"price": 1.5}},
        {"outcome": "done", "facts": {"nothing": None}},
        {"outcome": "done", "facts": {"nested": {"a": 1}}},
        {"outcome": "done", "facts": {"nested": [["a"]]}},
        {"outcome": "done", "facts": {"numbers": [1, 2]}},
        {"outcome": "done", "facts": {"empty": ""}},
        {"outcome": "done", "facts": {"Version": "7"}},
        {"outcome": "done", "facts": {"": "7"}},
        {"outcome": "done", "facts": {"x" * 41: "7"}},
        {"outcome": "done", "facts": {"version": "7" * 501}},
        {"outcome": "done", "facts": {"serial": 2**63}},
        {"outcome": "done", "facts": {"list": ["a"] * 21}},
        {"outcome": "done", "facts": {f"fact_{number}": 1 for number in range(21)}},
        {"outcome": "done", "secret": ""},
        {"outcome": "done", "secret": 7},
        {"outcome": "done", "secret": "x" * 201},
        {"outcome": "done", "note": 7},
        {"outcome": "done", "note": "x" * 501},
        {"outcome": "done", "note": "a\x00b"},
        {"outcome": "done", "note": "a\x1b[2Jb"},
        {"outcome": "done", "note": "\ud800"},
        {"outcome": "done", "secret": "a\nb"},
        {"outcome": "failed", "facts": {}},
        {"outcome": "failed", "secret": "s"},
        {"outcome": "later", "note": "Tomorrow."},
        {"outcome": "later", "facts": {}},
    ],
)
def test_what_nobody_can_be_sure_to_understand_is_refused(answer: dict[str, Any]) -> None:
    with pytest.raises(AnswerError, match=r"^(must|has) "):
        parse_answer(json.dumps(answer).encode())


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"done",
        b"[]",
        b'"done"',
        b"null",
        b'{"outcome": "done"',
        b'{"outcome": "done"} {"outcome": "failed"}',
        b'{"outcome": "failed", "outcome": "done"}',
        b'{"outcome": "done", "facts": {"a": 1, "a": 2}}',
        b'{"outcome": "done", "facts": {"a": NaN}}',
        b'{"outcome": "done", "facts": {"a": ' + b"9" * 5000 + b"}}",
        b'{"outcome": ' + b"[" * 60_000,
        '{"outcome": "done", "note": "é"}'.encode("latin-1"),
    ],
)
def test_what_is_no_plain_json_object_is_refused(text: bytes) -> None:
    with pytest.raises(AnswerError, match="must be one JSON object"):
        parse_answer(text)
    with pytest.raises(AnswerError, match="must be one JSON object"):
        order_named(text)


def test_no_value_stands_in_what_is_said_about_it() -> None:
    for answer in (body(outcome="done", secret="s3cret" * 50), body(outcome="failed", secret="s3cret"), b"s3cret"):
        with pytest.raises(AnswerError) as refused:
            parse_answer(answer)
        assert "s3cret" not in str(refused.value)
        assert refused.value.__context__ is None


def test_an_answer_may_name_its_order() -> None:
    assert order_named(body(outcome="done", id=7)) == 7
    assert order_named(body(outcome="done")) is None
    for wrong in ("7", 0, -1, 7.0, True, [7], 2**63):
        with pytest.raises(AnswerError, match="number of the order"):
            order_named(body(outcome="done", id=wrong))
