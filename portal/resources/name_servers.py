"""The name servers of a domain: /resources/domains/<id>/name-servers."""

import re

from werkzeug.wrappers import Response
from wtforms import TextAreaField, ValidationError

from portal import host_names
from portal.acts import Act
from portal.database import begin_read
from portal.host_names import HostNameError
from portal.kinds import Kind
from portal.orders import domains
from portal.orders.ahead import orders_ahead
from portal.resources import bp
from portal.resources.own import own
from portal.web.act_form import ActForm
from portal.web.forms import form_page
from portal.web.steps import ask

FEWEST, MOST = 2, 13
"""Registries want two (RFC 2182, 5), and take no more than fit into one answer."""


class NameServersForm(ActForm):
    name_servers = TextAreaField("Name servers")

    def validate_name_servers(self, field: TextAreaField) -> None:
        """Raises with a line for each name that is wrong."""
        typed = _names(field.data)
        if not FEWEST <= len(typed) <= MOST:
            raise ValidationError(f"Type at least {FEWEST} and at most {MOST} names; you typed {len(typed)}.")
        names, mistakes = [], []
        for one in typed:
            try:
                names.append(host_names.parse(one))
            except HostNameError as error:
                mistakes.append(str(error))
        mistakes += [f"“{name}” is there twice." for name in dict.fromkeys(names) if names.count(name) > 1]
        if mistakes:
            raise ValidationError("\n".join(mistakes))

    @property
    def names(self) -> list[str]:
        """Of a valid form."""
        return [host_names.parse(one) for one in _names(self.name_servers.data)]


@bp.route("/domains/<int:id>/name-servers", methods=["GET", "POST"])
def name_servers(id: int) -> Response:  # noqa: A002 - the name in the path
    domain = own(Kind.DOMAIN, id)
    form = NameServersForm()
    if form.validate_on_submit():
        with form.refusals():
            return ask(form.act_on(Act.SET_NAME_SERVERS, Kind.DOMAIN, domain, name_servers=form.names))
    if not form.is_submitted():
        with begin_read() as session:
            ahead = orders_ahead(session, Kind.DOMAIN, domain.id)
        form.name_servers.data = "\n".join(domains.name_servers(domain, ahead))
    return form_page("resources/name_servers.html", form.on(domain), domain=domain)


def _names(typed: str | None) -> list[str]:
    return [one for one in re.split(r"[\s,;]+", typed or "") if one]
