"""What the shop's own systems say: signed requests without a session."""

from flask import Blueprint

bp = Blueprint("hooks", __name__, url_prefix="/hooks")

from portal.hooks import tickets  # noqa: E402, F401 - the views register themselves on `bp`
