"""How often something may happen.

A limit counts hits of one subject in a sliding period. Hits are rows, so they survive a restart and hold across
processes. One write transaction looks and adds, so the count is exact; what was refused is not counted.
"""

import hashlib
import ipaddress
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Text, bindparam, delete, insert, or_, select, text
from sqlalchemy.orm import Session

from portal.models import LimitHit

_UNITS = {"s": 1, "min": 60, "h": 3600, "day": 86400}
_WITH_PORT = re.compile(r"\[(.+)\](?::\d+)?|([\d.]+):\d+", re.ASCII)
"""How some proxies write an address. A port is new with each connection, so it must not count."""


@dataclass(frozen=True)
class Rate:
    """At most `count` hits in `period`, or with no period at most `count` in a row."""

    count: int
    period: timedelta | None


@dataclass(frozen=True)
class Limit:
    name: str
    default: str
    reason: str


LIMITS = (
    Limit("PASSWORD_ACCOUNT_ADDRESS", "10/15min", "wrong passwords, one account from one address: one person guessing"),
    Limit("PASSWORD_ACCOUNT", "100/h", "wrong passwords, one account: many machines guessing one customer"),
    Limit("PASSWORD_ADDRESS", "100/h", "wrong passwords, one address: one machine trying leaked lists"),
    Limit("REGISTER_ADDRESS", "10/h", "sign-ups from one address: they tell which emails have an account"),
    Limit("CODE_ACCOUNT", "10/h", "wrong codes, one account: a stolen password buys 10 guesses in a million an hour"),
    Limit("CODE_ACCOUNT_DAY", "20/day", "wrong codes, one account: 0.7 % chance in a year of guessing every day"),
    Limit("CODE_ACCOUNT_RUN", "100", "wrong codes in a row: then only the shop opens it again (NIST 800-63B-4, 3.2.2)"),
    Limit("TEXT_NUMBER", "5/10min", "codes to one number: nobody's phone is flooded"),
    Limit("TEXT_NUMBER_DAY", "15/day", "codes to one number"),
    Limit("TEXT_ACCOUNT", "10/10min", "codes for one account, both numbers"),
    Limit("TEXT_ACCOUNT_DAY", "30/day", "codes for one account"),
    Limit("TEXT_CONFIRM_DAY", "10/day", "confirm codes, one account: work in the portal never uses up sign-in"),
    Limit("TEXT_NEW_ADDRESS", "10/h", "codes to new numbers from one address: paid traffic to a fraudster's numbers"),
    Limit("TEXT_NEW_PREFIX", "20/h", "codes to new numbers alike but for 4 digits: numbers bought in one go"),
    Limit("TEXT_NEW_ALL", "200/h", "codes to new numbers, whole shop: the bill stays bounded whatever happens"),
    Limit("TICKET_ACCOUNT", "10/h", "new tickets, one account: support stays able to read what others ask"),
    Limit("TICKET_MESSAGE_ACCOUNT", "60/h", "messages in tickets, one account, the first of each too"),
    Limit("ZONE_ACCOUNT", "30/h", "zone files read, one account: a large one keeps a worker busy for seconds"),
    Limit("HOOK_ADDRESS", "30/10min", "wrong signatures from one address: no more of them are even looked at"),
)
RUNS = frozenset({"CODE_ACCOUNT_RUN"})
"""Limits of hits in a row, which a success ends; all others slide."""


@dataclass(frozen=True)
class Count:
    """One hit to be counted: the name of a limit, and whom it counts."""

    name: str
    subject: str = ""

    @property
    def key(self) -> str:
        # A digest, so that the table lists neither numbers nor emails in the clear.
        return hashlib.sha256(f"{self.name}:{self.subject}".encode("utf-8", "surrogatepass")).hexdigest()


class LimitReachedError(Exception):
    """Not now. `until` is when it is possible again; None: only the shop can open it."""

    def __init__(self, name: str, until: datetime | None) -> None:
        super().__init__(name)
        self.name = name
        self.until = until


Rates = dict[str, Rate | None]
"""The rate of each limit by name; None is off."""


def parse(text_: str) -> Rate | None:
    """`N/period`, a bare `N` for a run, or `off` (None). Raises ValueError.

    A period is a unit, s, min, h or day, with a whole number before it if not 1.
    """
    if text_ == "off":
        return None
    match = re.fullmatch(r"([1-9]\d{0,8})(?:/([1-9]\d{0,5})?(s|min|h|day))?", text_, re.ASCII)
    if not match:
        raise ValueError("must look like 10/15min (units: s, min, h, day), be a bare number, or be off")
    count, times, unit = match.groups()
    return Rate(int(count), timedelta(seconds=int(times or 1) * _UNITS[unit]) if unit else None)


