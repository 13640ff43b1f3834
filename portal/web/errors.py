"""Error pages: what happened, what to do, and when."""

import logging
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, flash, make_response, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from portal.codes.state import StartOverError
from portal.logs import request_id
from portal.passwords import HashingBusyError
from portal.sessions import SignedOutError
from portal.web import record
from portal.web.forms import see_other
from portal.web.notice import be_plain

log = logging.getLogger("portal.web")

_PAGES = {
    400: ("That request made no sense", "Go back and try again."),
    403: ("Not allowed", "You can't do that here."),
    404: ("Nothing here", "The page you asked for does not exist, or it is not yours."),
    405: ("That does not work here", "Go back and use the buttons of the page."),
    413: ("Too much at once", "What you sent is too large. Shorten it and send it again."),
    422: ("Something is missing", "Go back, check the form and send it again."),
    429: ("Too often", "Wait a moment, then try again."),
    500: ("Our mistake", "Something went wrong on our side, and we have noted it. Try again in a few minutes."),
    503: ("Busy", "The portal is busy. Try again in a few seconds."),
}
_EXPIRED = ("This page has expired", "Nothing was changed. Open the page again and send the form once more.")
RETRY_SECONDS = 5


@dataclass(frozen=True)
class Action:
    url: str
    label: str


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _expired_form)
    app.register_error_handler(SignedOutError, _signed_out)
    app.register_error_handler(StartOverError, _start_over)
    app.register_error_handler(HashingBusyError, _busy)
    app.register_error_handler(OperationalError, _no_database)


def error_page(status: int, words: tuple[str, str] | None = None, action: Action | None = None) -> Response:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        be_plain()
    title, sentence = words or _PAGES.get(status, _PAGES[400 if status < HTTPStatus.INTERNAL_SERVER_ERROR else 500])
    action = action or Action(url_for("web.index"), "Go to the start page")
    return make_response(
        render_template(
            "error.html", status=status, title=title, sentence=sentence, action=action, request_id=request_id()
        ),
        status,
    )


def _http_error(error: HTTPException) -> Response:
    response = error_page(error.code or 500)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _expired_form(error: CSRFError) -> Response:
    record.why(str(error.description))
    back = request.path if request.endpoint and "GET" in _methods() else url_for("web.index")
    return error_page(400, _EXPIRED, Action(back, "Open the page again"))


def _methods() -> set[str]:
    return (request.url_rule.methods if request.url_rule else None) or set()


def _signed_out(error: SignedOutError) -> Response:
    del error
    return see_other("auth.login")


def _start_over(error: StartOverError) -> Response:
    """The code was asked for too long ago, or not in this browser: back to where it begins."""
    del error
    flash("That was too long ago, or is done already. Start again.", "info")
    return see_other("auth.login" if request.blueprint == "auth" and "verify" in request.path else "profile.index")


def _busy(error: HashingBusyError) -> Response:
    del error
    response = error_page(503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _no_database(error: OperationalError) -> Response:
    log.error("the database does not answer: %s", type(error.orig).__name__)
    return _busy(HashingBusyError())
