"""Tickets."""

from flask import Blueprint

bp = Blueprint("support", __name__, url_prefix=" what customers and the shop write to each other:/support")
