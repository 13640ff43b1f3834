"""What a page that asks for a code shows: where the code went, what became of the text, what can be done next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from portal import clock, numbers
from portal.audit import Client
from portal.codes import sending, state
from portal.codes.sending import Step
from portal.database import begin_read
from portal.delivery.outbox import Outcome, Target
from portal.models import Challenge, Purpose, TextMessage
from portal.sessions import Browser

LATE_AFTER = timedelta(seconds=12)


@dataclass(frozen=True)
class Status:
    """What became of the newest text."""

    sentence: str
    tone: str
    """info, good or bad."""
    pending: bool
    """Whether it may still change by itself."""


@dataclass(frozen=True)
class Send:
    """A form that sends the code."""

    phone: str
    label: str
    wait_until: datetime | None
    """None: at once."""
    primary: bool
    """Whether it is the thing to do, since the code is dead."""


@dataclass(frozen=True)
class CodePage:
    ending: str
    """Last two digits of the number that the newest text went to."""
    dead: str | None
    """Why the code no longer works."""
    expires_at: datetime
    status: Status
    sends: list[Send]


def build(browser: Browser, client: Client, now: datetime, purpose: Purpose, subject: Mapping[str, Any]) -> CodePage:
    """Raises StartOverError when no code was asked for here, or too long ago."""
    account = browser.account
    with begin_read() as session:
        challenge = state.living(session, now, browser.id, account.epoch, purpose, subject)
        text = session.scalar(
            select(TextMessage)
            .where(TextMessage.challenge_id == challenge.id)
            .order_by(TextMessage.queued_at.desc())
            .limit(1)
            .execution_options(populate_existing=True)
        )
        step = Step(session, now, browser.id, account, client)
        sends = [_send_form(step, challenge, target) for target in sending.targets(account, challenge)]
    number = text.number if text else sending.targets(account, challenge)[0].number
    return CodePage(
        ending=numbers.ending(number),
        dead=state.why_dead(challenge, now),
        expires_at=challenge.expires_at,
        status=_status(text, now, sends[0].wait_until),
        sends=sends,
    )


def _send_form(step: Step, challenge: Challenge, target: Target) -> Send:
    free_at = sending.free_at(step, challenge, target)
    renews = state.needs_new_code(challenge, step.now)
    is_first = target == sending.targets(step.account, challenge)[0]
    what = "a new code" if renews else "the code"
    where = "" if is_first else f" to my {target.slot} phone ending {numbers.ending(target.number)}"
    again = " again" if is_first and not renews else ""
    return Send(
        phone=target.slot,
        label=f"Send {what}{again}{where}",
        wait_until=free_at if free_at > step.now else None,
        primary=is_first and state.why_dead(challenge, step.now) is not None,
    )


def _status(text: TextMessage | None, now: datetime, next_at: datetime | None) -> Status:
    if text is None:
        when = f" You can send the next one at {clock.in_words(next_at)}." if next_at else " Send it now."
        return Status(f"No text was sent: there were too many in a short time.{when}", "bad", pending=False)
    phone = f"your phone ending {numbers.ending(text.number)}"
    if text.outcome is None:
        if text.passes > 0 or now - text.queued_at >= LATE_AFTER:
            return Status("Not sent yet: the phone network does not answer. We keep trying.", "bad", pending=True)
        return Status(f"On its way to {phone}.", "info", pending=True)
    sentences = {
        Outcome.ACCEPTED: f"Sent to {phone}.",
        Outcome.POSSIBLE: "We can't tell whether the text was sent. If none comes, send the code again.",
        Outcome.REJECTED: f"The text could not be sent to {phone}: {text.reason}. {_other_way(text)}",
        Outcome.DROPPED: "The text could not be sent in time. Ask for a new code.",
    }
    tone = "good" if text.outcome == Outcome.ACCEPTED else "bad"
    return Status(sentences[Outcome(text.outcome)], tone, pending=False)


def _other_way(text: TextMessage) -> str:
    return "Use another phone, or contact support." if text.proven else "Check the number, or use another one."
