"""What a customer can be asked to confirm. An act waits as a small dict: its name, and the values it needs."""

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Act(StrEnum):
    SET_PHONE = "set phone"
    """slot, number"""
    REMOVE_PHONE = "remove phone"
    """slot"""
    CHANGE_PASSWORD = "change password"  # noqa: S105 - names an act
    """password_hash"""


_WHATS = {
    Act.SET_PHONE: "set your {slot} phone",
    Act.REMOVE_PHONE: "remove your {slot} phone",
    Act.CHANGE_PASSWORD: "change your password",
}


def what(asked: Mapping[str, Any]) -> str:
    """Half a sentence that pages and texts share: "remove your backup phone"."""
    return _WHATS[Act(asked["act"])].format(**asked)


def digest(asked: Mapping[str, Any]) -> str:
    """Tells one act from another: the page that shows an act sends it back with the password."""
    return hashlib.sha256(json.dumps(dict(asked), sort_keys=True).encode()).hexdigest()


WHATS = [what({"act": act, "slot": slot}) for act in Act for slot in ("primary", "backup")]
"""All of them, for the check that every text fits."""
