"""A stranger can't tell at the sign-in which emails have an account, nor reach anybody's things."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from portal import passwords
from portal.accounts import staff
from portal.audit import Actor
from portal.database import begin_write
from portal.models import (
    Account,
    DedicatedServer,
    DnsRecordSet,
    DnsZone,
    Domain,
    Invoice,
    VirtualServer,
    WordPressSite,
)
from tests.conftest import Clock
from tests.person import GOOD_PASSWORD, Person

WRONG = "a wrong password"


class Hasher:
    """Counts what the hashing costs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[str] = []
        real = passwords._hasher
        self._watch(monkeypatch, "verify", real.verify)
        self._watch(monkeypatch, "hash", real.hash)
        monkeypatch.setattr(passwords, "_hasher", self)
        self.check_needs_rehash = real.check_needs_rehash

    def _watch(self, monkeypatch: pytest.MonkeyPatch, name: str, real: Callable[..., Any]) -> None:
        def call(*args: Any) -> Any:
            cost = args[0].split("$")[3] if name == "verify" else "m=19456,t=2,p=1"
            self.calls.append(f"{name} {cost}")
            return real(*args)

        monkeypatch.setattr(self, name, call, raising=False)


def test_an_unknown_email_costs_the_same_hashing_as_a_known_one(
    enrolled: Person, thief: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher, seen = Hasher(monkeypatch), {}
    with enrolled.app.app_context():
        staff.create("off@example.com", "Off", "personal", Actor("staff:test"))
        staff.disable("off@example.com", "asked", Actor("staff:test"))
    for email in ("alice@example.com", "nobody@example.com", "off@example.com"):
        for password in (WRONG, "x", "p" * 5000, "\x00"):
            hasher.calls.clear()
            thief.sign_in(email, password)
            seen[email, password] = hasher.calls[:]
    assert set(map(tuple, seen.values())) == {("verify m=19456,t=2,p=1",)}


def test_the_page_for_an_unknown_email_is_the_page_for_a_known_one(enrolled: Person, thief: Person) -> None:
    pages = []
    for email in ("alice@example.com", "carol@example.com"):
        page = thief.sign_in(email, WRONG)
        pages.append((page.status, page.html.replace(email, "EMAIL").replace(thief.csrf(), "TOKEN")))
    first, second = ((status, html.partition("data-now")[0], html.partition("<head>")[2]) for status, html in pages)
    assert first == second
    assert enrolled.texts("+12015550167") == []


def test_the_limits_of_an_unknown_email_are_those_of_a_known_one(enrolled: Person) -> None:
    answers = {}
    for n, email in enumerate(("alice@example.com", "carol@example.com")):
        person = Person(enrolled.app, f"198.51.100.{n}")
        answers[email] = [(person.sign_in(email, WRONG).status, person.page.words) for _ in range(12)]
    known, unknown = answers.values()
    assert known == unknown
    assert [status for status, _ in known] == [422] * 10 + [429] * 2


def test_while_guesses_are_paused_the_right_password_looks_wrong_too(enrolled: Person, thief: Person) -> None:
    for _ in range(10):
        thief.sign_in(password=WRONG)
    refused = thief.sign_in(password=WRONG)
    right = thief.sign_in(password=GOOD_PASSWORD)
    assert (refused.status, refused.words) == (right.status, right.words) == (429, right.words)
    assert enrolled.sign_out().path == "/auth/login"
    assert enrolled.sign_in().path == "/auth/verify"


@pytest.mark.parametrize("spelt", ["ALICE@EXAMPLE.COM", "  alice@example.com ", "Alice@Example.Com"])
def test_one_account_has_one_budget_however_its_email_is_spelt(enrolled: Person, thief: Person, spelt: str) -> None:
    for n in range(10):
        thief.sign_in(spelt if n % 2 else "alice@example.com", WRONG)
    assert thief.sign_in(spelt).status == 429
    assert enrolled.open("/resources/").status == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_many_machines_together_get_a_hundred_guesses_an_hour(alice: Person, time: Clock) -> None:
    alice.register()
    for n in range(100):
        assert Person(alice.app, f"198.51.{n}.1").sign_in(password=WRONG).status == 422
    assert Person(alice.app, "198.51.200.1").sign_in(password=WRONG).status == 429
    assert Person(alice.app, "2001:db8::1").sign_in().status == 429
    time.forward(hours=1)
    assert Person(alice.app, "2001:db8::1").sign_in().path == "/resources/"


def test_only_one_s_own_things_stand_on_the_overview_and_under_billing(enrolled: Person, mallory: Person) -> None:
    with enrolled.app.app_context(), begin_write() as session:
        owner = session.scalars(select(Account.id).where(Account.email == "alice@example.com")).one()
        where = {"account_id": owner, "location": "secret-place", "address": "192.0.2.77", "memory_gb": 4}
        day = date(2026, 12, 1)
        money = {"currency": "EUR", "total": Decimal("77.77")}
        session.add_all(
            [
                VirtualServer(name="secret-1", state="running", vcpus=1, disk_gb=1, **where),
                DedicatedServer(name="secret-2", state="on", processor="secret-cpu", **where),
                WordPressSite(account_id=owner, domain="secret-3.example", version="6.9", admin="secret-admin"),
                Domain(account_id=owner, name="secret-4.example", expires_on=day, locked=True, auto_renew=True),
                DnsZone(
                    account_id=owner, name="secret-5.example", serial=77,
                    record_sets=[DnsRecordSet(name="secret-6", type="A", ttl=60, values=["192.0.2.77"])],
                ),
                Invoice(account_id=owner, number="secret-7", issued_on=day, due_on=day, **money),
            ]
        )  # fmt: skip
    mine = enrolled.open("/resources/").html + enrolled.open("/billing/").html
    assert all(f"secret-{n}" in mine for n in (1, 2, 3, 4, 5, 7))
    for path in (
        "/resources/",
        "/resources/?account_id=1",
        "/resources/?account=alice@example.com",
        "/profile/",
        "/billing/",
    ):
        theirs = mallory.open(path).html
        assert not any(word in theirs for word in ("secret", "192.0.2.77", "77.77", "alice"))
