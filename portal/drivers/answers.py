"""What a shop's system answers to an order, at once or later, read strictly: what nobody understands is no answer.

It is read after its signature was checked. docs/drivers.md says how it is written.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from portal.drivers.base import Done, DriverRefusedError, Later

MOST_NOTE = 500
MOST_SECRET = 200
MOST_TEXT = 500
"""Characters of a note, of a secret, and of a text among the facts."""
MOST_FACTS = 20
"""Facts, and texts in one that is a list."""
MOST_INTEGER = 2**63 - 1
"""What a column of the database holds."""
REFUSED = "It can't be carried out. Please ask our support."
"""What a customer reads when the shop's system says no more than that it failed."""

_TAKES = {"done": {"facts", "secret", "note"}, "failed": {"note"}, "later": set[str]()}


class AnswerError(Exception):
    """It can't be understood. The message is half a sentence, for whoever wrote the shop's system; no values in it."""


def parse_answer(body: bytes) -> Done | Later | DriverRefusedError:
    """What became of the order; a refusal is returned, not raised. Raises AnswerError."""
    answer = _read(body)
    outcome = answer.get("outcome")
    if not isinstance(outcome, str) or outcome not in _TAKES:
        raise AnswerError('must have an "outcome": "done", "failed" or "later"')
    # A null is as good as nothing: many languages write one for what isn't set.
    given = {key: value for key, value in answer.items() if value is not None and key not in {"id", "outcome"}}
    for key in given.keys() - _TAKES[outcome]:
        raise AnswerError(f"has {key[:40]!r}, which means nothing beside {outcome!r}")
    match outcome:
        case "later":
            return Later()
        case "failed":
            return DriverRefusedError(_note(given) or REFUSED)
    secret = _text(given["secret"], "secret", MOST_SECRET) if "secret" in given else None
    return Done(_facts(given.get("facts", {})), secret, _note(given))


def order_named(body: bytes) -> int | None:
    """The "id" in an answer: of the order that it speaks of. Raises AnswerError."""
    order = _read(body).get("id")
    if order is not None and (type(order) is not int or not 0 < order <= MOST_INTEGER):
        raise AnswerError('must have the number of the order as its "id"')
    return order


def _read(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body, object_pairs_hook=_once_each, parse_constant=_no_number)
    except (ValueError, RecursionError):
        answer = None
    # Out here: an error of json holds the whole text.
    if not isinstance(answer, dict):
        raise AnswerError("must be one JSON object, with each key once")
    return answer


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        # Of two outcomes, who says which is meant?
        raise ValueError("a key stands twice")
    return dict(pairs)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _note(answer: Mapping[str, Any]) -> str:
    note = answer.get("note", "")
    if not isinstance(note, str):
        raise AnswerError('must have a text as its "note"')
    # One paragraph, however it was wrapped.
    words = " ".join(note.split())
    return _text(words, "note", MOST_NOTE) if words else ""


def _facts(facts: Any) -> dict[str, Any]:
    if not isinstance(facts, dict) or len(facts) > MOST_FACTS:
        raise AnswerError(f'must have an object of at most {MOST_FACTS} as its "facts"')
    for name in facts:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name):
            raise AnswerError("must name facts with small letters, digits and _, at most 40")
    return {name: _fact(value, name) for name, value in facts.items()}


def _fact(value: Any, name: str) -> str | int | bool | list[str]:
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) <= MOST_INTEGER:
        return value
    if isinstance(value, list) and len(value) <= MOST_FACTS:
        return [_text(item, name, MOST_TEXT) for item in value]
    if isinstance(value, str):
        return _text(value, name, MOST_TEXT)
    raise AnswerError(f"must have a text, a whole number, true, false or a list of texts as {name!r}")


def _text(value: Any, name: str, most: int) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise AnswerError(f"must have a text of 1 to {most} characters as {name!r}")
    # Neither control characters nor halves of a character: no page shows them and no database takes them all.
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in value):
        raise AnswerError(f"has a character in {name!r} that is no letter, digit or sign")
    return value
