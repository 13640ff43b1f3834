"""How often something may happen."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import limits
from portal.database import begin_read, begin_write
from portal.limits import LIMITS, Count, LimitReachedError, Rate, parse
from portal.models import LimitHit

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
RATES: limits.Rates = {
    "SLIDING": Rate(3, HOUR),
    "WIDER": Rate(4, timedelta(days=1)),
    "RUN": Rate(2, None),
    "OFF": None,
}


@pytest.fixture(autouse=True)
def _in_app(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def take(*names: str, at: datetime = NOW, subject: str = "alice") -> list[int]:
    with begin_write() as session:
        return limits.take(session, RATES, at, *[Count(name, subject) for name in names])


def refused(*names: str, at: datetime = NOW, subject: str = "alice") -> LimitReachedError:
    with pytest.raises(LimitReachedError) as caught:
        take(*names, at=at, subject=subject)
    return caught.value


def free_at(*names: str, at: datetime = NOW) -> datetime | None:
    with begin_read() as session:
        return limits.free_at(session, RATES, at, *[Count(name, "alice") for name in names])


def rows() -> int:
    with begin_read() as session:
        return session.scalar(select(func.count()).select_from(LimitHit)) or 0


def test_a_period_slides_to_the_microsecond() -> None:
    for minutes in (0, 10, 20):
        take("SLIDING", at=NOW + timedelta(minutes=minutes))
    assert refused("SLIDING", at=NOW + timedelta(minutes=30)).until == NOW + HOUR
    assert refused("SLIDING", at=NOW + HOUR - TICK).until == NOW + HOUR
    take("SLIDING", at=NOW + HOUR)
    assert refused("SLIDING", at=NOW + HOUR).until == NOW + HOUR + timedelta(minutes=10)


def test_one_subject_s_hits_are_not_another_s() -> None:
    for _ in range(3):
        take("SLIDING")
    refused("SLIDING")
    take("SLIDING", subject="bob")
    take("WIDER")


def test_a_run_has_no_end_of_its_own() -> None:
    take("RUN")
    take("RUN", at=NOW + timedelta(days=4000))
    assert refused("RUN", at=NOW + timedelta(days=8000)).until is None
    assert free_at("RUN") is None
    assert free_at("SLIDING", "RUN") is None


def test_a_limit_that_is_off_counts_nothing() -> None:
    for _ in range(100):
        assert take("OFF") == []
    assert rows() == 0
    assert free_at("OFF") == NOW


def test_several_at_once_are_counted_all_or_none() -> None:
    for _ in range(3):
        take("SLIDING")
    error = refused("WIDER", "SLIDING", "RUN")
    assert (error.name, error.until) == ("SLIDING", NOW + HOUR)
    assert rows() == 3
    take("WIDER", "RUN")
    assert rows() == 5


def test_of_several_that_are_spent_the_longest_wait_is_said() -> None:
    for _ in range(3):
        take("SLIDING", "WIDER")
    take("WIDER")
    assert refused("SLIDING", "WIDER").name == "WIDER"
    assert free_at("SLIDING", "WIDER") == NOW + timedelta(days=1)
    take("RUN")
    take("RUN")
    assert refused("WIDER", "RUN", "SLIDING").until is None


def test_what_was_refused_is_not_counted() -> None:
    for _ in range(3):
        take("SLIDING")
    for _ in range(50):
        refused("SLIDING", at=NOW + timedelta(minutes=59))
    take("SLIDING", at=NOW + HOUR)


def test_a_hit_that_was_right_is_given_back() -> None:
    hits = [take("SLIDING", "WIDER") for _ in range(3)]
    refused("SLIDING")
    with begin_write() as session:
        limits.give_back(session, hits[1])
    take("SLIDING")
    refused("SLIDING")
    with begin_write() as session:
        limits.give_back(session, hits[1])  # Once more changes nothing.
        limits.give_back(session, [])
    refused("SLIDING")


def test_clearing_forgets_one_subject_s_hits_of_one_limit() -> None:
    for _ in range(2):
        take("RUN", "WIDER")
        take("RUN", subject="bob")
    with begin_write() as session:
        limits.clear(session, Count("RUN", "alice"))
    take("RUN")
    refused("RUN", subject="bob")
    assert rows() == 2 + 2 + 1


def test_an_undone_transaction_counts_nothing() -> None:
    def take_too_many() -> None:
        with begin_write() as session:
            for _ in range(4):
                limits.take(session, RATES, NOW, Count("SLIDING", "alice"))

    with pytest.raises(LimitReachedError):
        take_too_many()
    assert rows() == 0


def test_free_at_says_when_take_would_succeed() -> None:
    now = NOW
    for step in range(60):
        now += timedelta(minutes=(step * 7) % 23)
        free = free_at("SLIDING", "WIDER", at=now)
        assert free is not None
        if free == now:
            take("SLIDING", "WIDER", at=now)
            continue
        assert free > now
        assert refused("SLIDING", "WIDER", at=free - TICK).until == free
        take("SLIDING", "WIDER", at=free)
        now = free


def test_a_count_keeps_no_number_or_email_in_the_clear() -> None:
    take("SLIDING", subject="+12015550123")
    with begin_read() as session:
        key = session.scalars(select(LimitHit.key)).one()
    assert "2015550123" not in key
    assert Count("A", "b").key != Count("Ab", "").key
    assert len(Count("A", "\ud800").key) == 64


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_an_address_is_an_ipv4_or_the_64_of_an_ipv6(address: str, network: str) -> None:
    assert limits.network(address) == network


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("10/15min", Rate(10, timedelta(minutes=15))),
        ("1/s", Rate(1, timedelta(seconds=1))),
        ("200/h", Rate(200, HOUR)),
        ("20/day", Rate(20, timedelta(days=1))),
        ("5/90s", Rate(5, timedelta(seconds=90))),
        ("100", Rate(100, None)),
        ("off", None),
    ],
)
def test_a_rate_is_a_number_and_a_period_a_bare_number_or_off(text: str, rate: Rate | None) -> None:
    assert parse(text) == rate


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0/h",
        "0",
        "-1/h",
        "10/",
        "/h",
        "10/0min",
        "10/w",
        "10/days",
        "10 / h",
        "10/1.5h",
        "1e3/h",
        "on",
        "٣/h",
        "10/h\n",
    ],
)
def test_what_is_no_rate_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="must look like 10/15min"):
        parse(text)


def test_every_limit_has_a_reason_and_a_default_that_can_be_read() -> None:
    assert len({limit.name for limit in LIMITS}) == len(LIMITS) == 19
    for limit in LIMITS:
        assert limit.reason
        assert isinstance(parse(limit.default), Rate)
