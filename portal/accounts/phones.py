"""Enrolling, changing and removing the two numbers."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from portal import clock, numbers, sessions, tokens
from portal.accounts.changes import Change, Done
from portal.acts import Act
from portal.audit import Client
from portal.codes.redeeming import redeem
from portal.codes.sending import Step, send, start
from portal.codes.state import StartOverError
from portal.database import begin_write
from portal.models import Account, Phone, Purpose, Slot
from portal.numbers import PhoneError
from portal.sessions import Browser
from portal.texts import Notice

FIRST_NUMBER_FOR = timedelta(minutes=10)
"""How long a password typed in this session is enough to add the very first number."""


def check_number(account: Account, slot: str, typed: str) -> dict[str, Any]:
    """The act of putting this number into the slot. Raises PhoneError."""
    config = current_app.config
    number = numbers.parse(typed, config["SMS_DEFAULT_REGION"], config["SMS_ALLOWED_REGIONS"])
    for phone in account.phones:
        if phone.number == number:
            raise PhoneError(f"This is your {phone.slot} phone already. Use a different number.")
    return {"act": Act.SET_PHONE, "slot": slot, "number": number}


def needs_no_confirm(browser: Browser, now: datetime) -> bool:
    """The very first number, with the password just typed: there is nothing yet that a code could go to."""
    return not browser.account.has_two_factor and now - browser.row.password_at < FIRST_NUMBER_FOR


def begin_first(browser: Browser, act: Mapping[str, Any], client: Client) -> Done:
    """Send the code for the very first number. Raises StartOverError when the password was typed too long ago."""
    now = clock.now()
    with begin_write() as session:
        row = sessions.hold(session, browser, now)
        if not needs_no_confirm(Browser(browser.token, row, row.account), now):
            raise StartOverError
        step = Step(session, now, row.id, row.account, client)
        start(step, Purpose.PROVE, _to_prove(act), row.password_at)
        return Done(browser.token, dict(act))


def start_proving(change: Change, act: Mapping[str, Any]) -> Done:
    """A confirmed SET_PHONE: the code goes to the new number; until it is typed in nothing changes."""
    token = sessions.renew(change.row)
    step = Step(change.session, change.now, tokens.digest(token), change.account, change.client)
    start(step, Purpose.PROVE, _to_prove(act), change.password_at)
    return Done(token, dict(act))


def prove(browser: Browser, slot: str, code: str, client: Client) -> str:
    """Redeem the code that went to the new number, and put the number in its slot. Returns the browser's new token."""
    now = clock.now()
    with redeem(browser, client, now, Purpose.PROVE, {"slot": slot}, code) as paid:
        change = Change(paid.session, now, paid.row, client, password_at=paid.challenge.password_at)
        before = change.numbers
        number = paid.challenge.subject["number"]
        phone = change.account.phone(slot)
        if phone is None:
            change.account.phones.append(Phone(slot=slot, number=number, proven_at=now))
        else:
            phone.number, phone.proven_at, phone.last_used_at = number, now, None
        change.tell(before, Notice.PHONE_CHANGED if phone else Notice.PHONE_ADDED, slot)
        change.record("phone changed" if phone else "phone added", slot=slot, number=numbers.mask(number))
        return change.end_others(factor_at=now, **sessions.proved(now))


def send_proof(browser: Browser, slot: str, client: Client) -> None:
    """Raises what `send` raises."""
    now = clock.now()
    with begin_write() as session:
        row = sessions.hold(session, browser, now)
        send(Step(session, now, row.id, row.account, client), Purpose.PROVE, {"slot": slot}, None)


def remove(change: Change, act: Mapping[str, Any]) -> Done:
    """A confirmed REMOVE_PHONE. The backup takes the place of a removed primary."""
    before = change.numbers
    slot = act["slot"]
    take_out(change.session, change.account, slot)
    change.tell(before, Notice.PHONE_REMOVED if change.account.phones else Notice.TWO_FACTOR_OFF, slot)
    change.record("phone removed", slot=slot)
    return Done(change.end_others(factor_at=change.now, **sessions.proved(change.now)), dict(act))


def take_out(session: Session, account: Account, slot: str) -> None:
    """Empty a slot; the backup takes the place of a removed primary."""
    phone = account.phone(slot)
    if phone is None:
        return
    account.phones.remove(phone)
    session.flush()  # Frees the slot before the backup moves in.
    backup = account.phone(Slot.BACKUP)
    if slot == Slot.PRIMARY and backup is not None:
        backup.slot = Slot.PRIMARY.value


def _to_prove(act: Mapping[str, Any]) -> dict[str, Any]:
    return {"slot": act["slot"], "number": act["number"]}
