"""Signed-in browsers as rows.

The cookie holds a random token and the row only its hash, so a copy of the database opens nothing. A row dies by
signing out, by age, or when the account's epoch moves past its own.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_login import UserMixin
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session, joinedload

from portal import tokens
from portal.audit import Client
from portal.database import begin_read, begin_write
from portal.models import Account, BrowserSession

IDLE = timedelta(hours=1)
ABSOLUTE = timedelta(hours=24)
FRESH = timedelta(minutes=10)
"""How long a proof counts as fresh without use."""
LONGEST_FRESH = timedelta(minutes=60)
"""How long it does with use."""
SEEN_EVERY = timedelta(minutes=1)
"""`seen_at` is written at most this often."""

_ROW = select(BrowserSession).where(BrowserSession.id == bindparam("id"))
# Built once: building one costs more than asking, and every page asks.
_LOADED = _ROW.options(joinedload(BrowserSession.account).joinedload(Account.phones))
"""With all that a page needs."""
_HELD = _ROW.with_for_update().execution_options(populate_existing=True)
"""Its phones come after it: a row that was waited for must be read before what hangs on it."""


class SignedOutError(Exception):
    """The browser's session ended while it asked for something that needs one."""


@dataclass(frozen=True)
class Browser(UserMixin):  # type: ignore[misc]  # Flask-Login publishes no types
    """A browser with a living session: what a request is allowed to be."""

    token: str
    row: BrowserSession
    account: Account

    def get_id(self) -> str:
        return self.token

    @property
    def id(self) -> str:
        return self.row.id


@dataclass(frozen=True)
class Token(UserMixin):  # type: ignore[misc]  # Flask-Login publishes no types
    """A browser that has just got its token; nobody asks who it is before its next request."""

    token: str

    def get_id(self) -> str:
        return self.token


def start(session: Session, now: datetime, account: Account, client: Client, *, signed_in: bool) -> str:
    """A new session for an account whose password was just typed. Returns the token."""
    token = secrets.token_urlsafe(32)
    session.add(
        BrowserSession(
            id=tokens.digest(token),
            account_id=account.id,
            epoch=account.epoch,
            signed_in=signed_in,
            made_at=now,
            seen_at=now,
            address=client.address,
            browser=client.browser,
            password_at=now,
            **(proved(now) if signed_in else {}),
        )
    )
    return token


def load(token: str, now: datetime) -> Browser | None:
    """The living session behind a token, marked as seen."""
    with begin_read() as session:
        row = session.scalars(_LOADED, {"id": tokens.digest(token)}).unique().one_or_none()
        if row is None or not _lives(row, row.account, now):
            return None
    if now - row.seen_at >= SEEN_EVERY:
        with begin_write() as session:
            session.execute(update(BrowserSession).where(BrowserSession.id == row.id).values(seen_at=now))
    return Browser(token, row, row.account)


def proved(now: datetime) -> dict[str, datetime]:
    """Columns of a row whose customer has just proved all that the account's sign-in asks for."""
    return {"proved_at": now, "fresh_until": now + FRESH}


def is_fresh(row: BrowserSession, now: datetime) -> bool:
    return row.fresh_until is not None and now < row.fresh_until


def use_fresh(row: BrowserSession, now: datetime) -> None:
    """A fresh proof was used: move its end on."""
    if row.proved_at is not None:
        row.fresh_until = min(now + FRESH, row.proved_at + LONGEST_FRESH)


def keep_fresh(browser: Browser, now: datetime) -> None:
    """A page that needs a fresh proof was seen. Written at most once a minute."""
    row = browser.row
    if row.proved_at is None or row.fresh_until is None:
        return
    until = min(now + FRESH, row.proved_at + LONGEST_FRESH)
    if until - row.fresh_until >= SEEN_EVERY:
        with begin_write() as session:
            session.execute(update(BrowserSession).where(BrowserSession.id == row.id).values(fresh_until=until))


def hold(session: Session, browser: Browser, now: datetime) -> BrowserSession:
    """The browser's row and account, read again inside a write and locked. Raises SignedOutError if it has died."""
    row = session.scalar(_HELD, {"id": browser.id})
    if row is None or not _lives(row, row.account, now):
        raise SignedOutError
    return row


def renew(row: BrowserSession, **changes: object) -> str:
    """A new token, after a rise in trust; the old one is dead. The age goes on. Returns the token."""
    token = secrets.token_urlsafe(32)
    cleared: dict[str, object] = {"pending": None, "pending_at": None, "pending_password_at": None}
    for name, value in (cleared | changes | {"id": tokens.digest(token)}).items():
        setattr(row, name, value)
    return token


def end(browser: Browser) -> None:
    with begin_write() as session:
        session.execute(delete(BrowserSession).where(BrowserSession.id == browser.id))


def end_all(session: Session, account: Account) -> None:
    session.execute(delete(BrowserSession).where(BrowserSession.account_id == account.id))


def raise_epoch(session: Session, account: Account) -> None:
    """Kill every session, challenge and queued code that the account has. Part of each change of password or phone."""
    account.epoch += 1
    session.flush()


def _lives(row: BrowserSession, account: Account, now: datetime) -> bool:
    return (
        row.epoch == account.epoch
        and account.disabled_at is None
        and now - row.seen_at < IDLE
        and now - row.made_at < ABSOLUTE
    )
