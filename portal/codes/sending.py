"""Asking for a code: start a challenge, send its code again or to the other number, replace a dead one."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import audit, known_browsers, limits, numbers
from portal.audit import Client
from portal.codes import state
from portal.codes.state import StartOverError
from portal.delivery import outbox
from portal.delivery.outbox import Target
from portal.limits import Count
from portal.models import Account, Challenge, Purpose, Slot, TextMessage

NEW_FOR = timedelta(days=7)
"""How long a number stays "new" after it was proven: fraud shows in the first days."""


class WaitError(Exception):
    """The next text to this number is possible at `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@dataclass(frozen=True)
class Step:
    """One transaction of one browser in which a code may be sent."""

    session: Session
    now: datetime
    row_id: str
    """Of the browser's session: the only place where the code will work."""
    account: Account
    client: Client

    @property
    def is_known(self) -> bool:
        return known_browsers.is_known(self.session, self.now, self.client.known_token, self.account.id)


def start(step: Step, purpose: Purpose, subject: Mapping[str, Any], password_at: datetime) -> None:
    """A new challenge and its first text. While a limit on texts is spent it opens all the same and sends nothing."""
    challenge = _add(step, purpose, subject, password_at)
    try:
        _send(step, challenge, targets(step.account, challenge)[0])
    except limits.LimitReachedError as error:
        audit.record(step.session, step.now, audit.PORTAL, "text not sent", step.account.id, limit=error.name)


def send(step: Step, purpose: Purpose, subject: Mapping[str, Any], slot: str | None) -> None:
    """Send the same code again, or to the other number; a new one when it is dead or has little life left.

    Raises WaitError, LimitReachedError, StartOverError.
    """
    challenge = state.living(step.session, step.now, step.row_id, step.account.epoch, purpose, subject)
    if state.needs_new_code(challenge, step.now):
        challenge = _add(step, purpose, challenge.subject, challenge.password_at)
    target = next((t for t in targets(step.account, challenge) if slot in {None, t.slot}), None)
    if target is None:
        raise StartOverError
    until = wait_until(step.session, challenge, target)
    if until is not None and step.now < until:
        raise WaitError(until)
    _send(step, challenge, target)


def targets(account: Account, challenge: Challenge) -> list[Target]:
    """Where its code can go, the usual one first."""
    if challenge.purpose == Purpose.PROVE:
        return [Target(challenge.subject["slot"], challenge.subject["number"], None)]
    phones = [phone for slot in Slot if (phone := account.phone(slot))]
    return [Target(phone.slot, phone.number, phone.proven_at) for phone in phones]


def free_at(step: Step, challenge: Challenge, target: Target) -> datetime:
    """When the next text to this number may go, by its wait and by the limits; now or later."""
    renews = state.needs_new_code(challenge, step.now)
    wait = None if renews else wait_until(step.session, challenge, target)
    by_limits = limits.free_at(
        step.session, current_app.config["RATES"], step.now, *_text_counts(step, challenge, target)
    )
    return max(by_limits or step.now, wait or step.now)


def wait_until(session: Session, challenge: Challenge, target: Target) -> datetime | None:
    """When the next text of this challenge to this number may go; None before the first."""
    count, last = session.execute(
        select(func.count(), func.max(TextMessage.queued_at)).where(
            TextMessage.challenge_id == challenge.id, TextMessage.number == target.number
        )
    ).one()
    wait: timedelta = current_app.config["CODE_RESEND_SECONDS"]
    return None if count == 0 else last + (wait if count == 1 else 2 * wait)


def last_target(session: Session, challenge: Challenge) -> str | None:
    """The number that its newest text went to."""
    return session.scalar(
        select(TextMessage.number)
        .where(TextMessage.challenge_id == challenge.id)
        .order_by(TextMessage.queued_at.desc())
        .limit(1)
    )


def _text_counts(step: Step, challenge: Challenge, target: Target) -> list[Count]:
    """The limits that one code to this phone counts against.

    Texts that known browsers cause are counted apart, so that strangers can't spend what those need. For the whole
    shop that is a second, equal bound: whatever happens, the bill has one.
    """
    is_known = target.proven_at is not None and step.is_known
    whose = " from known browsers" if is_known else ""
    number, account = f"{target.number}{whose}", f"{step.account.id}{whose}"
    counts = [
        Count("TEXT_NUMBER", number),
        Count("TEXT_NUMBER_DAY", number),
        Count("TEXT_ACCOUNT", account),
        Count("TEXT_ACCOUNT_DAY", account),
    ]
    if challenge.purpose == Purpose.CONFIRM:
        counts.append(Count("TEXT_CONFIRM_DAY", str(step.account.id)))
    if target.proven_at is None or step.now - target.proven_at < NEW_FOR:
        counts += [Count("TEXT_NEW_PREFIX", f"{numbers.block(target.number)}{whose}"), Count("TEXT_NEW_ALL", whose)]
        if not is_known:  # A neighbour's texts must not use up what the customer beside him needs.
            counts.append(Count("TEXT_NEW_ADDRESS", limits.network(step.client.address)))
    return counts


def _add(step: Step, purpose: Purpose, subject: Mapping[str, Any], password_at: datetime) -> Challenge:
    challenge = Challenge(
        id=secrets.token_hex(16),
        account_id=step.account.id,
        epoch=step.account.epoch,
        session_id=step.row_id,
        purpose=purpose.value,
        subject=dict(subject),
        salt=secrets.token_bytes(16),
        made_at=step.now,
        expires_at=step.now + current_app.config["CODE_TTL_SECONDS"],
        password_at=password_at,
        attempts=0,
    )
    step.session.add(challenge)
    step.session.flush()
    return challenge


def _send(step: Step, challenge: Challenge, target: Target) -> None:
    limits.take(step.session, current_app.config["RATES"], step.now, *_text_counts(step, challenge, target))
    outbox.queue_code(step.session, step.now, challenge, target)
