"""Who signed in and how, who failed, and who tried to go round a control: it is all written down (ASVS 5.0, 16.3)."""

import logging
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts import staff
from portal.audit import Actor
from portal.database import begin_read
from portal.models import AuditEvent
from tests.person import GOOD_PASSWORD, Person, wrong

ALICE = "alice@example.com"


def audited(app: Flask) -> list[tuple[str, int | None, str | None, str | None]]:
    """Event, account, address and purpose of the code, oldest first; the browser and the time are there too."""
    with app.app_context(), begin_read() as session:
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert all(event.at and (event.browser or event.by != "customer") for event in events)
    return [(event.event, event.account_id, event.address, event.detail.get("purpose")) for event in events]


def test_every_sign_in_and_every_failed_one_is_in_the_audit_with_its_factor(alice: Person) -> None:
    alice.register()
    alice.sign_out()
    alice.sign_in()
    alice.enrol()
    alice.sign_out()
    alice.sign_in(password="not the right password")
    alice.sign_in("nobody@example.com")
    alice.sign_in()
    code = alice.newest_code()
    alice.type_code(wrong(code))
    alice.type_code(code)
    alice.sign_out()
    with alice.app.app_context():
        staff.disable(ALICE, "asked", Actor("staff:test"))
    alice.sign_in()
    here = alice.address
    assert audited(alice.app) == [
        ("registered", 1, here, None),
        ("signed in without a code", 1, here, None),
        ("phone added", 1, here, None),
        ("wrong password", 1, here, None),
        ("wrong password", None, here, None),
        ("password accepted", 1, here, None),
        ("wrong code", 1, here, "sign_in"),
        ("signed in with a code", 1, here, None),
        ("account disabled", 1, None, None),
        ("sign-in refused: disabled", 1, here, None),
    ]


def test_every_proof_that_is_asked_for_again_is_in_the_audit_when_it_fails(enrolled: Person) -> None:
    enrolled.change_password("five other words this time", current="not the right password")
    enrolled.change_password("five other words this time")
    enrolled.type_code(wrong(enrolled.newest_code()))
    assert audited(enrolled.app)[-2:] == [
        ("wrong password", 1, enrolled.address, None),
        ("wrong code", 1, enrolled.address, "confirm"),
    ]


Act = Callable[[Person], object]


def line(asked: str, status: int, who: int | None, why: str | None, address: str = "203.0.113.5") -> str:
    return f"refused {asked} status={status} account={who} address={address!r} why={why!r}"


def refused(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.levelno == logging.INFO and "refused " in r.getMessage()]


def _without_token(person: Person) -> None:
    person.post("/profile/password", {"current_password": GOOD_PASSWORD})


def _with_a_forged_token(person: Person) -> None:
    person.post("/profile/password", {"current_password": GOOD_PASSWORD, "csrf_token": "x"})


def _by_another_name(person: Person) -> None:
    person.client.get("/profile/", base_url="http://evil.example")


def _too_much(person: Person) -> None:
    person.post("/profile/password", {"current_password": "x" * 70_000})


def _what_is_not_theirs(person: Person) -> None:
    person.open("/profile/")
    person.post("/profile/phones/backup/remove", {"csrf_token": person.csrf()})


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda p: p.open("/metrics"), line("GET web.metrics", 404, 1, None)),
        (_without_token, line("POST profile.password", 400, 1, "The CSRF token is missing.")),
        (_with_a_forged_token, line("POST profile.password", 400, 1, "The CSRF token is invalid.")),
        (_by_another_name, line("GET profile.index", 400, None, None)),
        (_too_much, line("POST profile.password", 413, 1, None)),
        (_what_is_not_theirs, line("POST profile.remove", 404, 1, None)),
    ],
    ids=["metrics", "no token", "forged token", "other host", "too much", "not theirs"],
)
def test_what_is_refused_to_a_customer_is_in_the_log_with_who_asked(
    enrolled: Person, caplog: pytest.LogCaptureFixture, act: Act, said: str
) -> None:
    enrolled.open("/profile/")
    caplog.clear()
    act(enrolled)
    assert refused(caplog) == [said]


def test_who_opens_a_page_without_the_right_to_it_is_in_the_log(
    enrolled: Person, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = Person(enrolled.app, "198.51.100.66")
    stranger.open("/profile/")
    stranger.sign_in()
    stranger.open("/resources/")
    assert refused(caplog) == [
        line("GET profile.index", 302, None, "not signed in", stranger.address),
        line("GET resources.index", 302, 1, "the code is not typed yet", stranger.address),
    ]


@pytest.mark.parametrize("settings", [{"REQUIRE_TWO_FACTOR": "all"}])
def test_who_goes_on_without_the_phone_that_is_asked_for_is_in_the_log(
    alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    alice.register()
    assert refused(caplog) == [line("GET resources.index", 302, 1, "a phone must be added first")]


@pytest.mark.parametrize("settings", [{"REGISTRATION_OPEN": "no"}])
def test_who_signs_up_where_nobody_may_is_in_the_log(alice: Person, caplog: pytest.LogCaptureFixture) -> None:
    alice.open("/auth/register")
    assert refused(caplog) == [line("GET auth.register", 403, None, None)]


@pytest.mark.parametrize("settings", [{"LIMIT_PASSWORD_ACCOUNT_ADDRESS": "1/h"}])
def test_who_runs_into_a_limit_is_in_the_log_with_the_limit(alice: Person, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        alice.sign_in(password="not the right password")
    assert refused(caplog) == [line("POST auth.login", 429, None, "limit PASSWORD_ACCOUNT_ADDRESS")]


def test_slips_and_addresses_that_are_nowhere_are_not(enrolled: Person, caplog: pytest.LogCaptureFixture) -> None:
    enrolled.open("/nothing")
    enrolled.open("/profile/phones/backup")
    enrolled.submit("/profile/phones/backup", {"number": "12345"})
    assert refused(caplog) == []
