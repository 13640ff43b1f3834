"""Changing the password."""

from collections.abc import Mapping
from typing import Any

from flask import current_app

from portal import passwords
from portal.accounts.changes import Change, Done
from portal.acts import Act
from portal.models import Account
from portal.texts import Notice


def new_password(account: Account, password: str) -> dict[str, Any]:
    """The act of setting this password; only its hash waits for the confirmation.

    Raises WeakPasswordError, HashingBusyError.
    """
    passwords.check(password, email=account.email, portal_name=current_app.config["PORTAL_NAME"])
    return {"act": Act.CHANGE_PASSWORD, "password_hash": passwords.make_hash(password)}


def set_password(change: Change, act: Mapping[str, Any]) -> Done:
    """A confirmed CHANGE_PASSWORD."""
    change.account.password_hash = act["password_hash"]
    change.tell(change.numbers, Notice.PASSWORD_CHANGED)
    change.record("password changed")
    return Done(change.end_others(password_at=change.now), dict(act))
