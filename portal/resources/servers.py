"""Virtual and dedicated servers: one page each, with what can be done to it."""

from typing import Any

from flask import current_app
from werkzeug.wrappers import Response
from wtforms import SelectField, ValidationError

from portal.acts import Act
from portal.database import begin_read
from portal.kinds import Kind
from portal.orders import servers
from portal.orders.one_object import orders_on
from portal.resources import bp, cells
from portal.resources.own import own
from portal.web.act_form import ActsForm
from portal.web.forms import form_page
from portal.web.needs import SERVER_ACTS
from portal.web.steps import do

_KINDS = {"virtual-servers": Kind.VPS, "dedicated-servers": Kind.DEDICATED}
_SERVER = "/<any('virtual-servers', 'dedicated-servers'):which>/<int:id>"


class ServerForm(ActsForm):
    acts = SERVER_ACTS
    image = SelectField("System", validate_choice=False)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.image.choices = list(current_app.config["SERVER_IMAGES"])

    def validate_image(self, field: SelectField) -> None:
        if self.act.data == Act.REINSTALL_SERVER and field.data not in field.choices:
            raise ValidationError("Choose one of these systems.")


@bp.get("/virtual-servers/<int:id>")
def virtual_server(id: int) -> Response:  # noqa: A002 - the name in the path
    return _page(Kind.VPS, own(Kind.VPS, id))


@bp.get("/dedicated-servers/<int:id>")
def dedicated_server(id: int) -> Response:  # noqa: A002 - the name in the path
    return _page(Kind.DEDICATED, own(Kind.DEDICATED, id))


@bp.post(f"{_SERVER}/act")
def server_act(which: str, id: int) -> Response:  # noqa: A002 - the name in the path
    kind = _KINDS[which]
    server = own(kind, id)
    form = ServerForm()
    act = form.wanted
    if form.errors:
        return _page(kind, server, form)
    values = {"image": form.image.data} if act is Act.REINSTALL_SERVER else {}
    return do(form.act_on(act, kind, server, **values))


def _page(kind: Kind, server: Any, form: ServerForm | None = None) -> Response:
    with begin_read() as session:
        orders = orders_on(session, kind, server)
    return form_page(
        "resources/server.html",
        (form or ServerForm(formdata=None)).on(server),
        server=server,
        which=next(path for path, its in _KINDS.items() if its is kind),
        is_virtual=kind is Kind.VPS,
        state=cells.state(server.state),
        orders=orders,
        runs=servers.runs(server),
        will_run=servers.runs(server, orders.ahead),
    )
