"""Virtual and dedicated servers: one page each, with what can be done to it."""

from typing import Any

from flask import abort, current_app, render_template
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectField

from portal.acts import Act
from portal.database import begin_read
from portal.kinds import Kind
from portal.orders import listing, objects
from portal.resources import bp
from portal.web import gate
from portal.web.act_form import ActForm
from portal.web.needs import SERVER_ACTS
from portal.web.steps import do

_KINDS = {"virtual-servers": Kind.VPS, "dedicated-servers": Kind.DEDICATED}
_SERVER = "/<any('virtual-servers', 'dedicated-servers'):which>/<int:id>"


class ServerForm(ActForm):
    act = HiddenField()
    image = SelectField("System", validate_choice=True)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.image.choices = list(current_app.config["SERVER_IMAGES"])

    @property
    def wanted(self) -> Act:
        """Aborts with 400 for what is no act on a server."""
        try:
            act = Act(self.act.data)
        except ValueError:
            abort(400)
        return act if act in SERVER_ACTS else abort(400)


@bp.get("/virtual-servers/<int:id>")
def virtual_server(id: int) -> str:  # noqa: A002 - the name in the path
    return _page(Kind.VPS, id)


@bp.get("/dedicated-servers/<int:id>")
def dedicated_server(id: int) -> str:  # noqa: A002 - the name in the path
    return _page(Kind.DEDICATED, id)


@bp.post(f"{_SERVER}/act")
def server_act(which: str, id: int) -> Response:  # noqa: A002 - the name in the path
    kind = _KINDS[which]
    server = _own(kind, id)
    form = ServerForm()
    act = form.wanted
    if act is not Act.REINSTALL_SERVER:
        del form.image
    if not form.validate_on_submit():
        abort(400)
    values = {"image": form.image.data} if act is Act.REINSTALL_SERVER else {}
    return do(form.act_on(act, kind, server, **values))


def _own(kind: Kind, object_id: int) -> Any:
    with begin_read() as session:
        server = objects.find(session, kind, gate.signed_in().account.id, object_id)
    return server or abort(404)


def _page(kind: Kind, object_id: int) -> str:
    server = _own(kind, object_id)
    with begin_read() as session:
        orders = listing.last_of(session, kind, server.account_id, server.id)
    form = ServerForm(formdata=None, revision=str(server.revision))
    which = next(path for path, its in _KINDS.items() if its is kind)
    runs = server.state in {"running", "on", "rebooting"}
    return render_template(
        "resources/server.html", server=server, which=which, kind=kind, orders=orders, form=form, runs=runs
    )
