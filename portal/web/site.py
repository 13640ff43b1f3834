"""The few pages that belong to no part of the portal."""

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from portal.database import begin_read
from portal.models import Account

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
    if background.was_started:
        background.start()  # Again, if it died.
    return Response("ok\n", mimetype="text/plain")
