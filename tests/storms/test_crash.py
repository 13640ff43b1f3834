"""The server is killed with 40 texts on their way: when it is back, all arrive, and none whose code has died."""

import http.cookiejar
import json
import os
import re
import signal
import sys
import urllib.parse
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from portal import clock, create_app, passwords
from portal.accounts import staff
from portal.audit import Actor
from portal.database import begin_read, begin_write
from portal.delivery.dispatcher import SENDERS
from portal.extensions import db
from portal.models import Account, Challenge, Phone, TextMessage
from tests.person import GOOD_PASSWORD
from tests.serving.processes import Session, free_port, wait_until

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
WAITING = 40
DEAD = ("expired", "disabled", "tried too often", "used")
"""Whose codes die before their texts have a turn."""
COMMAND = [sys.executable, "-c", "from portal.cli import main; main()", "serve", "--workers", "1"]


class Browser:
    """A browser that speaks HTTP with the real server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def open(self, path: str, **fields: str) -> tuple[str, str]:
        """Get a page, or with fields send its form. Returns the path where it led, and the page."""
        data = None
        if fields:
            token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', self.open(path)[1])
            assert token
            data = urllib.parse.urlencode({**fields, "csrf_token": token[1]}).encode()
        with self._opener.open(self.url + path, data, timeout=30) as answer:
            return urllib.parse.urlsplit(answer.url).path, answer.read().decode()


class Shop:
    """A portal of its own processes, and the accounts in its database."""

    def __init__(self, folder: Path, template: Path) -> None:
        port = free_port()
        self.folder, self.url = folder, f"http://127.0.0.1:{port}"
        (folder / "portal.sqlite3").write_bytes(template.read_bytes())
        self.settings = {
            "PORT": str(port),
            "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3",
            "SECRET_KEY": "k" * 32,
            "SMS_BACKENDS": "tests.storms.file_provider:FileBackend",
            "SMS_ALLOWED_REGIONS": "US",
            "SMS_TIMEOUT_SECONDS": "1",
            "TEXTS_FOLDER": str(folder),
        }
        self.app = create_app(folder, self.settings)
        self.sessions: list[Session] = []

    def start(self) -> Session:
        environment = os.environ | self.settings | {"PYTHONPATH": str(ROOT)}
        session = Session(COMMAND, cwd=self.folder, environment=environment)
        self.sessions.append(session)
        wait_until(lambda: self.is_ready(session), 60)
        return session

    def is_ready(self, session: Session) -> bool:
        assert session.process.poll() is None, session.output
        try:
            return Browser(self.url).open("/readyz")[1] == "ok\n"
        except OSError:
            return False

    def add_accounts(self) -> list[str]:
        password_hash, long_ago = passwords.make_hash(GOOD_PASSWORD), clock.now() - timedelta(days=30)
        emails = [*(f"customer{n}@example.com" for n in range(WAITING)), *(f"{name}@example.com" for name in DEAD)]
        with self.app.app_context(), begin_write() as session:
            for n, email in enumerate(emails):
                account = Account(
                    email=email.replace(" ", "."), name="x", account_type="personal", password_hash=password_hash,
                    epoch=0, made_at=long_ago,
                )  # fmt: skip
                account.phones.append(Phone(slot="primary", number=f"+1201555{n:04d}", proven_at=long_ago))
                session.add(account)
        return [email.replace(" ", ".") for email in emails]

    def let_codes_die(self) -> None:
        changes: dict[str, dict[str, Any]] = {
            "expired": {"expires_at": clock.now()},
            "tried.too.often": {"attempts": 5},
            "used": {"used_at": clock.now()},
        }
        with self.app.app_context():
            for name, values in changes.items():
                with begin_write() as session:
                    mine = select(Account.id).where(Account.email == f"{name}@example.com").scalar_subquery()
                    session.execute(update(Challenge).where(Challenge.account_id == mine).values(**values))
            staff.disable("disabled@example.com", "asked", Actor("staff:test"))

    def codes(self) -> dict[str, list[str]]:
        """What each phone got, as codes."""
        lines = (self.folder / "texts").read_text().splitlines() if (self.folder / "texts").exists() else []
        found: dict[str, list[str]] = defaultdict(list)
        for text in map(json.loads, lines):
            if match := re.search(r"#(\d{6})\Z", text["text"]):
                found[text["to"]].append(match[1])
        return found

    def unsettled(self) -> int:
        with self.app.app_context(), begin_read() as session:
            return len(session.scalars(select(TextMessage.id).where(TextMessage.settled_at.is_(None))).all())


@pytest.fixture
def shop(tmp_path: Path, sqlite_template: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path, sqlite_template)
    yield shop
    for session in shop.sessions:
        session.end()
    with shop.app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("victim", ["everything", "the worker"])
def test_texts_outlive_the_server(shop: Shop, victim: str) -> None:
    hang = shop.folder / "hang"
    hang.touch()
    first = shop.start()
    browsers = {}
    for email in shop.add_accounts():
        browsers[email] = Browser(shop.url)
        assert browsers[email].open("/auth/login", email=email, password=GOOD_PASSWORD)[0] == "/auth/verify"
    wait_until(lambda: len(shop.codes()) == SENDERS)
    assert shop.unsettled() == WAITING + len(DEAD)

    shop.let_codes_die()
    if victim == "everything":
        first.end()
        wait_until(lambda: first.members() == {})
        hang.unlink()
        shop.start()
    else:
        for pid in first.children():
            os.kill(pid, signal.SIGKILL)
        hang.unlink()
    wait_until(lambda: shop.unsettled() == 0, 60)

    codes = shop.codes()
    assert set(codes) == {f"+1201555{n:04d}" for n in range(WAITING)}
    for number, sent in codes.items():
        assert len(set(sent)) == 1, f"{number}: a text that is sent again carries the same code"
    assert sum(len(sent) for sent in codes.values()) <= WAITING + SENDERS, "only those in flight are sent twice"
    last = f"+1201555{WAITING - 1:04d}"
    browser = browsers[f"customer{WAITING - 1}@example.com"]
    assert browser.open("/auth/verify", code=codes[last][0])[0] == "/resources/"
