"""How much a request may send. The few that take files or long texts take more than forms do."""

from flask import Flask, request

from portal.dns import zonefile

TICKET = 256 * 1024
"""10,000 characters of any script as a form writes them, and as much again: too long is for the page to say."""
LARGE = {
    "resources.zone_import": zonefile.MAX_BYTES + 64 * 1024,
    "support.new": TICKET,
    "support.ticket": TICKET,
}
"""Bytes, by endpoint. All others: MAX_CONTENT_LENGTH; hooks look themselves. deploy/ knows the paths too."""


def init_app(app: Flask) -> None:
    # Before anything reads the form: the gate does, and the CSRF check.
    app.before_request(_allow)


def _allow() -> None:
    most = LARGE.get(request.endpoint or "")
    if most is not None:
        request.max_content_length = request.max_form_memory_size = most
