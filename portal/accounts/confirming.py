"""Proving it's you, for one act, as the act needs it (`portal/acts.py`). Then the act is carried out."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal import clock, sessions, tokens
from portal.accounts import phones
from portal.accounts.billing_details import change_details
from portal.accounts.changes import Change, Done
from portal.accounts.password import new_password, set_password
from portal.accounts.signing_in import check_password
from portal.acts import Act, Need, need
from portal.audit import Client
from portal.codes.redeeming import redeem
from portal.codes.sending import Step, send, start
from portal.codes.state import StartOverError
from portal.database import begin_write
from portal.models import BrowserSession, Purpose
from portal.orders.catalogue import EFFECTS
from portal.orders.effects import NotNowError
from portal.orders.placing import place, refuse
from portal.sessions import Browser

WAITS_FOR = timedelta(minutes=15)
"""How long an act waits to be confirmed."""

PASSWORD_WHILE_NO_PHONE = "password"  # noqa: S105 - names a proof
CODE = "code"


def _order(change: Change, act: Mapping[str, Any]) -> Done:
    order = place(change.session, change.now, change.account, act, change.client, change.proof)
    return Done(change.token, dict(act) | {"order": order.id})


_CARRY_OUT: dict[str, Callable[[Change, Mapping[str, Any]], Done]] = {
    Act.SET_PHONE: phones.start_proving,
    Act.REMOVE_PHONE: phones.remove,
    Act.CHANGE_PASSWORD: set_password,
    Act.CHANGE_BILLING: change_details,
    Act.SEE_PAGE: lambda change, act: Done(change.token, dict(act)),
} | dict.fromkeys(EFFECTS, _order)


def do(browser: Browser, act: Mapping[str, Any], client: Client) -> Done:
    """Carry an act out if a fresh proof allows it; else keep it, and send the code that it waits for.

    Raises NotNowError for what can't be ordered now, before a proof is asked for.
    """
    now = clock.now()
    with begin_write() as session:
        row = sessions.hold(session, browser, now)
        if need(act) is Need.FRESH and sessions.is_fresh(row, now):
            sessions.use_fresh(row, now)
            proof = f"recent {CODE if row.account.has_two_factor else PASSWORD_WHILE_NO_PHONE}"
            return _CARRY_OUT[act["act"]](Change(session, now, row, client, row.password_at, browser.token, proof), act)
        if act["act"] in EFFECTS:
            refuse(session, row.account, act)
        _keep(row, now, act)
        if row.account.has_two_factor:
            start(Step(session, now, row.id, row.account, client), Purpose.CONFIRM, act, now)
        return Done(browser.token)


def needs_password(browser: Browser, act: Mapping[str, Any]) -> bool:
    """Whether the password is the next thing to type for the waiting act; else it is the code."""
    if need(act) is not Need.IDENTITY and browser.account.has_two_factor:
        return False
    return browser.row.pending_password_at is None


def ask(browser: Browser, act: Mapping[str, Any]) -> None:
    """Keep the act until it is confirmed. A newer one takes its place, and a code for the older one is dead."""
    now = clock.now()
    with begin_write() as session:
        _keep(sessions.hold(session, browser, now), now, act)


def waiting(row: BrowserSession, now: datetime) -> dict[str, Any]:
    """The act that waits. Raises StartOverError when there is none, or it has waited too long."""
    if row.pending is None or row.pending_at is None or now - row.pending_at >= WAITS_FOR:
        raise StartOverError
    return row.pending


def confirm_password(browser: Browser, act: Mapping[str, Any], password: str, client: Client) -> Done:
    """Check the password that was typed for this waiting act. Raises also what `check_password` raises.

    Another tab, or a thief with the cookie, may put another act in its place meanwhile: then StartOverError.
    """
    check_password(browser, password, client, clock.now())
    now = clock.now()
    with begin_write() as session:
        row = sessions.hold(session, browser, now)
        if waiting(row, now) != act:
            raise StartOverError
        return _accept(session, now, row, client)


def change_password(browser: Browser, current: str, new: str, client: Client) -> Done:
    """Change the password; with a phone it takes a code too. Raises also what `check_password` raises."""
    # In this order: what the limits refuse costs no hashing.
    check_password(browser, current, client, clock.now())
    act = new_password(browser.account, new)
    now = clock.now()
    with begin_write() as session:
        row = sessions.hold(session, browser, now)
        _keep(row, now, act)
        return _accept(session, now, row, client)


def _keep(row: BrowserSession, now: datetime, act: Mapping[str, Any]) -> None:
    row.pending, row.pending_at, row.pending_password_at = dict(act), now, None


def _accept(session: Session, now: datetime, row: BrowserSession, client: Client) -> Done:
    """The password for the waiting act was right: with a phone it sends the first text, else the act is carried out."""
    act = waiting(row, now)
    if not row.account.has_two_factor:
        token = _prove(row, now)
        change = Change(session, now, row, client, now, token, PASSWORD_WHILE_NO_PHONE)
        return _carry_out_confirmed(change, act)
    token = sessions.renew(row, password_at=now, pending=act, pending_at=now, pending_password_at=now)
    start(Step(session, now, tokens.digest(token), row.account, client), Purpose.CONFIRM, act, now)
    return Done(token)


def confirm_code(browser: Browser, act: Mapping[str, Any], code: str, client: Client) -> Done:
    """Redeem the code for this waiting act and carry it out. Raises also what `redeem` raises."""
    now = clock.now()
    with redeem(browser, client, now, Purpose.CONFIRM, act, code) as paid:
        token = _prove(paid.row, now, factor_at=now)
        change = Change(paid.session, now, paid.row, client, paid.challenge.password_at, token, CODE)
        done = _carry_out_confirmed(change, paid.challenge.subject)
        # The row is kept for a week to say what became of its texts: without the values, a password's hash among them.
        paid.challenge.subject = {"act": act["act"]}
        return done


def _carry_out_confirmed(change: Change, act: Mapping[str, Any]) -> Done:
    """The proof counts also when the act can't be ordered any more."""
    try:
        return _CARRY_OUT[act["act"]](change, act)
    except NotNowError as error:
        return Done(change.token, dict(act), refused=str(error))


def _prove(row: BrowserSession, now: datetime, **proved: datetime) -> str:
    """A rise in trust. Returns the browser's new token."""
    return sessions.renew(row, **proved, **sessions.proved(now))


def send_code(browser: Browser, slot: str, client: Client) -> None:
    """Raises what `send` raises."""
    now = clock.now()
    with begin_write() as session:
        row = sessions.hold(session, browser, now)
        step = Step(session, now, row.id, row.account, client)
        send(step, Purpose.CONFIRM, waiting(row, now), slot)
