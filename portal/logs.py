"""The portal's log on stderr, as text or as JSON lines, each with the id of the request it belongs to."""

import json
import logging
import secrets
import sys
from datetime import UTC, datetime

from flask import Flask, Response, g, has_request_context

_HEADER = "X-Request-ID"


def init_app(app: Flask) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines() if app.config["LOG_FORMAT"] == "json" else _Text())
    log = logging.getLogger("portal")  # Flask's own too: an error that no page expected.
    log.setLevel(logging.INFO)
    log.handlers = [handler]
    app.before_request(_name_request)
    app.after_request(_add_header)


def request_id() -> str:
    """Of the request being answered; empty outside of one. Made here: what a client sends is not believed."""
    return str(g.get("request_id", "")) if has_request_context() else ""


def _name_request() -> None:
    g.request_id = secrets.token_hex(8)


def _add_header(response: Response) -> Response:
    response.headers[_HEADER] = request_id()
    return response


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC)
        # What people and providers typed starts no line of its own.
        words = "".join(c if c.isprintable() else repr(c)[1:-1] for c in record.getMessage())
        if record.exc_info:
            words = f"{words}\n{self.formatException(record.exc_info)}"
        return f"{moment:%Y-%m-%d %H:%M:%S} {record.levelname} {record.name} [{request_id() or '-'}] {words}"


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "log": record.name,
            "request": request_id(),
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)
