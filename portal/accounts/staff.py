"""What the shop's people do to an account: recorded with who and why, ends its sessions, told to every proven phone."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import audit, clock, limits, passwords, sessions
from portal.accounts.phones import take_out
from portal.accounts.signing_in import EmailTakenError, fold
from portal.audit import Actor
from portal.codes.redeeming import guess_limits
from portal.database import begin_read, begin_write
from portal.delivery import outbox
from portal.limits import Count
from portal.models import Account
from portal.texts import Notice


class NoSuchAccountError(Exception):
    """No account has this email."""


class NoSuchPhoneError(Exception):
    """The account has no phone in these slots."""


@dataclass(frozen=True)
class _Work:
    session: Session
    now: datetime
    account: Account

    def tell(self, notice: Notice, numbers: list[str], slot: str = "") -> None:
        outbox.queue_notices(self.session, self.now, self.account, notice, numbers, slot)


def create(email: str, name: str, account_type: str, actor: Actor, reason: str = "") -> str:
    """Make an account. Returns its random password. Raises EmailTakenError."""
    password, now = make_password(), clock.now()
    password_hash = passwords.make_hash(password)
    try:
        with begin_write() as session:
            account = Account(
                email=fold(email),
                name=name,
                account_type=account_type,
                password_hash=password_hash,
                epoch=0,
                made_at=now,
            )
            session.add(account)
            session.flush()
            audit.record(session, now, actor, "account made", account.id, reason=reason)
    except IntegrityError as error:
        raise EmailTakenError from error
    return password


def list_all() -> list[Account]:
    with begin_read() as session:
        return list(session.scalars(select(Account).order_by(Account.email)))


def disable(email: str, reason: str, actor: Actor) -> None:
    with _work_on(email, reason, actor, "account disabled") as work:
        work.account.disabled_at = work.account.disabled_at or work.now
        work.tell(Notice.ACCOUNT_DISABLED, _numbers(work.account))


def enable(email: str, reason: str, actor: Actor) -> None:
    with _work_on(email, reason, actor, "account enabled") as work:
        work.account.disabled_at = None
        work.tell(Notice.ACCOUNT_ENABLED, _numbers(work.account))


def reset_password(email: str, reason: str, actor: Actor) -> str:
    """Returns the new random password. It opens nothing without the phone, where there is one."""
    password = make_password()
    password_hash = passwords.make_hash(password)
    with _work_on(email, reason, actor, "password reset") as work:
        work.account.password_hash = password_hash
        work.tell(Notice.PASSWORD_CHANGED, _numbers(work.account))
    return password


def unlock(email: str, reason: str, actor: Actor) -> None:
    """Forget the wrong passwords and codes that shut the account."""
    with _work_on(email, reason, actor, "account unlocked") as work:
        limits.clear(work.session, Count("PASSWORD_ACCOUNT", work.account.email), *guess_limits(work.account.id))
        work.tell(Notice.ACCOUNT_UNLOCKED, _numbers(work.account))


def remove_phone(email: str, reason: str, actor: Actor, slots: tuple[str, ...]) -> None:
    """Empty these slots, for a customer who lost the phone. Raises NoSuchPhoneError."""
    with _work_on(email, reason, actor, "phone removed") as work:
        numbers = _numbers(work.account)
        taken = [slot for slot in sorted(slots) if work.account.phone(slot)]
        if not taken:
            raise NoSuchPhoneError
        for slot in taken:  # The backup first: it must not move into the place of a primary that also goes.
            take_out(work.session, work.account, slot)
        work.tell(Notice.PHONE_REMOVED if work.account.phones else Notice.TWO_FACTOR_OFF, numbers, taken[-1])


def make_password() -> str:
    """Random: 96 bits."""
    return secrets.token_urlsafe(12)


@contextmanager
def _work_on(email: str, reason: str, actor: Actor, event: str) -> Iterator[_Work]:
    now = clock.now()
    with begin_write() as session:
        account = session.scalar(select(Account).where(Account.email == fold(email)).with_for_update())
        if account is None:
            raise NoSuchAccountError
        yield _Work(session, now, account)
        sessions.raise_epoch(session, account)
        sessions.end_all(session, account)
        audit.record(session, now, actor, event, account.id, reason=reason)


def _numbers(account: Account) -> list[str]:
    return [phone.number for phone in account.phones]
