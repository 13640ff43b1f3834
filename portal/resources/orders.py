"""One order: what was asked for, and what became of it: /resources/orders/<id>."""

from flask import abort, flash, make_response, render_template
from werkzeug.wrappers import Response

from portal import clock
from portal.acts import what
from portal.database import begin_read, begin_write
from portal.models import Order
from portal.orders import listing, secrets
from portal.resources import bp
from portal.sealing import UnsealError
from portal.web import gate


@bp.get("/orders/<int:order_id>")
def order(order_id: int) -> Response:
    return _page(_own(order_id), None)


@bp.post("/orders/<int:order_id>/secret")
def order_secret(order_id: int) -> Response:
    """Show the secret of an order, once. It stands on no page that has an address."""
    account = gate.signed_in().account
    _own(order_id)
    secret = None
    try:
        with begin_write() as session:
            secret = secrets.show(session, clock.now(), account.id, order_id, gate.client())
    except UnsealError:  # It is the shop's doing, and lasts.
        flash("This can't be shown any more. Ask for a new one, or ask our support.", "bad")
    return _page(_own(order_id), secret)


def _own(order_id: int) -> Order:
    with begin_read() as session:
        found = listing.own(session, gate.signed_in().account.id, order_id)
    if found is None:
        abort(404)
    return found


def _page(found: Order, secret: str | None) -> Response:
    asked = {"act": found.act, "name": found.object_name}
    return make_response(
        render_template(
            "resources/order.html",
            order=found,
            what=what(asked),
            status=listing.status(found),
            can_show=secrets.can_show(found),
            secret=secret,
        )
    )
