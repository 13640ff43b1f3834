"""Who may open what. A page is private until it is listed here."""

import re
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_login import current_user, login_user, logout_user
from werkzeug.exceptions import BadHost
from werkzeug.wrappers import Response

from portal import clock, known_browsers, sessions
from portal.accounts.signing_in import Entered
from portal.audit import Client
from portal.extensions import login_manager
from portal.models import Account
from portal.sessions import Browser
from portal.web import record

SIGNED = frozenset({"hooks.orders", "hooks.tickets"})
"""For the shop's own systems: each looks at its signature itself, before anything else of the request is read."""
PUBLIC = SIGNED | frozenset(
    {
        "static", "web.index", "web.help", "web.healthz", "web.readyz", "auth.login", "auth.register",
        "web.metrics",  # It looks at the address itself.
    }
)  # fmt: skip
"""For anyone."""
PASSWORD_ONLY = frozenset({"auth.verify", "auth.verify_send", "auth.logout"})
"""After the password alone; `auth.logout` for everyone signed in too."""
ENROLMENT = frozenset(
    {
        "auth.logout", "auth.confirm", "auth.confirm_send",
        "profile.phone", "profile.verify", "profile.send",
    }
)  # fmt: skip
"""All that opens while two-factor sign-in is required and there is no phone."""
ANY_HOST = frozenset({"web.healthz", "web.readyz", "web.metrics"})

LONGEST_PATH = 500

_HALF = "half"
"""Where the cookie keeps the token of a browser that gave only the password."""
_NEXT = "next"


def init_app(app: Flask) -> None:
    # The cookie of Flask-Login's own session check is not used: a session is a row (`portal/sessions.py`).
    login_manager.session_protection = None
    login_manager.init_app(app)
    login_manager.user_loader(_load_user)
    app.before_request(_check_host)
    app.before_request(_check_access)
    app.before_request(_check_names)
    app.after_request(_leave_known_cookie)


def client() -> Client:
    """Where this request comes from. Behind proxies ProxyFix has put the believed address in place."""
    browser = "".join(c for c in request.headers.get("User-Agent", "") if c.isprintable())
    known_token = request.cookies.get(_known_cookie(), "")[:100]
    return Client((request.remote_addr or "")[:64], browser[:200], known_token)


def signed_in() -> Browser:
    """The signed-in browser of a private page."""
    browser = current_user._get_current_object()  # noqa: SLF001 - how Flask-Login hands out the object itself
    if not isinstance(browser, Browser):
        raise sessions.SignedOutError
    return browser


def password_only() -> Browser:
    """The browser that still owes its code. Raises SignedOutError when there is none."""
    browser = _half_browser()
    if browser is None:
        raise sessions.SignedOutError
    return browser


def keep_half(token: str, next_path: str | None) -> None:
    """After the password: the browser waits for its code. A new session, so nothing set before is believed."""
    session.clear()
    session[_HALF] = token
    if next_path:
        session[_NEXT] = next_path


def keep_signed_in(entered: Entered) -> str | None:
    """The browser is signed in, and will be known again. Returns where its customer was going."""
    next_path = session.get(_NEXT)
    session.clear()
    replace_token(entered.token)
    g.known_token = entered.known_token
    return next_path


def replace_token(token: str) -> None:
    """The signed-in browser goes on with a new token."""
    login_user(sessions.Token(token))


def forget() -> None:
    """Sign out: end the row, empty the cookie."""
    for browser in (_half_browser(), current_user._get_current_object()):  # noqa: SLF001 - see above
        if isinstance(browser, Browser):
            sessions.end(browser)
    logout_user()
    session.clear()


def owes_phone(account: Account) -> bool:
    """Whether the account must add a phone before anything else."""
    return not account.has_two_factor and account.account_type in current_app.config["REQUIRE_TWO_FACTOR"]


def safe_path(path: str | None) -> str | None:
    """A path of this site, or None.

    Browsers read two slashes, or a slash and a backslash, as the start of another site, and drop control characters.
    """
    if not path or len(path) > LONGEST_PATH or not path.startswith("/") or path.startswith("//"):
        return None
    if any(c < " " or c in "\\\x7f" for c in path):
        return None
    parts = urlsplit(path)
    return path if not parts.scheme and not parts.netloc else None


def _known_cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-known"


def _leave_known_cookie(response: Response) -> Response:
    if "known_token" in g:
        response.set_cookie(
            _known_cookie(),
            g.known_token,
            max_age=known_browsers.LIFE,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
    return response


def _load_user(token: str) -> Browser | None:
    browser = _load(token)
    return browser if browser and browser.row.signed_in else None


def _load(token: str) -> Browser | None:
    browser = sessions.load(token, clock.now())
    if browser is not None:
        record.who(browser.account.id)
    return browser


def _half_browser() -> Browser | None:
    if "half_browser" not in g:
        token = session.get(_HALF)
        browser = _load(token) if isinstance(token, str) else None
        g.half_browser = browser if browser and not browser.row.signed_in else None
    return g.half_browser  # type: ignore[no-any-return]  # `g` holds anything


def _check_host() -> Response | None:
    if isinstance(request.routing_exception, BadHost):
        # No name at all, such as ".localhost": no page can be drawn there, since none has an address.
        return Response("Bad Request\n", 400, mimetype="text/plain")
    # Werkzeug's own check takes the first colon of [::1] for that of a port.
    host = re.sub(r":\d{1,5}\Z", "", request.host.lower())
    if request.endpoint not in ANY_HOST and host not in current_app.config["TRUSTED"]:
        abort(400)
    return None


def _check_access() -> Response | None:
    endpoint = request.endpoint
    if endpoint in PUBLIC or endpoint is None:  # None: no such page; everyone gets the 404.
        return None
    if current_user.is_authenticated:
        return _enrolment_first(signed_in()) if endpoint not in ENROLMENT else None
    if _half_browser() is not None:
        return None if endpoint in PASSWORD_ONLY else _send_away("the code is not typed yet", "auth.verify")
    going_to = request.path if request.method == "GET" else None
    return _send_away("not signed in", "auth.login", next=safe_path(going_to))


def _check_names() -> None:
    # A part without a name, which multipart allows, has None for one. Flask-WTF 1.3.0 fails on it as it looks for the
    # token, so that anyone could fill the log with faults.
    if request.endpoint and request.endpoint not in SIGNED and any(name is None for name in request.form):
        abort(400)


def _enrolment_first(browser: Browser) -> Response | None:
    if not owes_phone(browser.account):
        return None
    return _send_away("a phone must be added first", "profile.phone", slot="primary")


def _send_away(why: str, endpoint: str, **values: Any) -> Response:
    record.why(why)
    return redirect(url_for(endpoint, **values))
