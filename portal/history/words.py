"""What each event in the audit is called on a customer's pages: one table.

A test finds the events that the code records, and fails on one that has no words here.
"""

from dataclasses import dataclass
from enum import StrEnum

from portal.acts import TERMS, Act
from portal.models import AuditEvent


class Group(StrEnum):
    """What the history can be narrowed to; the value stands in an address."""

    SIGN_INS = "sign-ins"
    SECURITY = "security"
    ORDERS = "orders"
    BILLING = "billing"
    TICKETS = "tickets"


GROUPS = {
    Group.SIGN_INS: "Signing in",
    Group.SECURITY: "Password, phones and account",
    Group.ORDERS: "What was asked for and done",
    Group.BILLING: "Billing",
    Group.TICKETS: "Tickets",
}


@dataclass(frozen=True)
class Words:
    sentence: str
    """With the details of the event in braces, if it has such."""
    group: Group
    proven: bool = True
    """Whether it took a sign-in or a code. If not, it may have been anyone."""


_SIGN_INS = {
    "registered": "Made the account",
    "signed in with a code": "Signed in with a code",
    "signed in without a code": "Signed in with the password alone",
}
_TRIES = {
    "password accepted": "Typed the right password; a code was asked for",
    "wrong password": "Typed a wrong password",
    "wrong code": "Typed a wrong code",
    "sign-in refused: disabled": "Typed the right password while the account was switched off",
}
_SECURITY = {
    "account made": "The account was made",
    "account disabled": "The account was switched off",
    "account enabled": "The account was switched on again",
    "account unlocked": "The account was unlocked after wrong passwords or codes",
    "password changed": "Changed the password",
    "password reset": "The password was reset",
    "phone added": "Added the {slot} phone {number}",
    "phone changed": "Changed the {slot} phone to {number}",
    "phone removed": "Removed the {slot} phone",
    "account changed": "The account's details were changed",
    "text not sent": "A code was not sent, because too many texts had been",
}
_TICKETS = {
    "ticket opened": "Opened ticket {id}",
    "ticket answered": "Wrote in ticket {id}",
    "ticket opened again": "Wrote in ticket {id}, which opened it again",
    "ticket closed": "Closed ticket {id}",
    "ticket answered and closed": "Answered and closed ticket {id}",
}
_ORDERS = {
    "secret shown": "Was shown the new password or transfer code of {name}",
    "password revealed": "Looked at the new password of {name}, to set it by hand",
    "added by import": "Added {name}",
    "changed by import": "Changed the details of {name}",
    "zone changed by other hands": "Records of {name} were changed at the name server itself",
    "zone missing on the name server": "Found that the name server does not have {name} any more",
}
_BILLING = {
    "billing details changed": "Changed the billing details",
}
_SHOP = {
    "imported": "Customers, things or invoices were imported",
    "database restored": "All data was restored from a backup",
}
"""Of no one account."""


_ENDS = {"done": "Done:", "failed": "Could not", "retried": "Tried once more to"}


def _of_acts() -> dict[str, Words]:
    """Of what is ordered: when it was asked for, and how it ended."""
    table = {}
    for act in Act:
        terms = TERMS[act]
        if terms.kinds:
            table[act.value] = Words(f"Asked to {terms.what}", Group.ORDERS)
            for event, opening in _ENDS.items():
                table[f"{act}: {event}"] = Words(f"{opening} {terms.what}", Group.ORDERS)
    return table


WORDS: dict[str, Words] = {
    **{event: Words(sentence, Group.SIGN_INS) for event, sentence in _SIGN_INS.items()},
    **{event: Words(sentence, Group.SIGN_INS, proven=False) for event, sentence in _TRIES.items()},
    **{event: Words(sentence, Group.SECURITY) for event, sentence in _SECURITY.items()},
    **{event: Words(sentence, Group.TICKETS) for event, sentence in _TICKETS.items()},
    **{event: Words(sentence, Group.ORDERS) for event, sentence in _ORDERS.items()},
    **{event: Words(sentence, Group.BILLING) for event, sentence in _BILLING.items()},
    **{event: Words(sentence, Group.SECURITY) for event, sentence in _SHOP.items()},
    **_of_acts(),
}

_BY = {"customer": "You", "portal": "The portal", "staff": "Support", "desk": "Support", "driver": "Our systems"}
_SOMEONE = "Someone"
_ELSE = "Our systems"


def events_of(group: Group) -> list[str]:
    return [event for event, words in WORDS.items() if words.group is group]


def sentence(event: AuditEvent) -> str:
    """What happened. No secret: the audit holds none, and of its details only these are shown."""
    words = WORDS.get(event.event)
    if words is None:  # Of another version, or of a backup of one.
        return event.event.capitalize()
    return words.sentence.format_map(_Details(event))


def by(event: AuditEvent) -> str:
    words = WORDS.get(event.event)
    if words is not None and not words.proven:
        return _SOMEONE
    return _BY.get(event.by.partition(":")[0], _ELSE)


class _Details(dict[str, str]):
    """What a sentence may name."""

    def __init__(self, event: AuditEvent) -> None:
        super().__init__((name, str(value)) for name, value in event.detail.items())
        self["name"] = f"'{self['name']}'" if "name" in self else "it"
        self["id"] = str(event.object_id)

    def __missing__(self, name: str) -> str:
        return "…"  # Recorded before it was.
