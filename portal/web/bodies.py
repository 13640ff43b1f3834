"""How much a request may carry where that is more than MAX_CONTENT_LENGTH."""

from flask import Flask, request

TICKET = 256 * 1024
"""10,000 characters of any script as a form or JSON writes them, and as much again: too long is for the page to say."""

LARGER = {"support.new": TICKET, "support.ticket": TICKET, "hooks.tickets": TICKET}
"""Bytes, by endpoint. The proxies of deploy/ know their paths too."""


def init_app(app: Flask) -> None:
    app.before_request(_allow)


def _allow() -> None:
    most = LARGER.get(request.endpoint or "")
    if most is not None:
        request.max_content_length = most
