"""Profile: the two phones, the password, and what was done."""

from flask import Blueprint

bp = Blueprint("profile", __name__, url_prefix="/profile")

from portal.profile import activity, password, phones  # noqa: E402, F401 - the views register themselves on `bp`
