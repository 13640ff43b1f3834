"""How much a request may send. The few that take files or long texts take more than forms do."""

from contextlib import suppress

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from portal.dns import zonefile

TICKET = 256 * 1024
"""10,000 characters of any script as a form writes them, and as much again: too long is for the page to say."""
LARGE = {
    "resources.zone_import": zonefile.MAX_BYTES + 64 * 1024,
    "support.new": TICKET,
    "support.ticket": TICKET,
    "hooks.tickets": TICKET,
}
"""Bytes, by endpoint. All others: MAX_CONTENT_LENGTH. Hooks look themselves too. deploy/ knows the paths as well."""
CHUNK = 64 * 1024


def init_app(app: Flask) -> None:
    # Before anything reads the form: the gate does, and the CSRF check.
    app.before_request(_allow)
    app.after_request(_read_rest)


def _allow() -> None:
    most = LARGE.get(request.endpoint or "")
    if most is not None:
        request.max_content_length = request.max_form_memory_size = most


def _read_rest(response: Response) -> Response:
    """The part of a body that nobody has looked at, if it is no larger than it may be.

    A server that answers first hangs up on what is still coming: the sender, or the proxy, never sees the answer.
    """
    with suppress(HTTPException):  # Too large, or its sender has gone.
        while request.stream.read(CHUNK):
            pass
    return response
