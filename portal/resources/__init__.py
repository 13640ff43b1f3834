"""What the account controls."""

from flask import Blueprint

bp = Blueprint("resources", __name__, url_prefix="/resources")

from portal.resources import domains, lists, name_servers, orders, overview, servers, sites  # noqa: E402, F401 - the views register themselves on `bp`
