"""The one place where the time is read. Tests move it by replacing `now`."""

from datetime import UTC, datetime, timedelta


def now() -> datetime:
    return datetime.now(UTC)


def in_words(moment: datetime) -> str:
    """When something becomes possible, never too early: "09:15 UTC", with the day when that is not today."""
    moment += timedelta(seconds=-moment.timestamp() % 60)
    return f"{moment:%H:%M} UTC" if moment.date() == now().date() else f"{moment:%H:%M} UTC on {moment.day} {moment:%B}"
