"""What each route needs beyond being signed in: one table. A POST that is not in it is refused.

The acts of a route say what it takes to carry them out (`portal/acts.py`). A page that shows billing or a secret needs
a fresh proof before it is drawn.
"""

from dataclasses import dataclass
from typing import Final

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from portal import clock, sessions
from portal.acts import Act
from portal.web import gate

SERVER_ACTS = frozenset(
    {
        Act.START_SERVER, Act.STOP_SERVER, Act.REBOOT_SERVER, Act.FORCE_OFF_SERVER, Act.REINSTALL_SERVER,
        Act.RESET_ROOT, Act.DELETE_SERVER,
    }
)  # fmt: skip

SITE_ACTS = frozenset({Act.UPDATE_SITE, Act.RESET_ADMIN, Act.DELETE_SITE})
DOMAIN_ACTS = frozenset(
    {Act.LOCK_DOMAIN, Act.UNLOCK_DOMAIN, Act.TRANSFER_DOMAIN, Act.AUTO_RENEW_ON, Act.AUTO_RENEW_OFF}
)


@dataclass(frozen=True)
class Nothing:
    """A POST that needs no more than its session, and why."""

    why: str


ROUTES: Final[dict[str, frozenset[Act] | Nothing]] = {
    "auth.login": Nothing("signs in"),
    "auth.register": Nothing("signs up"),
    "auth.verify": Nothing("takes the sign-in code"),
    "auth.verify_send": Nothing("sends the sign-in code; counted by the limits on texts"),
    "auth.confirm": Nothing("takes the proof itself"),
    "auth.confirm_send": Nothing("sends the code of a proof; counted by the limits on texts"),
    "auth.logout": Nothing("signs out"),
    "profile.phone": frozenset({Act.SET_PHONE}),
    "profile.verify": Nothing("takes the code that proves a number"),
    "profile.send": Nothing("sends that code; counted by the limits on texts"),
    "profile.remove": frozenset({Act.REMOVE_PHONE}),
    "profile.password": frozenset({Act.CHANGE_PASSWORD}),
    "resources.server_act": SERVER_ACTS,
    "resources.site_act": SITE_ACTS,
    "resources.domain_act": DOMAIN_ACTS,
    "resources.name_servers": frozenset({Act.SET_NAME_SERVERS}),
    "resources.record": frozenset({Act.CHANGE_RECORDS, Act.CHANGE_APEX}),
    "resources.record_delete": frozenset({Act.CHANGE_RECORDS, Act.CHANGE_APEX}),
    "resources.zone_delete": frozenset({Act.DELETE_ZONE}),
    "resources.zone_import": Nothing("keeps a difference to look at; nothing changes"),
    "resources.zone_undo": Nothing("keeps a difference to look at; nothing changes"),
    "resources.zone_apply": frozenset({Act.IMPORT_ZONE, Act.CHANGE_RECORDS, Act.CHANGE_APEX, Act.MAKE_ZONE}),
    # The code was for making it: whoever has the browser days later must prove again who they are.
    "resources.order_secret": frozenset({Act.SEE_PAGE}),
    "billing.details": frozenset({Act.CHANGE_BILLING}),
    "hooks.orders": Nothing("signed by the shop"),
    "hooks.tickets": Nothing("signed by the shop"),
    "support.new": Nothing("opens a ticket; counted by the limits on tickets"),
    "support.ticket": Nothing("answers in one's own ticket; counted by the limits on tickets"),
    "support.close": Nothing("closes one's own ticket, which any message opens again"),
}
"""Of each endpoint that takes a POST."""

FRESH_PAGES: Final[dict[str, str]] = dict.fromkeys(
    ("billing.index", "billing.invoice", "billing.details"), "your billing pages"
)
"""Pages to which only a fresh proof leads, and what they are called: "your billing pages"."""


def init_app(app: Flask) -> None:
    app.before_request(_check)


def page_at(path: str) -> str | None:
    """What the fresh page at this path is called; None for any other."""
    try:
        endpoint, _ = current_app.url_map.bind("").match(path.partition("?")[0])
    except HTTPException:
        return None
    return FRESH_PAGES.get(str(endpoint))


def _check() -> Response | None:
    endpoint = request.endpoint
    if endpoint is None:
        return None
    if request.method == "POST" and endpoint not in ROUTES:
        abort(403)
    if endpoint in FRESH_PAGES and current_user.is_authenticated and not _is_act(endpoint):
        now = clock.now()
        browser = gate.signed_in()
        if not sessions.is_fresh(browser.row, now):
            return redirect(url_for("auth.confirm", next=gate.safe_path(request.full_path.rstrip("?"))))
        sessions.keep_fresh(browser, now)
    return None


def _is_act(endpoint: str) -> bool:
    """A form of an act is kept with all that was typed until the proof that the act needs is there."""
    return request.method == "POST" and isinstance(ROUTES[endpoint], frozenset)
