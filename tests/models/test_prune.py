"""What has had its time is deleted, and nothing a moment earlier."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.database import Base, begin_read, begin_write
from portal.models import (
    Account,
    AuditEvent,
    BrowserSession,
    Challenge,
    DnsChange,
    DnsDraft,
    KnownBrowser,
    LimitHit,
    Order,
    Phone,
    TextMessage,
)
from portal.prune import prune

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def _in_app(app: Flask) -> Iterator[None]:
    with app.app_context():
        account = Account(
            id=1, email="alice@example.com", name="Alice", account_type="personal", password_hash="-", epoch=0,
            made_at=NOW - timedelta(days=4000),
        )  # fmt: skip
        account.phones.append(Phone(slot="primary", number="+12015550123", proven_at=NOW - timedelta(days=4000)))
        add(account)
        yield


def add(*rows: Base) -> None:
    with begin_write() as session:
        session.add_all(rows)


def ids(column: object) -> list[object]:
    with begin_read() as session:
        return sorted(session.scalars(select(column)))  # type: ignore[call-overload]  # any column


def challenge(name: str, expires_at: datetime) -> Challenge:
    made_at = expires_at - timedelta(minutes=5)
    return Challenge(
        id=name, account_id=1, epoch=0, session_id="s", purpose="sign_in", subject={}, salt=b"s" * 16, made_at=made_at,
        expires_at=expires_at, password_at=made_at, attempts=0,
    )  # fmt: skip


def browser_session(name: str, made_at: datetime) -> BrowserSession:
    return BrowserSession(
        id=name, account_id=1, epoch=0, signed_in=True, made_at=made_at, seen_at=NOW, address="", browser="",
        password_at=made_at,
    )  # fmt: skip


def text(name: str, settled_at: datetime | None, challenge_id: str | None = None) -> TextMessage:
    long_ago = NOW - timedelta(days=30)
    return TextMessage(
        id=name, account_id=1, kind="code" if challenge_id else "phone added", challenge_id=challenge_id,
        slot="primary", number="+12015550123", proven=True, queued_at=long_ago, dies_at=long_ago, due_at=long_ago,
        settled_at=settled_at, outcome=settled_at and "accepted",
    )  # fmt: skip


def test_a_settled_text_goes_after_a_week_and_one_that_waits_stays() -> None:
    week_ago = NOW - timedelta(days=7)
    add(text("old", week_ago - TICK), text("new", week_ago), text("waiting", None))
    assert prune(NOW)["texts"] == 1
    assert ids(TextMessage.id) == ["new", "waiting"]


def test_a_spent_code_goes_after_a_week_but_not_before_its_texts() -> None:
    week_ago = NOW - timedelta(days=7)
    add(challenge("old", week_ago - TICK), challenge("new", week_ago), challenge("held", week_ago - TICK))
    add(challenge("both", week_ago - TICK))
    add(text("waiting", None, "held"), text("gone", week_ago - TICK, "both"))
    assert prune(NOW)["challenges"] == 2
    assert ids(Challenge.id) == ["held", "new"]


def test_the_new_password_of_an_act_that_nobody_confirmed_goes_after_an_hour() -> None:
    hour_ago = NOW - timedelta(hours=1)
    act = {"act": "change password", "password_hash": "a hash"}
    for name, then in (("old", hour_ago - TICK), ("new", hour_ago)):
        asked = challenge(name, then)
        asked.purpose, asked.subject = "confirm", act
        session = browser_session(name, NOW)
        session.pending, session.pending_at, session.pending_password_at = act, then, then
        add(asked, session)
    other = challenge("other", hour_ago - TICK)
    other.purpose, other.subject = "confirm", {"act": "remove phone", "slot": "backup"}
    add(other)
    counts = prune(NOW)
    assert (counts["given-up acts"], counts["forgotten acts"]) == (1, 1)
    assert sum(prune(NOW).values()) == 0
    with begin_read() as reading:
        subjects = {row.id: row.subject for row in reading.scalars(_again(Challenge))}
        pending = {row.id: (row.pending, row.pending_at) for row in reading.scalars(_again(BrowserSession))}
    assert subjects == {
        "old": {"act": "change password"}, "new": act, "other": {"act": "remove phone", "slot": "backup"}
    }  # fmt: skip
    assert pending == {"old": (None, None), "new": (act, hour_ago)}


def _again(table: type[Any]) -> Any:
    return select(table).execution_options(populate_existing=True)


def test_a_session_goes_after_a_day_whoever_last_used_it() -> None:
    day_ago = NOW - timedelta(hours=24)
    for name, made_at in (("old", day_ago - TICK), ("new", day_ago)):
        add(browser_session(name, made_at))
    assert prune(NOW)["sessions"] == 1
    assert ids(BrowserSession.id) == ["new"]


def test_a_known_browser_goes_after_a_year() -> None:
    year_ago = NOW - timedelta(days=365)
    add(
        KnownBrowser(id="old", account_id=1, made_at=year_ago - TICK), KnownBrowser(id="new", account_id=1, made_at=NOW)
    )
    assert prune(NOW)["browsers"] == 1
    assert ids(KnownBrowser.id) == ["new"]


def test_a_count_goes_when_its_period_is_over_and_a_run_stays() -> None:
    add(
        LimitHit(key="over", at=NOW, until=NOW - TICK),
        LimitHit(key="counts", at=NOW, until=NOW + TICK),
        LimitHit(key="run", at=NOW - timedelta(days=4000), until=None),
    )
    assert prune(NOW)["limits"] == 1
    assert ids(LimitHit.key) == ["counts", "run"]


def test_the_audit_stays_and_its_addresses_go_after_180_days() -> None:
    half_a_year_ago = NOW - timedelta(days=180)
    for event, at in (("old", half_a_year_ago - TICK), ("new", half_a_year_ago)):
        add(AuditEvent(account_id=1, at=at, event=event, by="customer", address="203.0.113.5", browser="b", detail={}))
    assert prune(NOW)["addresses"] == 1
    assert prune(NOW)["addresses"] == 0
    with begin_read() as session:
        rows = {row.event: (row.address, row.browser) for row in session.scalars(select(AuditEvent))}
    assert rows == {"old": (None, None), "new": ("203.0.113.5", "b")}


def order(once: str, settled_at: datetime | None, secret: bytes | None = b"sealed") -> Order:
    return Order(
        account_id=1, once=once, kind="vps", object_id=1, object_name="web-1", act="reset root password", values={},
        secret=secret, asked_at=NOW - timedelta(days=400), by="customer", proof="code", driver="local",
        settled_at=settled_at, outcome=settled_at and "done",
    )  # fmt: skip


def test_a_secret_goes_a_day_after_its_order_was_over_and_the_order_stays() -> None:
    day_ago = NOW - timedelta(hours=24)
    add(order("old", day_ago - TICK), order("new", day_ago), order("open", None), order("none", day_ago - TICK, None))
    assert prune(NOW)["secrets"] == 1
    assert prune(NOW)["secrets"] == 0
    with begin_read() as session:
        rows = {row.once: row.secret for row in session.scalars(select(Order))}
    assert rows == {"old": None, "new": b"sealed", "open": b"sealed", "none": None}


def test_a_secret_that_was_shown_goes_a_minute_later_but_not_before_its_order_is_over() -> None:
    minute_ago = NOW - timedelta(minutes=1)
    for once, settled_at, shown_at in (
        ("over", NOW, minute_ago), ("again", NOW, minute_ago + TICK), ("open", None, minute_ago), ("new", NOW, None),
    ):  # fmt: skip
        shown = order(once, settled_at)
        shown.shown_at, shown.shown_to = shown_at, "a browser" if shown_at else None
        add(shown)
    assert prune(NOW)["secrets"] == 1
    with begin_read() as session:
        rows = {row.once: (row.secret, row.shown_to) for row in session.scalars(select(Order))}
    assert rows == {
        "over": (None, None), "again": (b"sealed", "a browser"), "open": (b"sealed", "a browser"),
        "new": (b"sealed", None),
    }  # fmt: skip


def test_a_draft_of_a_zone_goes_after_a_day_and_what_was_changed_stays() -> None:
    day_ago = NOW - timedelta(days=1)
    for name, made_at in (("old.example", day_ago - TICK), ("new.example", day_ago)):
        add(DnsDraft(account_id=1, zone_name=name, made_at=made_at, changes=[]))
    add(
        DnsChange(
            account_id=1, zone_name="old.example", at=NOW - timedelta(days=400), act="change records", by="customer",
            serial=1, changes=[],
        )
    )  # fmt: skip
    assert prune(NOW)["drafts"] == 1
    assert ids(DnsDraft.zone_name) == ["new.example"]
    assert ids(DnsChange.zone_name) == ["old.example"]


def test_the_web_processes_prune_each_hour(app: Flask) -> None:
    """So that a day is not two, and an hour not a day."""
    job = app.extensions["background"]._jobs["prune"]
    assert job.every_seconds == timedelta(hours=1).total_seconds()
    add(DnsDraft(account_id=1, zone_name="old.example", made_at=NOW - timedelta(days=400), changes=[]))
    job.run()
    assert ids(DnsDraft.zone_name) == []


def test_pruning_again_finds_nothing_and_leaves_accounts_and_phones_alone() -> None:
    add(challenge("old", NOW - timedelta(days=8)), text("old", NOW - timedelta(days=8), "old"))
    assert sum(prune(NOW).values()) == 2
    assert sum(prune(NOW).values()) == 0
    with begin_read() as session:
        for kept in (Account, Phone):
            assert session.scalar(select(func.count()).select_from(kept)) == 1
