"""Signing up, in and out, and proving it's you."""

from flask import Blueprint

bp = Blueprint("auth", __name__, url_prefix="/auth")

from portal.auth import confirm, sign_in, sign_up  # noqa: E402, F401 - the views register themselves on `bp`
