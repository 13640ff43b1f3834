"""`portal check`, `prune` and `db upgrade`, and what any command does when it can't work."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from portal import create_app, demo
from portal.extensions import db
from portal.models import Account, Domain, Invoice, VirtualServer
from tests.cli.conftest import Run
from tests.conftest import SETTINGS
from tests.person import Person

COMMANDS = [
    ("check",),
    ("prune",),
    ("db", "upgrade"),
    ("users", "list"),
    ("users", "create", "a@example.com", "--name", "A"),
    ("users", "unlock", "a@example.com", "--reason", "why"),
    ("orders", "list"),
    ("orders", "done", "1"),
    ("sms", "send-test", "+12015550123"),
]


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Flask]:
    """An app whose database has no tables yet."""
    app = create_app(tmp_path, SETTINGS | {"DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}"})
    yield app
    with app.app_context():
        db.engine.dispose()


def away(tmp_path: Path, url: str) -> Callable[[], Flask]:
    return lambda: create_app(tmp_path, SETTINGS | {"DATABASE_URL": url})


@pytest.mark.parametrize("settings", [{"DRIVER_VPS": "tests.fakes:MemoryDriver"}])
def test_check_says_ok_a_line_each(portal: Run) -> None:
    result = portal("check")
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "settings: ok",
        "providers: ok (memory)",
        "drivers: ok (vps memory, dedicated local, wordpress local, domain local, dns local)",
        "database: ok",
        "migrations: ok",
    ]


def test_check_says_that_the_tables_are_not_up_to_date(run: Callable[..., Run], empty: Flask) -> None:
    result = run(lambda: empty)("check")
    assert result.exit_code == 1
    [*_, line] = result.output.splitlines()
    assert line.startswith("migrations: at none, not 0")
    assert line.endswith(": run portal db upgrade")


@pytest.mark.parametrize(
    "url",
    ["sqlite:////nowhere/at/all/portal.sqlite3", "postgresql+psycopg://127.0.0.1:1/portal?connect_timeout=2"],
    ids=["sqlite", "postgresql"],
)
def test_check_says_that_the_database_is_away(run: Callable[..., Run], tmp_path: Path, url: str) -> None:
    result = run(away(tmp_path, url))("check")
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[:2] == ["settings: ok", "providers: ok (memory)"]
    assert lines[3].startswith("database: DATABASE_URL can't be reached: ")
    assert lines[4] == "migrations: the database can't be reached"


@pytest.mark.parametrize("command", [c for c in COMMANDS if c[0] not in {"check", "sms"}], ids=" ".join)
def test_a_command_without_a_database_says_so_in_a_sentence(
    run: Callable[..., Run], tmp_path: Path, command: tuple[str, ...]
) -> None:
    result = run(away(tmp_path, "sqlite:////nowhere/at/all/portal.sqlite3"))(*command)
    assert result.exit_code == 1
    assert result.output == ("Error: The database can't be used: unable to open database file. More: portal check\n")


@pytest.mark.parametrize("command", [("prune",), ("users", "list")], ids=" ".join)
def test_a_command_without_tables_says_so_in_a_sentence(
    run: Callable[..., Run], empty: Flask, command: tuple[str, ...]
) -> None:
    result = run(lambda: empty)(*command)
    assert result.exit_code == 1
    assert "no such table" in result.output


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_wrong_settings_are_said_a_sentence_each_and_end_every_command(
    run: Callable[..., Run], tmp_path: Path, command: tuple[str, ...]
) -> None:
    result = run(lambda: create_app(tmp_path, {"PORT": "x", "PUBLIC_URL": "https://portal.example.com"}))(*command)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert [line.split()[0] for line in result.stderr.splitlines()] == [
        "PORT", "SECRET_KEY", "TRUSTED_PROXIES", "SMS_BACKENDS",
    ]  # fmt: skip


def test_the_real_command_reads_the_environment(run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "x")
    result = run(create_app)("check")
    assert result.exit_code == 1
    assert result.stderr.startswith("PORT must be a whole number")


def test_db_upgrade_makes_the_tables_and_may_be_run_again(run: Callable[..., Run], empty: Flask) -> None:
    command = run(lambda: empty)
    for _ in range(2):
        result = command("db", "upgrade")
        assert (result.exit_code, result.output) == (0, "The database is up to date.\n")
    assert command("check").exit_code == 0


def test_prune_says_what_it_deleted(portal: Run) -> None:
    result = portal("prune")
    assert result.exit_code == 0
    assert result.output == (
        "texts 0, challenges 0, sessions 0, browsers 0, limits 0, drafts 0, secrets 0, addresses 0, given-up acts 0, "
        "forgotten acts 0\n"
    )


def test_send_test_sends_one_text_to_a_number_that_can_get_it(portal: Run, alice: Person) -> None:
    assert portal("sms", "send-test", "(201) 555-0123").output == "memory took the text over; it calls it memory-1.\n"
    assert alice.texts("+12015550123") == ["Client Portal: this is a test. Texts from 127.0.0.1 reach this phone."]
    refused = portal("sms", "send-test", "+44 20 7946 0018")
    assert (refused.exit_code, refused.output) == (
        1, "Error: That is not a mobile number, so it can't get a text.\n",
    )  # fmt: skip
    unknown = portal("sms", "send-test", "(201) 555-0123", "--backend", "vonage")
    assert unknown.output == "Error: SMS_BACKENDS has no vonage; it has memory.\n"


def test_the_demo_fills_an_empty_database_with_three_customers_who_can_sign_in(alice: Person) -> None:
    with alice.app.app_context():
        passwords = demo.make()
    assert list(passwords) == ["alice@demo.example", "bob@demo.example", "carol@demo.example"]
    assert len(set(passwords.values())) == 3
    for email, password in passwords.items():
        person = Person(alice.app)
        assert person.sign_in(email, password).path == "/resources/"
        assert "web-1" in person.page.words
    with alice.app.app_context(), db.session.begin():
        types = db.session.scalars(db.select(Account.account_type).order_by(Account.id)).all()
        assert types == ["personal", "business", "reseller"]
        for kind in (VirtualServer, Domain, Invoice):
            assert db.session.scalar(db.select(db.func.count(db.func.distinct(kind.account_id)))) == 3


def test_the_demo_leaves_a_database_with_accounts_alone(alice: Person) -> None:
    alice.register()
    with alice.app.app_context():
        assert demo.make() == {}
        with db.session.begin():
            assert db.session.scalar(text("SELECT count(*) FROM accounts")) == 1
