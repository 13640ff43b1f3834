"""Domain registrations: one page each, with what can be done to it."""

from flask import render_template
from werkzeug.wrappers import Response

from portal import clock
from portal.database import begin_read
from portal.kinds import Kind
from portal.orders import domains
from portal.orders.one_object import orders_on
from portal.resources import bp, cells
from portal.resources.own import own
from portal.web.act_form import ActsForm
from portal.web.needs import DOMAIN_ACTS
from portal.web.steps import do


class DomainForm(ActsForm):
    acts = DOMAIN_ACTS


@bp.get("/domains/<int:id>")
def domain(id: int) -> str:  # noqa: A002 - the name in the path
    domain = own(Kind.DOMAIN, id)
    with begin_read() as session:
        orders = orders_on(session, Kind.DOMAIN, domain)
    return render_template(
        "resources/domain.html",
        form=DomainForm(formdata=None).on(domain),
        domain=domain,
        expiry=cells.expiry(domain.expires_on, clock.now().date()),
        lock=cells.lock(locked=domain.locked),
        orders=orders,
        will_be_locked=domains.is_locked(domain, orders.ahead),
        will_renew=domains.renews(domain, orders.ahead),
        name_servers_to_be=domains.name_servers(domain, orders.ahead),
    )


@bp.post("/domains/<int:id>/act")
def domain_act(id: int) -> Response:  # noqa: A002 - the name in the path
    domain = own(Kind.DOMAIN, id)
    form = DomainForm()
    return do(form.act_on(form.wanted, Kind.DOMAIN, domain))
