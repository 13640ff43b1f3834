"""One order: what was asked for, and what became of it: /resources/orders/<id>."""

from flask import abort, flash, make_response, render_template, url_for
from werkzeug.wrappers import Response

from portal import clock, sessions
from portal.acts import Act, what
from portal.database import begin_read, begin_write
from portal.kinds import Kind
from portal.models import Order
from portal.orders import listing, objects, secrets
from portal.orders.catalogue import EFFECTS
from portal.prune import SHOW_AGAIN
from portal.resources import bp
from portal.sealing import UnsealError
from portal.web import gate
from portal.web.forms import see_other
from portal.web.steps import do, page_of


@bp.get("/orders/<int:order_id>")
def order(order_id: int) -> Response:
    return _page(_own(order_id), None)


@bp.post("/orders/<int:order_id>/secret")
def order_secret(order_id: int) -> Response:
    """Show the secret of an order, after a fresh proof. It stands on no page that has an address."""
    browser, now = gate.signed_in(), clock.now()
    effect = EFFECTS[Act(_own(order_id).act)]
    if not sessions.is_fresh(browser.row, now):
        path = url_for("resources.order", order_id=order_id)
        page = "your transfer code" if effect.tells else "your new password"
        return do({"act": Act.SEE_PAGE, "path": path, "page": page})
    try:
        with begin_write() as session:
            secret = secrets.show(session, now, browser, order_id, gate.client())
    except UnsealError:
        flash("This can't be shown any more. Ask for a new one, or ask our support.", "bad")
        return see_other("resources.order", order_id=order_id)
    return _page(_own(order_id), secret)


def _own(order_id: int) -> Order:
    with begin_read() as session:
        found = listing.own(session, gate.signed_in().account.id, order_id)
    if found is None:
        abort(404)
    return found


def _page(found: Order, secret: str | None) -> Response:
    kind, effect = Kind(found.kind), EFFECTS[Act(found.act)]
    asked = {"act": found.act, "kind": kind, "id": found.object_id, "name": found.object_name, "values": found.values}
    return make_response(
        render_template(
            "resources/order.html",
            order=found,
            what=what(asked),
            status=listing.status(found),
            back=page_of(asked) if _is_there(kind, found) else None,
            effect=effect,
            can_show=secrets.can_show(found, clock.now(), gate.signed_in()),
            again_until=found.shown_at and found.shown_at + SHOW_AGAIN,
            secret=secret,
        )
    )


def _is_there(kind: Kind, found: Order) -> bool:
    if found.object_id is None:
        return False
    with begin_read() as session:
        return objects.find(session, kind, found.account_id, found.object_id) is not None
