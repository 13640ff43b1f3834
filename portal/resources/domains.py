"""Domain registrations: one page each, with what can be done to it."""

from typing import Any

from werkzeug.wrappers import Response

from portal import clock
from portal.database import begin_read
from portal.kinds import Kind
from portal.orders import domains
from portal.orders.one_object import orders_on
from portal.resources import bp, cells
from portal.resources.own import own
from portal.web.act_form import ActsForm
from portal.web.forms import form_page
from portal.web.needs import DOMAIN_ACTS
from portal.web.steps import do


class DomainForm(ActsForm):
    acts = DOMAIN_ACTS


@bp.get("/domains/<int:id>")
def domain(id: int) -> Response:  # noqa: A002 - the name in the path
    return _page(own(Kind.DOMAIN, id))


@bp.post("/domains/<int:id>/act")
def domain_act(id: int) -> Response:  # noqa: A002 - the name in the path
    domain = own(Kind.DOMAIN, id)
    form = DomainForm()
    act = form.wanted
    if not form.validate_on_submit():
        return _page(domain, form)
    return do(form.act_on(act, Kind.DOMAIN, domain))


def _page(domain: Any, form: DomainForm | None = None) -> Response:
    with begin_read() as session:
        orders = orders_on(session, Kind.DOMAIN, domain)
    return form_page(
        "resources/domain.html",
        (form or DomainForm(formdata=None)).on(domain),
        domain=domain,
        expiry=cells.expiry(domain.expires_on, clock.now().date()),
        lock=cells.lock(locked=domain.locked),
        orders=orders,
        will_be_locked=domains.is_locked(domain, orders.ahead),
        will_renew=domains.renews(domain, orders.ahead),
        name_servers_to_be=domains.name_servers(domain, orders.ahead),
    )
