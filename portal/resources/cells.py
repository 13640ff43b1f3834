"""What stands in one cell of a table of things, and the words for their states."""

import datetime as dt
from dataclasses import dataclass
from datetime import date, timedelta

EXPIRES_SOON = timedelta(days=30)
_TONES = {"running": "good", "on": "good", "rebooting": "warn"}


@dataclass(frozen=True)
class Cell:
    text: str
    tone: str | None = None
    """Of a badge: good, warn, bad or plain."""
    sub: str | None = None
    """A second, smaller line."""
    code: bool = False
    date: dt.date | None = None


def state(of_server: str) -> Cell:
    return Cell(of_server.capitalize(), _TONES.get(of_server, "plain"))


def expiry(expires_on: date, today: date) -> Cell:
    left = (expires_on - today).days
    if left < 0:
        return Cell("Expired", "bad")
    if left <= EXPIRES_SOON.days:
        return Cell("Expires today" if left == 0 else f"Expires in {left} day{'s' * (left != 1)}", "bad")
    return Cell("Active", "good")


def lock(*, locked: bool) -> Cell:
    return Cell("Locked", "good") if locked else Cell("Unlocked", "warn")


def update(new_version: str | None) -> Cell:
    return Cell(f"{new_version} is out", "warn") if new_version else Cell("Up to date", "good")
