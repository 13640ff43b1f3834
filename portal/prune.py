"""What has had its time. Plain deletes, safe to run at any moment, also twice at once."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, update

from portal import known_browsers
from portal.database import begin_write
from portal.models import AuditEvent, BrowserSession, Challenge, KnownBrowser, LimitHit, TextMessage

KEEP_TEXTS = timedelta(days=7)
"""How long a spent challenge and its texts can still answer the question "did it arrive"."""
KEEP_SESSIONS = timedelta(hours=24)
KEEP_ADDRESSES = timedelta(days=180)


def prune(now: datetime) -> dict[str, int]:
    """Delete what has had its time. Returns how many rows of each kind."""
    old = now - KEEP_TEXTS
    statements = {
        "texts": delete(TextMessage).where(TextMessage.settled_at < old),
        # A challenge goes after its texts. One unsettled text keeps it: the dispatcher settles that first.
        "challenges": delete(Challenge).where(
            Challenge.expires_at < old, ~exists().where(TextMessage.challenge_id == Challenge.id)
        ),
        "sessions": delete(BrowserSession).where(BrowserSession.made_at < now - KEEP_SESSIONS),
        "browsers": delete(KnownBrowser).where(KnownBrowser.made_at < now - known_browsers.LIFE),
        "limits": delete(LimitHit).where(LimitHit.until < now),
        "addresses": update(AuditEvent)
        .where(AuditEvent.at < now - KEEP_ADDRESSES, AuditEvent.address.is_not(None))
        .values(address=None, browser=None),
    }
    counts = {}
    for kind, statement in statements.items():
        with begin_write() as session:
            counts[kind] = session.execute(statement, execution_options={"synchronize_session": False}).rowcount  # type: ignore[attr-defined]  # what a DELETE or UPDATE gives
    return counts
