"""A shop that runs on two web hosts and one that only sends, on one PostgreSQL database."""

import http.client
import json
import os
import re
import sys
import urllib.parse
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from portal import clock, create_app, passwords
from portal.database import Base, begin_read, begin_write
from portal.extensions import db
from portal.models import Account, Phone
from tests.person import GOOD_PASSWORD
from tests.serving.processes import Session, free_port, wait_until

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
PATIENCE = 60.0
LONG_AGO = timedelta(days=30)


@dataclass(frozen=True)
class Customer:
    id: int
    email: str
    number: str


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    page: str


@dataclass
class Host:
    """One machine that serves the portal."""

    port: int
    session: Session

    def is_ready(self) -> bool:
        assert self.session.process.poll() is None, self.session.output
        try:
            return Browser().get(self, "/readyz").status == 200
        except OSError:
            return False


@dataclass
class Browser:
    """A browser that a load balancer sends now to this host, now to that."""

    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def copy(self) -> "Browser":
        return Browser(dict(self.cookies), self.token)

    def get(self, host: Host, path: str) -> Answer:
        answer = self._ask(host, "GET", path, None)
        if match := re.search(r'name="csrf_token"[^>]* value="([^"]+)"', answer.page):
            self.token = match[1]
        return answer

    def post(self, host: Host, path: str, **fields: str) -> Answer:
        """Send a form with the token of the page that was opened last."""
        return self._ask(host, "POST", path, urllib.parse.urlencode({**fields, "csrf_token": self.token}))

    def sign_in(self, host: Host, customer: Customer, password: str = GOOD_PASSWORD) -> Answer:
        """The password step."""
        self.get(host, "/auth/login")
        answer = self.post(host, "/auth/login", email=customer.email, password=password)
        if answer.status == 303:
            self.get(host, "/auth/verify")
        return answer

    def _ask(self, host: Host, method: str, path: str, body: str | None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            page = response.read().decode()
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return Answer(response.status, response.headers.get("Location", ""), page)


class Shop:
    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self._settings = {
            "DATABASE_URL": database_url,
            "SECRET_KEY": "k" * 32,
            "SMS_BACKENDS": "tests.hosts.provider:SharedBackend",
            "SMS_ALLOWED_REGIONS": "US",
            "SMS_TIMEOUT_SECONDS": "10",
            "TEXTS_FOLDER": str(folder),
        }
        self.app = create_app(folder, self._settings)
        self.sessions: list[Session] = []
        self._customers = 0

    def start(self) -> tuple[Host, Host, Session]:
        """Two web hosts, ready, and the sender."""
        hosts = [self._start_host(name) for name in ("a", "b")]
        sender = self._run("sender", "sms", "dispatch")
        wait_until(lambda: "Sending texts." in sender.output, START_SECONDS)
        for host in hosts:
            wait_until(host.is_ready, START_SECONDS)
        return hosts[0], hosts[1], sender

    def customer(self) -> Customer:
        """A new one, with a phone."""
        self._customers += 1
        email, number = f"customer{self._customers}@example.com", f"+1201555{self._customers:04d}"
        made_at = clock.now() - LONG_AGO
        with self.app.app_context(), begin_write() as session:
            account = Account(
                email=email, name="x", account_type="personal", password_hash=_hash(), epoch=0, made_at=made_at
            )
            account.phones.append(Phone(slot="primary", number=number, proven_at=made_at))
            session.add(account)
            session.flush()
            return Customer(account.id, email, number)

    def count(self, model: type[Base], *where: Any) -> int:
        with self.app.app_context(), begin_read() as session:
            return session.scalar(select(func.count()).select_from(model).where(*where)) or 0

    def texts(self) -> list[dict[str, Any]]:
        """What the provider was handed, in order."""
        path = self.folder / "texts"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def codes(self) -> dict[str, list[str]]:
        """What each phone got, as codes."""
        found: dict[str, list[str]] = defaultdict(list)
        for text in self.texts():
            if match := re.search(r"#(\d{6})\Z", text["text"]):
                found[text["to"]].append(match[1])
        return found

    def code(self, customer: Customer) -> str:
        """The code in the customer's newest text, as soon as one is there."""
        wait_until(lambda: customer.number in self.codes())
        return self.codes()[customer.number][-1]

    def _start_host(self, name: str) -> Host:
        port = free_port()
        return Host(port, self._run(name, "serve", "--workers", "1", PORT=str(port)))

    def _run(self, name: str, *arguments: str, **settings: str) -> Session:
        folder = self.folder / name
        folder.mkdir()
        environment = os.environ | self._settings | settings | {"PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", "from portal.cli import main; main()", *arguments]
        session = Session(command, cwd=folder, environment=environment)
        self.sessions.append(session)
        return session


@contextmanager
def open_shop(folder: Path, database_url: str) -> Iterator[Shop]:
    """Nothing of it is left afterwards."""
    shop = Shop(folder, database_url)
    try:
        yield shop
    finally:
        for session in shop.sessions:
            session.end()
        with shop.app.app_context():
            db.engine.dispose()


_made: list[str] = []


def _hash() -> str:
    """Made once: a hash takes time."""
    if not _made:
        _made.append(passwords.make_hash(GOOD_PASSWORD))
    return _made[0]
