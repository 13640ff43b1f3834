"""`portal sms dispatch` as its operator sees it: the real command, its texts, and what Prometheus reads of it."""

import os
import re
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from portal import clock, create_app
from portal.database import begin_write
from portal.delivery import outbox
from portal.extensions import db
from portal.models import Account, TextMessage
from portal.serving import ROOT
from portal.texts import Notice
from tests.conftest import SETTINGS
from tests.person import PHONE
from tests.serving.processes import Session, free_port, wait_until

COMMAND = [sys.executable, "-c", "from portal.cli import main; main()", "sms", "dispatch"]


class Sender:
    """A command that sends, and the outbox that it looks into."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.port = free_port()
        self._folder = folder
        self._settings = SETTINGS | {
            "SMS_BACKENDS": "console", "SMS_CONSOLE_FILE": str(folder / "texts"), "DATABASE_URL": database_url,
        }  # fmt: skip
        self.app = create_app(folder, self._settings)
        self.sessions: list[Session] = []

    def start(self, **settings: str) -> Session:
        environment = os.environ | self._settings | settings | {"PYTHONPATH": str(ROOT)}
        command = [*COMMAND, "--metrics-port", str(self.port)]
        self.sessions.append(Session(command, cwd=self._folder, environment=environment))
        return self.sessions[-1]

    def queue(self, wait: timedelta = timedelta()) -> None:
        """A text that is due after this time."""
        now = clock.now()
        with self.app.app_context(), begin_write() as session:
            account = session.scalar(select(Account)) or Account(
                email="alice@example.com",
                name="Alice",
                account_type="personal",
                password_hash="-",
                epoch=0,
                made_at=now,
            )
            session.add(account)
            session.flush()
            outbox.queue_notices(session, now, account, Notice.PHONE_ADDED, [PHONE])
            for text in session.new:
                if isinstance(text, TextMessage):
                    text.due_at = now + wait

    def ask(self, path: str = "/metrics", **headers: str) -> tuple[int, str]:
        """The status and the page; 0 when nobody answers."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            assert self.sessions[-1].process.poll() is None, self.sessions[-1].output
            return 0, ""

    def number(self, name: str) -> float:
        """What the page says under a name with its labels; 0 when it says nothing of it."""
        found = re.search(rf"^{re.escape(name)} (\S+)$", self.ask()[1], re.MULTILINE)
        return float(found[1]) if found else 0.0


@pytest.fixture
def sender(tmp_path: Path, database_url: str) -> Iterator[Sender]:
    sender = Sender(tmp_path, database_url)
    yield sender
    for session in sender.sessions:
        session.end()
    with sender.app.app_context():
        db.engine.dispose()


def test_it_shows_what_it_sent_how_fast_and_what_waits_and_no_other_page(sender: Sender) -> None:
    sender.queue()
    sender.queue()
    sender.queue(timedelta(hours=1))
    session = sender.start()
    wait_until(lambda: sender.number('portal_texts_total{outcome="accepted",provider="console"}') == 2)
    assert sender.number("portal_text_seconds_count") == 2
    assert sender.number('portal_text_seconds_bucket{le="+Inf"}') == 2
    assert sender.number("portal_texts_waiting") == 1
    for other in ("/", "/auth/login", "/healthz", "/metrics/", "/static/portal.css"):
        assert sender.ask(other)[0] == 404
    session.send(signal.SIGTERM)
    assert session.ended() == 0


def test_who_may_not_read_it_finds_no_such_page_whatever_they_say_of_themselves(sender: Sender) -> None:
    sender.start(METRICS_ALLOWED="10.0.0.0/8", TRUSTED_PROXIES="1")
    wait_until(lambda: sender.ask()[0] == 404)
    assert sender.ask(**{"X-Forwarded-For": "10.1.2.3"})[0] == 404


def test_a_port_in_use_is_said_in_one_sentence_before_anything_is_sent(sender: Sender) -> None:
    first = sender.start()
    wait_until(lambda: sender.ask()[0] == 200)
    second = sender.start()
    assert second.ended(20) == 1
    assert second.output == (
        f"Port {sender.port} on 127.0.0.1 is in use: stop the program that has it, or set --metrics-port to another.\n"
    )
    assert first.process.poll() is None
