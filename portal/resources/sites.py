"""WordPress sites: one page each, with what can be done to it."""

from typing import Any

from werkzeug.wrappers import Response
from wtforms import HiddenField
from wtforms.validators import Length

from portal.acts import Act
from portal.database import begin_read
from portal.kinds import Kind
from portal.orders.one_object import orders_on
from portal.resources import bp, cells
from portal.resources.own import own
from portal.web.act_form import ActsForm
from portal.web.forms import form_page
from portal.web.needs import SITE_ACTS
from portal.web.steps import do


class SiteForm(ActsForm):
    acts = SITE_ACTS
    admin = HiddenField(validators=[Length(max=100)])


@bp.get("/wordpress/<int:id>")
def site(id: int) -> Response:  # noqa: A002 - the name in the path
    return _page(own(Kind.WORDPRESS, id))


@bp.post("/wordpress/<int:id>/act")
def site_act(id: int) -> Response:  # noqa: A002 - the name in the path
    site = own(Kind.WORDPRESS, id)
    form = SiteForm()
    act = form.wanted
    if not form.validate_on_submit():
        return _page(site, form)
    values = {Act.UPDATE_SITE: {"version": site.new_version}, Act.RESET_ADMIN: {"admin": form.admin.data}}
    return do(form.act_on(act, Kind.WORDPRESS, site, **values.get(act, {})))


def _page(site: Any, form: SiteForm | None = None) -> Response:
    with begin_read() as session:
        orders = orders_on(session, Kind.WORDPRESS, site)
    return form_page(
        "resources/site.html",
        (form or SiteForm(formdata=None)).on(site),
        site=site,
        update=cells.update(site.new_version),
        orders=orders,
        being_reset={order.values["admin"] for order in orders.ahead if order.act == Act.RESET_ADMIN},
    )
