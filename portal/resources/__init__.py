"""What the account controls."""

from flask import Blueprint

bp = Blueprint("resources", __name__, url_prefix="/resources")

from portal.resources import (  # noqa: E402 - the views register themselves on `bp`
    domains,  # noqa: F401
    lists,  # noqa: F401
    name_servers,  # noqa: F401
    orders,  # noqa: F401
    overview,  # noqa: F401
    records,  # noqa: F401
    servers,  # noqa: F401
    sites,  # noqa: F401
    zone_files,  # noqa: F401
    zone_history,  # noqa: F401
    zones,  # noqa: F401
)
