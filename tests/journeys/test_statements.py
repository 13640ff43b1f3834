"""How often each step of a sign-in asks the database: pinned, so that a change that asks more is seen."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from portal.extensions import db
from tests.person import GOOD_PASSWORD, Person
from tests.shelf import add_server


class Counted:
    statements = 0
    commits = 0


@contextmanager
def counted(app: Flask) -> Iterator[Counted]:
    """Statements, without those that only begin or lock, and transactions."""
    seen = Counted()
    with app.app_context():
        engine = db.engine

    def statement(connection: object, cursor: object, text: str, *rest: Any) -> None:
        del connection, cursor, rest
        seen.statements += not text.startswith(("BEGIN", "SELECT pg_advisory"))

    def commit(connection: object) -> None:
        del connection
        seen.commits += 1

    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "commit", commit)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", statement)
        event.remove(engine, "commit", commit)


def test_each_step_of_a_sign_in_asks_the_database_no_more_than_this(enrolled: Person) -> None:
    enrolled.sign_out()
    enrolled.texts()
    app, client = enrolled.app, enrolled.client
    asked = {}

    def step(name: str, method: str, path: str, **fields: str) -> None:
        if method == "POST":
            fields["csrf_token"] = enrolled.csrf()
        with counted(app) as seen:
            answer = client.open(path, method=method, data=fields, environ_overrides={"REMOTE_ADDR": enrolled.address})
        asked[name] = (seen.statements, seen.commits)
        assert answer.status_code in {200, 303}, name

    step("login page", "GET", "/auth/login")
    enrolled.open("/auth/login")
    step("password", "POST", "/auth/login", email="alice@example.com", password=GOOD_PASSWORD)
    step("code page", "GET", "/auth/verify")
    with counted(app) as sending:
        code = enrolled.newest_code()
    asked["sending"] = (sending.statements, sending.commits)
    enrolled.open("/auth/verify")
    step("code", "POST", "/auth/verify", code=code)
    step("landing", "GET", "/resources/")
    add_server(enrolled)
    step("landing with a server", "GET", "/resources/")
    enrolled.open("/resources/")
    step("sign-out", "POST", "/auth/logout")

    assert asked == {
        "login page": (0, 0),
        "password": (14, 3),
        "code page": (6, 2),
        "sending": (5, 5),
        "code": (18, 3),
        "landing": (2, 2),
        "landing with a server": (3, 2),
        "sign-out": (2, 2),
    }
