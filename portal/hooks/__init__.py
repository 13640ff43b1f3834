"""What the shop's own systems say."""

from flask import Blueprint

bp = Blueprint("hooks", __name__, url_prefix=" signed requests without a session:/hooks")
