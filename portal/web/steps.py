"""Where a customer goes after a step of a guarded act."""

from flask import flash
from werkzeug.wrappers import Response

from portal.accounts.changes import Done
from portal.acts import Act
from portal.web import gate
from portal.web.forms import see_other


def go_on(done: Done) -> Response:
    """After a step that worked: where its customer goes next."""
    gate.replace_token(done.token)
    if done.act is None:
        return see_other("auth.confirm")
    match done.act["act"]:
        case Act.SET_PHONE:
            return see_other("profile.verify", slot=done.act["slot"])
        case Act.REMOVE_PHONE:
            flash(f"The {done.act['slot']} phone is removed.", "good")
        case Act.CHANGE_PASSWORD:
            flash("Your password is changed. Your other browsers are signed out.", "good")
    return see_other("profile.index")
