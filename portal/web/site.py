"""The few pages that belong to no part of the portal."""

from ipaddress import ip_address

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from portal.database import begin_read
from portal.metrics import Waiting
from portal.metrics import page as metrics_page
from portal.models import Account, TextMessage
from portal.orders import listing

bp = Blueprint("web", __name__)


@bp.get("/")
def index() -> Response:
    target = "resources.index" if current_user.is_authenticated else "auth.login"
    return redirect(url_for(target))


@bp.get("/help")
def help() -> str:  # noqa: A001 - the name of the page
    return render_template("help.html")


@bp.get("/healthz")
def healthz() -> Response:
    """The process is up."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
def readyz() -> Response:
    """It can serve: the database answers and its tables are there, and texts are being sent."""
    background = current_app.extensions["background"]
    try:
        with begin_read() as session:
            session.execute(select(Account.id).limit(1))
    except SQLAlchemyError:
        return Response("not ok\n", 503, mimetype="text/plain")
    if background.was_started and not background.is_alive():  # The next text that is queued starts it again.
        return Response("not ok\n", 503, mimetype="text/plain")
    return Response("ok\n", mimetype="text/plain")


@bp.get("/metrics")
def metrics() -> Response:
    """For Prometheus, from the addresses of METRICS_ALLOWED; for others there is no such page."""
    if not _may_read_metrics(request.remote_addr or ""):
        abort(404)
    with begin_read() as session:
        texts = session.scalar(select(func.count()).where(TextMessage.settled_at.is_(None))) or 0
        orders, unclear = listing.counts(session)
    return Response(metrics_page(Waiting(texts, orders, unclear)), mimetype="text/plain")


def _may_read_metrics(address: str) -> bool:
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in current_app.config["METRICS_ALLOWED"])
