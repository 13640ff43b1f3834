"""Invoices and whom they go to. All of it opens with a fresh proof only: see `portal/web/needs.py`."""

from flask import Blueprint

bp = Blueprint("billing", __name__, url_prefix="/billing")

from portal.billing import details, invoices  # noqa: E402, F401 - the views register themselves on `bp`
