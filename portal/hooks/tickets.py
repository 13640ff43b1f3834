"""What the help desk answers: POST /hooks/tickets. docs/tickets.md says how it is written."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import current_app
from werkzeug.wrappers import Response

from portal.audit import Actor
from portal.hooks import bp, signed
from portal.hooks.signed import say
from portal.tickets import writing
from portal.tickets.typed import one_line, plain
from portal.tickets.writing import LONGEST_ANSWER, NoSuchTicketError, Words

LONGEST_ID = 200
LONGEST_REF = 40
LONGEST_AUTHOR = 60
"""Characters."""
MOST_BYTES = 256 * 1024
"""The longest of all of them as JSON may write them, and some more."""
_KEYS = frozenset({"id", "ticket", "author", "message", "closes"})


class UnreadableError(Exception):
    """Half a sentence for whoever wrote the help desk's side; no values in it."""


@dataclass(frozen=True)
class Answer:
    ticket_id: int
    ref: str
    words: Words
    author: str


@bp.post("/tickets")
def tickets() -> Response:
    secret = current_app.config["TICKETS_WEBHOOK_SECRET"]
    if secret is None:
        return say(HTTPStatus.NOT_FOUND, "No help desk is set whose answers are taken here.")
    body = signed.body(secret, MOST_BYTES)
    try:
        answer = read(body)
        actor = Actor(f"desk:{answer.author}" if answer.author else "desk")
        is_new = writing.answer_for_shop(answer.ticket_id, answer.words, actor, answer.ref)
    except UnreadableError as error:
        return say(HTTPStatus.UNPROCESSABLE_ENTITY, f"The message {error}. Nothing was changed.")
    except NoSuchTicketError:
        return say(HTTPStatus.NOT_FOUND, "There is no such ticket here.")
    return say(HTTPStatus.OK, "Kept." if is_new else "Kept already. Nothing was changed.")


def read(body: bytes) -> Answer:
    """Strictly: what nobody understands is no answer. Raises UnreadableError."""
    said = _object(body)
    if unknown := said.keys() - _KEYS:
        raise UnreadableError(f"has {min(unknown)[:40]!r}, which means nothing")
    ref, closes = _text(said, "ticket", LONGEST_REF), said.get("closes") or False
    if not isinstance(closes, bool):
        raise UnreadableError('must have true or false as "closes"')
    message = plain(_text(said, "message", LONGEST_ANSWER, required=False)).strip("\n").rstrip()
    if not (message or closes):
        raise UnreadableError('must have a "message", or "closes": true')
    number = ref.partition("-")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 19):  # noqa: PLR2004 - fits a column
        raise UnreadableError('must have the "ref" of the ticket, as the portal wrote it, as its "ticket"')
    once = hashlib.sha256(_text(said, "id", LONGEST_ID).encode("utf-8", "surrogatepass")).hexdigest()
    author = one_line(_text(said, "author", LONGEST_AUTHOR, required=False))
    return Answer(int(number), ref, Words(message, once, closes=closes, to_desk=False), author)


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    # Out here: an error of json holds the whole text.
    if not isinstance(said, dict):
        raise UnreadableError("must be one JSON object")
    return said


def _text(said: Mapping[str, Any], name: str, most: int, *, required: bool = True) -> str:
    """A null is as good as nothing: many languages write one for what isn't set."""
    text = said.get(name)
    if text is None and not required:
        return ""
    if not isinstance(text, str) or len(text) > most or (required and not text):
        raise UnreadableError(f"must have a text of at most {most} characters as {name!r}")
    return text
