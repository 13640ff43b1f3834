"""The one place where the time is read. Tests move it by replacing `now`."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
