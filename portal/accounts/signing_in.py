"""Registering, and signing in: first the password, then the code."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import audit, clock, known_browsers, limits, passwords, sessions, tokens
from portal.audit import Client
from portal.codes.redeeming import redeem
from portal.codes.sending import Step, last_target, send, start
from portal.database import begin_read, begin_write
from portal.limits import Count
from portal.metrics import SIGN_INS
from portal.models import Account, Purpose
from portal.passwords import HashingBusyError
from portal.sessions import Browser

LONGEST_EMAIL = 254
_EMAIL = re.compile(r"[^\s@\x00-\x1f\x7f]+@[^\s@\x00-\x1f\x7f]+\.[^\s@.\x00-\x1f\x7f]+")


class WrongPasswordError(Exception):
    """The email and password don't go together."""


class NotYourPasswordError(Exception):
    """A signed-in customer typed another password than the account's."""


class AccountDisabledError(Exception):
    """The right password for an account that the shop has switched off."""


class EmailTakenError(Exception):
    """There is an account with this email."""


@dataclass(frozen=True)
class Entered:
    """A browser after a step of signing in."""

    token: str
    """Of its session."""
    complete: bool
    """Whether it is signed in; if not, a code was sent."""
    known_token: str = ""
    """By which the account will know it again; with a full sign-in only."""


def register(name: str, email: str, password: str, account_type: str, client: Client) -> Entered:
    """Make an account and sign its browser in.

    Raises WeakPasswordError, LimitReachedError, EmailTakenError, HashingBusyError.
    """
    email = fold(email)
    now = clock.now()
    passwords.check(password, email=email, portal_name=current_app.config["PORTAL_NAME"])
    with begin_write() as session:
        network = limits.network(client.address)
        limits.take(session, current_app.config["RATES"], now, Count("REGISTER_ADDRESS", network))
    password_hash = passwords.make_hash(password)
    try:
        with begin_write() as session:
            account = Account(
                email=email, name=name, account_type=account_type, password_hash=password_hash, epoch=0, made_at=now
            )
            session.add(account)
            session.flush()
            audit.record(session, now, audit.customer(client), "registered", account.id, type=account_type)
            return _enter(session, now, account, client)
    except IntegrityError as error:
        raise EmailTakenError from error


def sign_in(email: str, password: str, client: Client) -> Entered:
    """Check the password; with a phone enrolled it sends the code, else the browser is signed in.

    Raises WrongPasswordError, AccountDisabledError, LimitReachedError, HashingBusyError.
    """
    email = fold(email)
    now = clock.now()
    with begin_read() as session:
        found = session.execute(select(Account.id, Account.password_hash).where(Account.email == email)).one_or_none()
        account_id, password_hash = found or (0, None)
        is_known = known_browsers.is_known(session, now, client.known_token, account_id)
    try:
        hits = _count_password(email, client, now, is_known=is_known)
    except limits.LimitReachedError:
        SIGN_INS.labels("refused by a limit").inc()
        raise
    fits = _compare(hits, password_hash, password)
    new_hash = _renewed(password_hash, password) if fits and password_hash else None
    actor = audit.customer(client)
    with begin_write() as session:
        account = session.scalar(
            select(Account).where(Account.email == email).with_for_update().execution_options(populate_existing=True)
        )
        if fits:
            limits.give_back(session, hits)
        if fits and account is not None and account.password_hash == password_hash and account.disabled_at is None:
            account.password_hash = new_hash or account.password_hash
            if not account.has_two_factor:
                audit.record(session, now, actor, "signed in without a code", account.id)
                SIGN_INS.labels("signed in without a code").inc()
                return _enter(session, now, account, client)
            audit.record(session, now, actor, "password accepted", account.id)
            token = sessions.start(session, now, account, client, signed_in=False)
            start(Step(session, now, tokens.digest(token), account, client), Purpose.SIGN_IN, {}, now)
            return Entered(token, complete=False)
        is_disabled = fits and account is not None and account.disabled_at is not None
        event = "sign-in refused: disabled" if is_disabled else "wrong password"
        SIGN_INS.labels(event).inc()
        audit.record(session, now, actor, event, account.id if account else None)
    raise AccountDisabledError if is_disabled else WrongPasswordError


