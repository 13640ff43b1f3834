"""Refused requests in the log, with who asked: how the shop sees that somebody tries to go round a control.

Wrong passwords and codes are in the audit (OWASP ASVS 5.0, 16.3). These are not: whoever sends thousands would fill it.
"""

import logging

from flask import Flask, g, request
from werkzeug.wrappers import Response

log = logging.getLogger("portal.web")

_REFUSALS = {400, 403, 404, 413, 429}
"""Not 422: most of those are slips of the finger."""


def init_app(app: Flask) -> None:
    app.after_request(_record)


def who(account_id: int) -> None:
    """Whose session the request at hand shows."""
    g.asked_by = account_id


def why(words: str) -> None:
    """Why the request at hand is refused, where its status does not tell."""
    g.why_refused = words


def _record(response: Response) -> Response:
    # Without an endpoint there is nothing that could have been opened, only an address that somebody tried.
    if request.endpoint and ("why_refused" in g or response.status_code in _REFUSALS):
        log.info(
            "refused %s %s status=%s account=%s address=%r why=%r",
            request.method,
            request.endpoint,
            response.status_code,
            g.get("asked_by"),
            (request.remote_addr or "")[:64],
            g.get("why_refused"),
        )
    return response
