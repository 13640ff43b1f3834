"""The state of a challenge, worked out from its row and a clock that is passed in. Nothing of it is stored.

A challenge is open until it is used, expires, has no tries left, or the account's epoch moves on.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal import otp
from portal.models import Challenge, Purpose

RENEW_FOR = timedelta(minutes=15)
"""How long after the password a new code can be had without typing it again."""


_OF_BROWSER = (  # Built once: building it costs more than asking.
    select(Challenge)
    .where(Challenge.session_id == bindparam("row_id"), Challenge.purpose == bindparam("purpose"))
    .order_by(Challenge.made_at.desc())
    .execution_options(populate_existing=True)
)


class StartOverError(Exception):
    """No code was asked for here, or too long ago: the password is needed again."""


def newest(session: Session, row_id: str, purpose: Purpose, subject: Mapping[str, Any]) -> Challenge | None:
    """The latest challenge of a browser for a purpose, whose subject has all that `subject` names."""
    found = session.scalars(_OF_BROWSER, {"row_id": row_id, "purpose": purpose})
    return next((c for c in found if subject.items() <= c.subject.items()), None)


def living(
    session: Session, now: datetime, row_id: str, epoch: int, purpose: Purpose, subject: Mapping[str, Any]
) -> Challenge:
    """The newest challenge, if its code can still be typed in, sent again, or replaced. Raises StartOverError."""
    challenge = newest(session, row_id, purpose, subject)
    if challenge is None or challenge.epoch != epoch or challenge.used_at is not None:
        raise StartOverError
    if needs_new_code(challenge, now) and now - challenge.password_at >= RENEW_FOR:
        raise StartOverError
    return challenge


def needs_new_code(challenge: Challenge, now: datetime) -> bool:
    """Dead, or with less than a fifth of its life left: a text now would come too late."""
    life = challenge.expires_at - challenge.made_at
    return why_dead(challenge, now) is not None or challenge.expires_at - now < life / 5


def why_dead(challenge: Challenge, now: datetime) -> str | None:
    """Why its code no longer works, as a sentence; None while it does."""
    if challenge.used_at is not None:
        return "This code has been used. Ask for a new one."
    if challenge.attempts >= current_app.config["CODE_MAX_ATTEMPTS"]:
        return "This code was tried too often and no longer works. Ask for a new one."
    if now >= challenge.expires_at:
        return "This code has expired. Ask for a new one."
    return None


def code_of(challenge: Challenge) -> str:
    return otp.derive(current_app.config["CODE_KEY"], challenge.purpose, challenge.id, challenge.salt)
