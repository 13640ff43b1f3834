"""Support: what customers and the shop write to each other."""

from flask import Blueprint

bp = Blueprint("support", __name__, url_prefix="/support")

from portal.support import tickets  # noqa: E402, F401 - the views register themselves on `bp`
