"""Where a customer goes after a step of a guarded act."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.accounts import confirming
from portal.accounts.changes import Done
from portal.acts import Act
from portal.kinds import Kind
from portal.orders.catalogue import EFFECTS
from portal.orders.effects import Effect, NotNowError
from portal.web import gate
from portal.web.forms import see_other
from portal.web.needs import ROUTES

_PAGES = {
    Kind.VPS: "resources.virtual_server",
    Kind.DEDICATED: "resources.dedicated_server",
    Kind.WORDPRESS: "resources.site",
    Kind.DOMAIN: "resources.domain",
    Kind.DNS: "resources.zone",
}
"""Of one object of each kind."""


def do(act: Mapping[str, Any]) -> Response:
    """Carry an act of this route out, or lead to the proof that it needs. What can't be ordered now is said there."""
    try:
        return ask(act)
    except NotNowError as error:
        return go_on(Done(gate.signed_in().token, dict(act), refused=str(error)))


def ask(act: Mapping[str, Any]) -> Response:
    """As `do`, for a form that shows why it can't be ordered now, with what was typed. Raises NotNowError."""
    allowed = ROUTES[request.endpoint or ""]
    if not isinstance(allowed, frozenset) or act["act"] not in allowed:
        abort(403)
    return go_on(confirming.do(gate.signed_in(), act, gate.client()))


def go_on(done: Done) -> Response:
    """After a step that worked: where its customer goes next."""
    gate.replace_token(done.token)
    if done.act is None:
        return see_other("auth.confirm")
    act = Act(done.act["act"])
    if done.refused:
        flash(done.refused, "bad")
    match act:
        case Act.SEE_PAGE:
            return redirect(done.act["path"], 303)
        case Act.SET_PHONE:
            return see_other("profile.verify", slot=done.act["slot"])
        case Act.REMOVE_PHONE:
            flash(f"The {done.act['slot']} phone is removed.", "good")
        case Act.CHANGE_PASSWORD:
            flash("Your password is changed. Your other browsers are signed out.", "good")
        case Act.CHANGE_BILLING:
            flash("Your billing details are saved.", "good")
            return see_other("billing.index")
        case _:
            return _after_order(done.act, EFFECTS[act])
    return see_other("profile.index")


def page_of(act: Mapping[str, Any]) -> str:
    """Where the thing is that an act is about."""
    if act["act"] == Act.CHANGE_BILLING:
        return url_for("billing.index")
    if act["act"] == Act.SEE_PAGE or act.get("id", 0) is None:
        return url_for("resources.index")
    if act["act"] not in EFFECTS:
        return url_for("profile.index")
    return url_for(_PAGES[Kind(act["kind"])], id=act["id"])


def _after_order(act: Mapping[str, Any], effect: Effect) -> Response:
    """The page of the order, where that shows more or lasts longer than the page of its object."""
    order = act.get("order")
    if order is not None and (effect.makes_password or effect.tells or effect.removes or act["id"] is None):
        return see_other("resources.order", order_id=order)
    return redirect(page_of(act), HTTPStatus.SEE_OTHER)
