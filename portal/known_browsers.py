"""Browsers in which an account's customer has signed in before.

One has a budget of its own for passwords and texts, so that strangers who guess, and a neighbour at the same address,
can't lock the customer out. It skips no step of a sign-in, and nothing it grants ends it.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import case, update
from sqlalchemy.orm import Session

from portal import tokens
from portal.models import KnownBrowser

LIFE = timedelta(days=365)


def is_known(session: Session, now: datetime, token: str, account_id: int) -> bool:
    """Whether the browser with this token in its cookie is known to the account."""
    if not token:
        return False
    row = session.get(KnownBrowser, (tokens.digest(token), account_id))
    return row is not None and now - row.made_at < LIFE


def remember(session: Session, now: datetime, token: str, account_id: int) -> str:
    """After a full sign-in. Returns the browser's new token: one that somebody planted beforehand is worth nothing."""
    new_token = secrets.token_urlsafe(16)
    new_id = tokens.digest(new_token)
    # What other accounts know of this browser goes on under the new token.
    moved = (
        update(KnownBrowser)
        .where(KnownBrowser.id == tokens.digest(token))
        .values(id=new_id, made_at=case((KnownBrowser.account_id == account_id, now), else_=KnownBrowser.made_at))
        .returning(KnownBrowser.account_id)
    )
    if account_id not in session.scalars(moved, execution_options={"synchronize_session": False}).all():
        session.add(KnownBrowser(id=new_id, account_id=account_id, made_at=now))
    return new_token
