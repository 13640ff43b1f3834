"""What the shop's own systems say: signed, and without a session."""

from flask import Blueprint

from portal.extensions import csrf

bp = Blueprint("hooks", __name__, url_prefix="/hooks")
csrf.exempt(bp)  # No browser sends these, and nothing that a browser holds lets them in.

from portal.hooks import orders, tickets  # noqa: E402, F401 - the views register themselves on `bp`
