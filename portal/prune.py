"""What has had its time. Plain deletes and updates, safe to run at any moment, also twice at once."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update

from portal import known_browsers
from portal.acts import Act
from portal.database import begin_write
from portal.models import (
    AuditEvent,
    BrowserSession,
    Challenge,
    DnsDraft,
    KnownBrowser,
    LimitHit,
    Order,
    Purpose,
    TextMessage,
)

KEEP_TEXTS = timedelta(days=7)
"""How long a spent challenge and its texts can still answer the question "did it arrive"."""
KEEP_ACTS = timedelta(hours=1)
"""How long the values of an act that nobody confirmed are kept, a new password's hash among them: longer than any of
them can still be confirmed, with a new code too."""
KEEP_SESSIONS = timedelta(hours=24)
KEEP_ADDRESSES = timedelta(days=180)
KEEP_SECRETS = timedelta(hours=24)
"""How long after its order is over a customer can still look at a new password or a transfer code."""
SHOW_AGAIN = timedelta(seconds=60)
"""How long after the first look the same signed-in browser can look again: a double click drops the first answer, and a
bad line may lose it. Long enough to notice and press once more."""
KEEP_DRAFTS = timedelta(hours=24)
BATCH = 1_000
"""Rows in one transaction, so that nobody waits long for the database."""


def prune(now: datetime) -> dict[str, int]:
    """Delete or erase all that has had its time. Returns how many rows of each kind."""
    total: dict[str, int] = {}
    while True:
        counts = _prune_batch(now)
        total = {kind: total.get(kind, 0) + count for kind, count in counts.items()}
        if max(counts.values()) < BATCH:
            return total


def prune_some(now: datetime) -> bool:
    """Delete one batch of each kind. Returns whether there is more."""
    return max(_prune_batch(now).values()) >= BATCH


def _prune_batch(now: datetime) -> dict[str, int]:
    counts = {}
    for kind, (table, condition, emptied) in (_spent(now) | _revealing(now)).items():
        chosen = condition & table.id.in_(select(table.id).where(condition).limit(BATCH))
        forget = update(table).values(emptied) if emptied else delete(table)
        with begin_write() as session:
            result: Any = session.execute(forget.where(chosen), execution_options={"synchronize_session": False})
            counts[kind] = result.rowcount
    return counts


_Rows = tuple[Any, ColumnElement[bool], dict[str, Any]]
"""A table, which of its rows, and what is put into them; with nothing to put, the rows go."""


def _spent(now: datetime) -> dict[str, _Rows]:
    """Rows that go."""
    old = now - KEEP_TEXTS
    has_text = exists().where(TextMessage.challenge_id == Challenge.id)
    return {
        "texts": (TextMessage, TextMessage.settled_at < old, {}),
        # A challenge goes after its texts. One unsettled text keeps it: the dispatcher settles that first.
        "challenges": (Challenge, and_(Challenge.expires_at < old, ~has_text), {}),
        "sessions": (BrowserSession, BrowserSession.made_at < now - KEEP_SESSIONS, {}),
        "browsers": (KnownBrowser, KnownBrowser.made_at < now - known_browsers.LIFE, {}),
        "limits": (LimitHit, LimitHit.until < now, {}),
        "drafts": (DnsDraft, DnsDraft.made_at < now - KEEP_DRAFTS, {}),
    }


def _revealing(now: datetime) -> dict[str, _Rows]:
    """Rows that stay, without what nobody needs any more."""
    old = now - KEEP_ACTS
    with_hash = Challenge.subject["password_hash"].as_string().is_not(None)
    given_up = and_(Challenge.expires_at < old, Challenge.purpose == Purpose.CONFIRM, with_hash)
    forgotten = and_(BrowserSession.pending_at < old, BrowserSession.pending.is_not(None))
    # An open order still needs the password that it sets.
    looked_at = and_(Order.settled_at.is_not(None), Order.shown_at <= now - SHOW_AGAIN)
    with_secret = and_(Order.secret.is_not(None), or_(Order.settled_at < now - KEEP_SECRETS, looked_at))
    with_address = and_(AuditEvent.at < now - KEEP_ADDRESSES, AuditEvent.address.is_not(None))
    return {
        "secrets": (Order, with_secret, {"secret": None, "shown_to": None}),
        "addresses": (AuditEvent, with_address, {"address": None, "browser": None}),
        "given-up acts": (Challenge, given_up, {"subject": {"act": Act.CHANGE_PASSWORD}}),
        "forgotten acts": (
            BrowserSession, forgotten, {"pending": None, "pending_at": None, "pending_password_at": None}
        ),
    }  # fmt: skip