def finish_sign_in(browser: Browser, code: str, client: Client) -> Entered:
    """Redeem the sign-in code. Raises what `redeem` raises."""
    now = clock.now()
    with redeem(browser, client, now, Purpose.SIGN_IN, {}, code) as paid:
        account = paid.row.account
        sent_to = last_target(paid.session, paid.challenge)
        for phone in account.phones:
            if phone.number == sent_to:
                phone.last_used_at = now
        audit.record(paid.session, now, audit.customer(client), "signed in with a code", account.id)
        SIGN_INS.labels("signed in with a code").inc()
        token = sessions.renew(
            paid.row, signed_in=True, factor_at=now, made_at=now, seen_at=now, **sessions.proved(now)
        )
        known_token = known_browsers.remember(paid.session, now, client.known_token, account.id)
        return Entered(token, complete=True, known_token=known_token)


def send_sign_in_code(browser: Browser, slot: str, client: Client) -> None:
    """Raises what `send` raises."""
    now = clock.now()
    with begin_write() as session:
        row = sessions.hold(session, browser, now)
        send(Step(session, now, row.id, row.account, client), Purpose.SIGN_IN, {}, slot)


def check_password(browser: Browser, password: str, client: Client, now: datetime) -> None:
    """The password of a signed-in customer, counted like those at sign-in.

    Raises NotYourPasswordError, LimitReachedError, HashingBusyError.
    """
    account = browser.account
    with begin_read() as session:
        is_known = known_browsers.is_known(session, now, client.known_token, account.id)
    hits = _count_password(account.email, client, now, is_known=is_known)
    fits = _compare(hits, account.password_hash, password)
    with begin_write() as session:
        if fits:
            limits.give_back(session, hits)
            return
        audit.record(session, now, audit.customer(client), "wrong password", account.id)
    raise NotYourPasswordError


def fold(email: str) -> str:
    """The email as accounts are known by."""
    return email.strip().casefold()


def is_email(email: str) -> bool:
    """Whether it has the shape of one; only a mail can tell more."""
    return len(fold(email)) <= LONGEST_EMAIL and _EMAIL.fullmatch(fold(email)) is not None


def _enter(session: Session, now: datetime, account: Account, client: Client) -> Entered:
    """Sign the browser in on the password alone."""
    token = sessions.start(session, now, account, client, signed_in=True)
    return Entered(
        token, complete=True, known_token=known_browsers.remember(session, now, client.known_token, account.id)
    )


def _count_password(email: str, client: Client, now: datetime, *, is_known: bool) -> list[int]:
    network = limits.network(client.address)
    if is_known:
        counts = [Count("PASSWORD_ACCOUNT_ADDRESS", f"{email} known browser {client.known_token}")]
    else:
        counts = [
            Count("PASSWORD_ACCOUNT_ADDRESS", f"{email} {network}"),
            Count("PASSWORD_ACCOUNT", email),
            Count("PASSWORD_ADDRESS", network),
        ]
    with begin_write() as session:
        return limits.take(session, current_app.config["RATES"], now, *counts)


def _compare(hits: list[int], password_hash: str | None, password: str) -> bool:
    """Whether the password fits. A try that gets no turn at the hashing is not compared, so it does not count."""
    try:
        return passwords.verify(password_hash, password)
    except HashingBusyError:
        with begin_write() as session:
            limits.give_back(session, hits)
        raise


def _renewed(password_hash: str, password: str) -> str | None:
    """A hash at today's cost for one at another, unless the hashing is busy: then the next sign-in makes it."""
    if not passwords.is_outdated(password_hash):
        return None
    with suppress(HashingBusyError):
        return passwords.make_hash(password)
    return None
