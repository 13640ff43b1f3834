"""Registering, and signing in: first the password, then the code."""

from datetime import datetime

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import audit, clock, limits, passwords, sessions
from portal.audit import Client
from portal.codes.redeeming import redeem
from portal.codes.sending import Step, last_target, send, start
from portal.database import begin_read, begin_write
from portal.limits import Count
from portal.models import Account, Purpose
from portal.sessions import Browser


class WrongPasswordError(Exception):
    """The email and password don't go together."""


class NotYourPasswordError(Exception):
    """A signed-in customer typed another password than the account's."""


class AccountDisabledError(Exception):
    """The right password for an account that the shop has switched off."""


class EmailTakenError(Exception):
    """There is an account with this email."""


def register(name: str, email: str, password: str, account_type: str, client: Client) -> str:
    """Make an account and sign its browser in. Returns the token.

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
            return sessions.start(session, now, account, client, signed_in=True)
    except IntegrityError as error:
        raise EmailTakenError from error


def sign_in(email: str, password: str, client: Client) -> tuple[str, bool]:
    """Check the password. Returns the token, and whether the browser is signed in: if not, a code was sent.

    Raises WrongPasswordError, AccountDisabledError, LimitReachedError, HashingBusyError.
    """
    email = fold(email)
    now = clock.now()
    hits = _count_password(email, client, now)
    with begin_read() as session:
        account = session.scalar(select(Account).where(Account.email == email))
    password_hash = account.password_hash if account else None
    fits = passwords.verify(password_hash, password)
    new_hash = passwords.make_hash(password) if fits and passwords.is_outdated(password_hash or "") else None
    with begin_write() as session:
        account = session.scalar(
            select(Account).where(Account.email == email).with_for_update().execution_options(populate_existing=True)
        )
        if account is None or not fits or account.password_hash != password_hash:
            audit.record(session, now, audit.customer(client), "wrong password", account.id if account else None)
        elif account.disabled_at is not None:
            audit.record(session, now, audit.customer(client), "sign-in refused: disabled", account.id)
        else:
            limits.give_back(session, hits)
            account.password_hash = new_hash or account.password_hash
            complete = not account.has_two_factor
            token = sessions.start(session, now, account, client, signed_in=complete)
            if not complete:
                step = Step(session, now, sessions.digest(token), account, client.address)
                start(step, Purpose.SIGN_IN, {}, now)
            event = "signed in without a code" if complete else "password accepted"
            audit.record(session, now, audit.customer(client), event, account.id)
            return token, complete
    if account is not None and fits:
        raise AccountDisabledError
    raise WrongPasswordError


def finish_sign_in(browser: Browser, code: str, client: Client) -> str:
    """Redeem the sign-in code. Returns the new token of the signed-in browser. Raises what `redeem` raises."""
    now = clock.now()
    with redeem(browser, client, now, Purpose.SIGN_IN, {}, code) as paid:
        account = paid.row.account
        sent_to = last_target(paid.session, paid.challenge)
        for phone in account.phones:
            if phone.number == sent_to:
                phone.last_used_at = now
        audit.record(paid.session, now, audit.customer(client), "signed in with a code", account.id)
        return sessions.renew(paid.session, paid.row, signed_in=True, factor_at=now, made_at=now, seen_at=now)


def send_sign_in_code(browser: Browser, slot: str, client: Client) -> None:
    """Raises what `send` raises."""
    now = clock.now()
    with begin_write() as session:
        row = sessions.hold(session, browser, now)
        send(Step(session, now, row.id, row.account, client.address), Purpose.SIGN_IN, {}, slot)


def check_password(browser: Browser, password: str, client: Client, now: datetime) -> None:
    """The password of a signed-in customer, counted like those at sign-in.

    Raises NotYourPasswordError, LimitReachedError, HashingBusyError.
    """
    hits = _count_password(browser.account.email, client, now)
    fits = passwords.verify(browser.account.password_hash, password)
    with begin_write() as session:
        if fits:
            limits.give_back(session, hits)
            return
        audit.record(session, now, audit.customer(client), "wrong password", browser.account.id)
    raise NotYourPasswordError


def fold(email: str) -> str:
    """The email as accounts are known by."""
    return email.strip().casefold()


def _count_password(email: str, client: Client, now: datetime) -> list[int]:
    network = limits.network(client.address)
    counts = [
        Count("PASSWORD_ACCOUNT_ADDRESS", f"{email} {network}"),
        Count("PASSWORD_ACCOUNT", email),
        Count("PASSWORD_ADDRESS", network),
    ]
    with begin_write() as session:
        return limits.take(session, current_app.config["RATES"], now, *counts)
