"""How a journey's named errors are said on the page of the form that caused them: one table for all of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal import clock
from portal.accounts.signing_in import AccountDisabledError, EmailTakenError, NotYourPasswordError, WrongPasswordError
from portal.codes.redeeming import DeadCodeError, WrongCodeError
from portal.codes.sending import WaitError
from portal.limits import LimitReachedError
from portal.numbers import PhoneError
from portal.orders.effects import NotNowError
from portal.passwords import WeakPasswordError


@dataclass(frozen=True)
class Refusal:
    """Why a form was refused: 422, or 429 with the time when it works again."""

    fields: tuple[str, ...]
    """Where to say it: beside the first of these that the form has; else above the form."""
    sentence: str
    status: int = 422
    retry_at: datetime | None = None
    why: str = ""
    """For the log, where the status does not tell enough."""


_LIMITS = {
    "PASSWORD": "Too many wrong passwords, so sign-in is paused.",
    "REGISTER": "Too many new accounts were tried from your connection.",
    "CODE": "Too many wrong codes, so codes are paused for this account.",
    "TEXT": "Too many texts in a short time.",
    "TICKET": "Too many messages in a short time.",
    "ZONE": "Too many zone files in a short time.",
}
_SHUT = "Too many wrong codes in a row, so this account takes no more codes. Contact support to open it again."


def _limit(error: LimitReachedError) -> Refusal:
    why = f"limit {error.name}"
    if error.until is None:
        return Refusal((), _SHUT, 429, why=why)
    sentence = _LIMITS[error.name.partition("_")[0]]
    return Refusal((), f"{sentence} Try again at {clock.in_words(error.until)}.", 429, error.until, why)


def _wrong_code(error: WrongCodeError) -> Refusal:
    if error.tries_left == 0:
        return Refusal(("code",), "That is not the code, and it was the last try. Ask for a new code.")
    tries = "1 try" if error.tries_left == 1 else f"{error.tries_left} tries"
    return Refusal(("code",), f"That is not the code. Check the newest text; you have {tries} left.")


_EXPLAIN: dict[type[Exception], Callable[[Any], Refusal]] = {
    LimitReachedError: _limit,
    WaitError: lambda e: Refusal((), f"You can send the next text at {e.until:%H:%M:%S} UTC.", 429, e.until),
    WrongCodeError: _wrong_code,
    DeadCodeError: lambda e: Refusal(("code",), e.sentence),
    WrongPasswordError: lambda _: Refusal(("password",), "The email and password don't match. Check both."),
    NotYourPasswordError: lambda _: Refusal(("current_password", "password"), "That is not your password."),
    AccountDisabledError: lambda _: Refusal((), "This account is switched off. Contact support to open it again."),
    EmailTakenError: lambda _: Refusal(("email",), "There is an account with this email already. Sign in instead."),
    NotNowError: lambda e: Refusal((), str(e)),
    PhoneError: lambda e: Refusal(("number",), str(e)),
    WeakPasswordError: lambda e: Refusal(("password",), str(e)),
}


class Refused:
    """What `refusals` caught, if anything."""

    refusal: Refusal | None = None


@contextmanager
def refusals() -> Iterator[Refused]:
    """Catch a journey's refusal, for the page to show. Other errors pass."""
    caught = Refused()
    try:
        yield caught
    except tuple(_EXPLAIN) as error:
        caught.refusal = _EXPLAIN[type(error)](error)
