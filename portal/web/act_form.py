"""The form of one act on one object: a button, or a few fields and a button."""

import secrets
from typing import Any

from wtforms import HiddenField
from wtforms.validators import InputRequired, Length

from portal.acts import Act
from portal.kinds import Kind
from portal.orders.placing import act_on
from portal.web.forms import PortalForm


class ActForm(PortalForm):
    """What was seen is what is acted on: `revision` is the object's when the page was drawn."""

    once = HiddenField(validators=[InputRequired(), Length(max=32)], default=lambda: secrets.token_hex(16))
    revision = HiddenField(validators=[InputRequired()])

    def act_on(self, act: Act, kind: Kind, thing: Any, **values: Any) -> dict[str, Any]:
        """The act as it waits. One on a stale page is refused when it is carried out."""
        seen = self.revision.data
        revision = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0  # noqa: PLR2004 - fits an int
        return act_on(act, kind, thing, self.once.data, **values) | {"revision": revision}
