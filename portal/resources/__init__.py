"""What the account controls."""

from flask import Blueprint

bp = Blueprint("resources", __name__, url_prefix="/resources")

from portal.resources import orders, overview, servers  # noqa: E402, F401 - the views register themselves on `bp`
