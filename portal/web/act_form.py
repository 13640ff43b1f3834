"""The form of one act on one object: a button, or a few fields and a button."""

import secrets
from typing import Any, ClassVar, Self

from flask import abort
from wtforms import HiddenField
from wtforms.validators import Regexp

from portal.acts import Act
from portal.kinds import Kind
from portal.orders.placing import act_on
from portal.web.forms import PortalForm


class ActForm(PortalForm):
    """What was seen is what is acted on: `revision` is the object's when the page was drawn."""

    once = HiddenField(validators=[Regexp(r"[0-9a-f]{1,32}\Z")], default=lambda: secrets.token_hex(16))
    revision = HiddenField(validators=[Regexp(r"[0-9]{1,9}\Z")])

    def validate(self, extra_validators: Any = None) -> bool:
        """Aborts with 400 where a hidden field is not as the page had it: no form of a page sends that."""
        is_valid: bool = super().validate(extra_validators)
        return is_valid if not (self.once.errors or self.revision.errors) else abort(400)

    def on(self, thing: Any) -> Self:
        """To be shown: with the object as it is now."""
        self.revision.data = str(thing.revision)
        return self

    def act_on(self, act: Act, kind: Kind, thing: Any, **values: Any) -> dict[str, Any]:
        """The act as it waits. One on a stale page is refused when it is carried out."""
        return act_on(act, kind, thing, self.once.data, **values) | {"revision": int(self.revision.data)}


class ActsForm(ActForm):
    """Of a page where each act has a form of its own, all with one action."""

    leads = False
    acts: ClassVar[frozenset[Act]]
    act = HiddenField()

    @property
    def wanted(self) -> Act:
        """The act of the form that was sent, its fields checked. Aborts with 400 for what the page has no form for."""
        self.validate()
        return next((act for act in self.acts if act == self.act.data), None) or abort(400)
