"""Sends what Hypothesis made up, and looks that nothing came of it."""

import re
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlsplit

from flask import Flask
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from portal.database import Base, begin_read
from portal.extensions import db
from tests.hostile.odd import FORM, TOKEN, Body, Shot, as_bytes, quoted
from tests.person import Person, provider
from tests.shelf import add_domain, add_metal, add_server, add_site, add_zone

COUNTED = {"limit_hits", "audit_events"}
"""Tables that write down what was tried."""
WAITING = {"pending", "pending_at", "pending_password_at", "seen_at"}
"""Of a session: when it was seen, and what waits for a proof. Nothing is done before the proof."""
KEPT = Base.metadata.tables.keys() - COUNTED
_WRITES = re.compile(r"\b(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)")
_PART = "----a-part-of-the-form"


def held(app: Flask, tables: Collection[str] = KEPT) -> dict[str, list[Any]]:
    """All that the database holds in these tables, but for what may be noted."""
    with app.app_context(), begin_read() as session:
        return {
            table.name: list(
                session.execute(select(*(c for c in table.c if c.name not in WAITING)).order_by(*table.primary_key))
            )
            for table in Base.metadata.sorted_tables
            if table.name in tables
        }


class Target:
    """The portal with its customer Alice, and three browsers: a stranger's, one that owes the code, one signed in."""

    posts = 0
    """How many were answered so far."""

    def __init__(self, enrolled: Person) -> None:
        self.app = enrolled.app
        self.browsers = {"signed in": enrolled}
        for name in ("stranger", "password only"):
            self.browsers[name] = Person(self.app, enrolled.address)
        self.browsers["password only"].sign_in()
        self.browsers["stranger"].open("/auth/login")
        for put in (add_server, add_metal, add_site, add_domain, add_zone):
            assert put(enrolled) == 1
        enrolled.open("/profile/")
        enrolled.texts()
        self._tokens = {name: browser.csrf() for name, browser in self.browsers.items()}
        self._before, self._asked = held(self.app), len(provider(self.app).asked)
        self._written: set[str] = set()
        with self.app.app_context():
            event.listen(db.engine, "before_cursor_execute", self._note_written)
            if db.engine.dialect.name == "sqlite":
                # Thousands of commits that wait for the disk would be most of the time that this takes.
                event.listen(db.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
                db.engine.dispose()

    def send(self, who: str, method: str, path: str, shot: Shot) -> TestResponse:
        """As a server would hand it on."""
        # Whoever signs out is signed out. So that the next shot finds Alice signed in, her token stays away from there.
        token = "" if path == "/auth/logout" else self._tokens[who]
        content_type, data = _encode(shot.body, token)
        environ: dict[str, Any] = {
            "REMOTE_ADDR": self.browsers[who].address,
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": _wsgi(shot.query),
        }
        for name, value in {"Content-Type": content_type, **dict(shot.headers)}.items():
            key = name.upper().replace("-", "_")
            environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
        # A copy, whose cookies may be lost. Forged ones come alone: the client would put the real ones in their place.
        forged = "HTTP_COOKIE" in environ
        client = self.app.test_client(use_cookies=False) if forged else self.browsers[who].copy().client
        return client.open(method=method, data=data, environ_overrides=environ, buffered=True)

    def fire(self, who: str, method: str, path: str, shot: Shot) -> TestResponse:
        response = self.send(who, method, path, shot)
        self.posts += method == "POST"
        assert response.status_code < 500, (who, method, path, response.status)
        self.is_harmless(response)
        return response

    def is_harmless(self, response: TestResponse) -> None:
        names = {name.lower() for name in response.headers.keys()}  # noqa: SIM118 - not a dict
        assert "x-injected" not in names
        assert not any("injected" in cookie for cookie in response.headers.getlist("Set-Cookie"))
        assert not any(_leads_away(value) for value in response.headers.getlist("Location"))
        page = response.get_data()
        assert b"<script>alert" not in page
        assert b"<img src=x" not in page
        assert b"Traceback" not in page

    def changed_nothing(self) -> None:
        """The quick look after each post: only tables that a statement wrote to since are read again."""
        written, self._written = self._written & KEPT, set()
        if written:
            assert held(self.app, written) == {name: self._before[name] for name in written}

    def _note_written(self, *words: Any) -> None:
        self._written.update(_WRITES.findall(words[2]))

    def is_unchanged(self) -> None:
        """The long look, whichever way something was written."""
        assert held(self.app) == self._before
        self.app.extensions["dispatcher"].drain()
        assert len(provider(self.app).asked) == self._asked, "a text was sent"


def _leads_away(location: str) -> bool:
    return urlsplit(location).netloc not in {"", "localhost"}


def _encode(body: Body, token: str) -> tuple[str, bytes]:
    if body.content_type is not None:
        return body.content_type, body.raw
    fields = [(name, token if value == TOKEN else value) for name, value in body.fields]
    if body.in_parts:
        return f"multipart/form-data; boundary={_PART}", b"".join([*_parts(fields), f"--{_PART}--\r\n".encode()])
    return FORM, "&".join(f"{quoted(name)}={quoted(value)}" for name, value in fields).encode()


def _parts(fields: list[tuple[str, str]]) -> Iterator[bytes]:
    for name, value in fields:
        yield f'--{_PART}\r\nContent-Disposition: form-data; name="'.encode()
        yield as_bytes(name).replace(b'"', b"%22") + b'"\r\n\r\n' + as_bytes(value) + b"\r\n"


def _wsgi(query: str) -> str:
    return quote(as_bytes(query), safe="%&=?#/+[]:@!$'()*,;~")
