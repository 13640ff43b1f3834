"""What the text messages say. Each fits one GSM-7 segment, which `longest` lets the start-up checks prove.

A code's last line is for browsers, which offer the code only on the site it names
(https://wicg.github.io/sms-one-time-codes/). Nothing may follow it.
"""

from dataclasses import dataclass
from enum import StrEnum

from portal.sms_backends import gsm7

LONGEST_LIFE = 600
"""Seconds that a code can live."""
SEGMENT = 160
"""Septets in one text (3GPP TS 23.038)."""


class Notice(StrEnum):
    """What a customer is told about afterwards."""

    PHONE_ADDED = "phone added"
    PHONE_CHANGED = "phone changed"
    PHONE_REMOVED = "phone removed"
    TWO_FACTOR_OFF = "two-factor off"
    PASSWORD_CHANGED = "password changed"  # noqa: S105 - names an event
    ACCOUNT_DISABLED = "account disabled"
    ACCOUNT_ENABLED = "account enabled"
    ACCOUNT_UNLOCKED = "account unlocked"


_NOTICES = {
    Notice.PHONE_ADDED: "A {slot} phone was added to your account.",
    Notice.PHONE_CHANGED: "The {slot} phone of your account was changed.",
    Notice.PHONE_REMOVED: "The {slot} phone was removed from your account.",
    Notice.TWO_FACTOR_OFF: "The last phone was removed from your account, so sign-in asks for no code now.",
    Notice.PASSWORD_CHANGED: "The password of your account was changed.",
    Notice.ACCOUNT_DISABLED: "Your account was switched off.",
    Notice.ACCOUNT_ENABLED: "Your account was switched on again.",
    Notice.ACCOUNT_UNLOCKED: "Your account was unlocked: earlier wrong passwords and codes count no more.",
}
_CODES = {
    "sign_in": "is your {name} sign-in code",
    "prove": "adds this phone to {name}",
    "confirm": "is your {name} code to {what}",
}


@dataclass(frozen=True)
class Sender:
    """The portal as texts speak of it."""

    name: str
    host: str
    """Without scheme and port; international names as punycode."""


def code(sender: Sender, purpose: str, digits: str, seconds_left: int, what: str = "") -> str:
    """The text of a sign-in code, or of one that proves a number or who it is. `what`: "change your password"."""
    reason = _CODES[purpose].format(name=sender.name, what=what)
    return f"{digits} {reason}. It works for {_span(seconds_left)}. Do not share it.\n\n@{sender.host} #{digits}"


def approval(sender: Sender, digits: str, seconds_left: int, does: str) -> str:
    """The text of a code that pays for one act: "deletes server 'web-1'"."""
    span = _span(seconds_left)
    return f"{digits} {does}. {sender.name} code for {span}. Do not share it.\n\n@{sender.host} #{digits}"


def notice(sender: Sender, kind: Notice, slot: str = "") -> str:
    return f"{sender.name}: {_NOTICES[kind].format(slot=slot)} Not you? Tell us at once: {sender.host}/help"


def test(sender: Sender) -> str:
    """What `portal sms send-test` sends."""
    return f"{sender.name}: this is a test. Texts from {sender.host} reach this phone."


def length(text: str) -> int:
    """Septets, or SEGMENT + 1 for a text with a character outside GSM-7."""
    if not is_gsm7(text):
        return SEGMENT + 1
    return sum(2 if c in gsm7.EXTENDED else 1 for c in text)


def is_gsm7(text: str) -> bool:
    return gsm7.ALPHABET.issuperset(text)


def longest(sender: Sender, whats: list[str], does: list[str]) -> int:
    """Septets of the longest text this sender can send; `whats` and `does` are all that a code can pay for."""
    codes = [code(sender, purpose, "0" * 6, LONGEST_LIFE, what) for purpose in _CODES for what in whats]
    notices = [notice(sender, kind, "primary") for kind in Notice]
    codes += [approval(sender, "0" * 6, LONGEST_LIFE, act) for act in does]
    return max(length(text) for text in [*codes, *notices, test(sender)])


def _span(seconds: int) -> str:
    # Ten seconds of grace, so that a text sent a moment after it was asked for still says 5 minutes.
    minutes = (seconds + 10) // 60
    if minutes == 0:
        return f"{seconds} second{'s' * (seconds != 1)}"
    return f"{minutes} minute{'s' * (minutes != 1)}"
