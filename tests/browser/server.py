"""A real portal as its own processes, for the tests in a browser and for the pictures of the README."""

import json
import os
import re
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.serving.processes import Session, free_port, wait_until

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
END_SECONDS = 10


@dataclass(frozen=True)
class Portal:
    """A running portal, with the demo shop in it."""

    url: str
    texts: Path
    """What its customers' phones received, one line of JSON each."""
    demo: dict[str, str]
    """Email and password of each demo customer."""

    def phone(self, number: str) -> "Phone":
        return Phone(self.texts, number)


class Phone:
    """A phone that receives the portal's texts, and the network that carries them to it."""

    def __init__(self, texts: Path, number: str) -> None:
        self.number = number
        self._texts = texts
        self._orders = texts.with_name(number)
        self._read = 0

    @property
    def ending(self) -> str:
        return self.number[-2:]

    @property
    def national(self) -> str:
        """The number as its owner types it."""
        digits = self.number.removeprefix("+1")
        return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"

    def next_text(self) -> str:
        """The next text that brings a code, as soon as it is here."""
        wait_until(lambda: len(self._bodies()) > self._read)
        self._read += 1
        return self._bodies()[self._read - 1]

    def next_code(self) -> str:
        return code_in(self.next_text())

    def forget(self) -> None:
        """The next text is one that comes from now on."""
        self._read = len(self._bodies())

    def hold_texts(self) -> None:
        """From now on the network takes its time (`provider.py`)."""
        self._order("hold")

    def refuse_texts(self) -> None:
        """From now on the network says that no text can reach this number."""
        self._order("refuse")

    def let_texts_through(self) -> None:
        self._orders.unlink(missing_ok=True)

    def _order(self, word: str) -> None:
        draft = self._orders.with_suffix(".draft")
        draft.write_text(word)
        draft.replace(self._orders)  # In one step: half an order would be none.

    def _bodies(self) -> list[str]:
        lines = self._texts.read_text().splitlines() if self._texts.exists() else []
        return [text["body"] for text in map(json.loads, lines) if text["to"] == self.number and code_in(text["body"])]


def code_in(text: str) -> str:
    """The code that a text brings, where browsers look for it; empty for any other text."""
    match = re.search(r"#(\d{6})\Z", text)
    return match[1] if match else ""


@contextmanager
def serve(folder: Path, **settings: str) -> Iterator[Portal]:
    """Run `portal serve` with a database and texts in `folder`; nothing of it is left afterwards."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PUBLIC_URL": url,
        "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3",
        "SECRET_KEY": "only for a portal that lives for a minute",
        "SMS_CONSOLE_FILE": str(folder / "texts"),
        **settings,
    }
    portal_serve = [sys.executable, "-c", "from portal.cli import main; main()", "serve", "--set-up", "--workers", "1"]
    # A test run that is killed takes the server with it.
    command = ["setpriv", "--pdeathsig", "TERM", "--", *portal_serve]
    session = Session(command, cwd=folder, environment=environment)
    try:
        wait_until(lambda: _is_ready(session, url), START_SECONDS)
        demo = dict(re.findall(r"^  (\S+@demo\.example)  (\S+)$", session.output, re.MULTILINE))
        yield Portal(url, folder / "texts", demo)
        session.send(signal.SIGTERM)
        session.ended(END_SECONDS)
    finally:
        session.end()


def _is_ready(session: Session, url: str) -> bool:
    assert session.process.poll() is None, session.output
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError):
        return False
