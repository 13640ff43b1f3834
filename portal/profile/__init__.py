"""Profile: the two phones, and the password."""

from flask import Blueprint

bp = Blueprint("profile", __name__, url_prefix="/profile")

from portal.profile import password, phones  # noqa: E402, F401 - the views register themselves on `bp`