def parse_for(name: str) -> Callable[[str], Rate | None]:
    """How the setting of this limit is read: only a run is counted without a period. Raises ValueError."""

    def read(text_: str) -> Rate | None:
        rate = parse(text_)
        if rate is not None and (rate.period is None) != (name in RUNS):
            raise ValueError("must be a bare number, or be off" if name in RUNS else "needs a period, such as 10/15min")
        return rate

    return read


def take(session: Session, rates: Rates, now: datetime, *counts: Count) -> list[int]:
    """Count one hit of each, or none at all and raise LimitReachedError. Returns what `give_back` takes.

    Runs in the caller's write transaction.
    """
    active = _active(rates, counts)
    _lock(session, [count for count, _ in active])
    spent = {count.name: until for count, until in _free_at(session, active, now) if until is None or until > now}
    if spent:
        name = max(spent, key=lambda name: spent[name] or datetime.max.replace(tzinfo=now.tzinfo))
        raise LimitReachedError(name, spent[name])
    if not active:
        return []
    rows = [
        {"key": count.key, "at": now, "until": now + rate.period if rate.period else None} for count, rate in active
    ]
    return list(session.scalars(_ADD, rows))


def free_at(session: Session, rates: Rates, now: datetime, *counts: Count) -> datetime | None:
    """When `take` would succeed: `now` or later; None: never by itself."""
    moments = [until for _, until in _free_at(session, _active(rates, counts), now)]
    return None if None in moments else max([now, *(moment for moment in moments if moment)])


def give_back(session: Session, hits: list[int]) -> None:
    """Uncount hits that turned out to be right."""
    session.execute(_GIVE_BACK, {"hits": hits})


def clear(session: Session, *counts: Count) -> None:
    """Forget every hit of these."""
    session.execute(_CLEAR, {"keys": [count.key for count in counts]})


def network(address: str) -> str:
    """The address as limits count it: an IPv4, or the /64 of an IPv6, which one customer's line has to itself."""
    if match := _WITH_PORT.fullmatch(address):
        address = match[1] or match[2]
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


# Built once, since each step of a sign-in asks: building one costs more than asking.
_LIVING = select(LimitHit.key, LimitHit.until).where(
    LimitHit.key.in_(bindparam("keys", expanding=True)),
    or_(LimitHit.until.is_(None), LimitHit.until > bindparam("now")),
)
_ADD = insert(LimitHit).returning(LimitHit.id)
# No hit is ever loaded, so there is none in memory to keep in step.
_DELETE = delete(LimitHit).execution_options(synchronize_session=False)
_GIVE_BACK = _DELETE.where(LimitHit.id.in_(bindparam("hits", expanding=True)))
_CLEAR = _DELETE.where(LimitHit.key.in_(bindparam("keys", expanding=True)))

_Active = list[tuple[Count, Rate]]


def _active(rates: Rates, counts: Iterable[Count]) -> _Active:
    return [(count, rate) for count in counts if (rate := rates[count.name]) is not None]


def _free_at(session: Session, active: _Active, now: datetime) -> list[tuple[Count, datetime | None]]:
    """When one more hit of each fits: `now` if it does already, None for a spent run. One statement for all."""
    if not active:
        return []
    keys = [count.key for count, _ in active]
    found = session.execute(_LIVING, {"keys": keys, "now": now})
    hits: dict[str, list[datetime | None]] = {key: [] for key in keys}
    for key, until in found:
        hits[key].append(until)
    return [(count, _room(rate, hits[count.key], now)) for count, rate in active]


def _room(rate: Rate, hits: list[datetime | None], now: datetime) -> datetime | None:
    if rate.period is None:
        return None if len(hits) >= rate.count else now
    # Room comes with the end of the hit that is the count-th from the newest.
    ends = sorted(until for until in hits if until is not None)
    return ends[-rate.count] if len(ends) >= rate.count else now


def _lock(session: Session, counts: list[Count]) -> None:
    """On PostgreSQL two transactions could both look before either adds; on SQLite a write has the database alone."""
    if session.get_bind().dialect.name == "postgresql":
        statement = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))").bindparams(
            bindparam("key", type_=Text)
        )
        for key in sorted({count.key for count in counts}):
            session.execute(statement, {"key": key})
