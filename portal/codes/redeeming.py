"""Redeeming a code: count the try, compare, use. Once, in one browser, for one purpose."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal import audit, limits, otp, sessions
from portal.audit import Client
from portal.codes import state
from portal.database import begin_write
from portal.limits import Count
from portal.metrics import CODES
from portal.models import BrowserSession, Challenge, Purpose
from portal.sessions import Browser, SignedOutError


class WrongCodeError(Exception):
    """Not the code. `tries_left` on this one."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(tries_left)
        self.tries_left = tries_left


class DeadCodeError(Exception):
    """The code can't be redeemed: `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Redeemed:
    """A code that was just used, in the transaction of what it pays for."""

    session: Session
    row: BrowserSession
    challenge: Challenge


@contextmanager
def redeem(
    browser: Browser, client: Client, now: datetime, purpose: Purpose, subject: Mapping[str, Any], typed: str
) -> Iterator[Redeemed]:
    """Redeem a code for what the `with` block does, in the block's transaction.

    The try is counted and committed before anything is compared, so parallel guesses can't share one. Raises
    WrongCodeError, DeadCodeError, LimitReachedError, SignedOutError.
    """
    try:
        challenge, hits, tries_left = _count_try(browser, now, purpose, subject)
    except (DeadCodeError, limits.LimitReachedError) as error:
        CODES.labels(purpose, "dead" if isinstance(error, DeadCodeError) else "refused by a limit").inc()
        raise

    if not otp.matches(typed, state.code_of(challenge)):
        CODES.labels(purpose, "wrong").inc()
        with begin_write() as session:
            audit.record(session, now, audit.customer(client), "wrong code", challenge.account_id, purpose=purpose)
        raise WrongCodeError(tries_left)

    CODES.labels(purpose, "right").inc()
    lost: Exception | None = None
    with begin_write() as session:
        # First the account's lock, then the hits: two twins that took them the other way round would wait for each
        # other for ever.
        try:
            paid = _use(session, browser, now, challenge)
        except (DeadCodeError, SignedOutError) as error:
            lost = error  # A twin of this request was faster. The try was right all the same, so it stays uncounted.
        limits.give_back(session, hits)
        if lost is None:
            limits.clear(session, Count("CODE_ACCOUNT_RUN", str(challenge.account_id)))
            yield paid
    if lost is not None:
        raise lost


def _count_try(
    browser: Browser, now: datetime, purpose: Purpose, subject: Mapping[str, Any]
) -> tuple[Challenge, list[int], int]:
    """Count one try at an open challenge. Returns it, the hits to give back when right, and the tries left."""
    most: int = current_app.config["CODE_MAX_ATTEMPTS"]
    with begin_write() as session:
        row = sessions.hold(session, browser, now)
        challenge = state.newest(session, row.id, purpose, subject)
        if challenge is None:
            raise DeadCodeError("There is no code to type in here. Start again.")
        hits = limits.take(session, current_app.config["RATES"], now, *guess_limits(row.account_id))
        attempts = session.scalar(
            update(Challenge)
            .where(
                Challenge.id == challenge.id,
                Challenge.used_at.is_(None),
                Challenge.attempts < most,
                Challenge.expires_at > now,
                Challenge.epoch == row.account.epoch,
            )
            .values(attempts=Challenge.attempts + 1)
            .returning(Challenge.attempts)
        )
        if attempts is None:
            raise DeadCodeError(state.why_dead(challenge, now) or "This code no longer works.")
        return challenge, hits, most - attempts


def _use(session: Session, browser: Browser, now: datetime, challenge: Challenge) -> Redeemed:
    row = sessions.hold(session, browser, now)
    used = update(Challenge).where(Challenge.id == challenge.id, Challenge.used_at.is_(None)).values(used_at=now)
    if session.scalar(used.returning(Challenge.id)) is None:
        raise DeadCodeError("This code has been used. Ask for a new one.")
    return Redeemed(session, row, challenge)


def guess_limits(account_id: int) -> list[Count]:
    """Wrong codes of one account, over all its challenges and browsers."""
    return [Count(name, str(account_id)) for name in ("CODE_ACCOUNT", "CODE_ACCOUNT_DAY", "CODE_ACCOUNT_RUN")]
