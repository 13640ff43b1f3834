"""What has had its time. Plain deletes, safe to run at any moment, also twice at once."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, select, update

from portal import known_browsers
from portal.database import begin_write
from portal.models import AuditEvent, BrowserSession, Challenge, DnsDraft, KnownBrowser, LimitHit, Order, TextMessage

KEEP_TEXTS = timedelta(days=7)
"""How long a spent challenge and its texts can still answer the question "did it arrive"."""
KEEP_SESSIONS = timedelta(hours=24)
KEEP_ADDRESSES = timedelta(days=180)
KEEP_SECRETS = timedelta(hours=24)
"""How long after its order is over a customer can still look at a new password or a transfer code."""
KEEP_DRAFTS = timedelta(hours=24)
BATCH = 1_000
"""Rows in one transaction, so that nobody waits long for the database."""


_ERASED: dict[Any, dict[str, None]] = {AuditEvent: {"address": None, "browser": None}, Order: {"secret": None}}
"""What goes of a row that stays."""


def prune(now: datetime) -> dict[str, int]:
    """Delete or erase all that has had its time. Returns how many rows of each kind."""
    total = dict.fromkeys(_spent(now), 0)
    while True:
        counts = _prune_batch(now)
        total = {kind: total[kind] + counts[kind] for kind in total}
        if max(counts.values()) < BATCH:
            return total


def prune_some(now: datetime) -> bool:
    """Delete one batch of each kind. Returns whether there is more."""
    return max(_prune_batch(now).values()) >= BATCH


def _prune_batch(now: datetime) -> dict[str, int]:
    counts = {}
    for kind, (table, condition) in _spent(now).items():
        chosen = condition & table.id.in_(select(table.id).where(condition).limit(BATCH))
        forget = update(table).values(_ERASED[table]) if table in _ERASED else delete(table)
        with begin_write() as session:
            result: Any = session.execute(forget.where(chosen), execution_options={"synchronize_session": False})
            counts[kind] = result.rowcount
    return counts


def _spent(now: datetime) -> dict[str, tuple[Any, ColumnElement[bool]]]:
    """By kind the table and which of its rows."""
    old = now - KEEP_TEXTS
    has_text = exists().where(TextMessage.challenge_id == Challenge.id)
    has_address = AuditEvent.address.is_not(None)
    return {
        "texts": (TextMessage, TextMessage.settled_at < old),
        # A challenge goes after its texts. One unsettled text keeps it: the dispatcher settles that first.
        "challenges": (Challenge, and_(Challenge.expires_at < old, ~has_text)),
        "sessions": (BrowserSession, BrowserSession.made_at < now - KEEP_SESSIONS),
        "browsers": (KnownBrowser, KnownBrowser.made_at < now - known_browsers.LIFE),
        "limits": (LimitHit, LimitHit.until < now),
        "drafts": (DnsDraft, DnsDraft.made_at < now - KEEP_DRAFTS),
        "secrets": (Order, and_(Order.settled_at < now - KEEP_SECRETS, Order.secret.is_not(None))),
        "addresses": (AuditEvent, and_(AuditEvent.at < now - KEEP_ADDRESSES, has_address)),
    }
