"""An account's history as a file for a spreadsheet."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from portal.history.words import by, sentence
from portal.models import AuditEvent

COLUMNS = ("When (UTC)", "What", "By", "From", "Browser", "Proof", "Kind", "Number")
MORE = "Only the newest {count:,} are in this file. Choose dates for older ones."
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of something to carry out (OWASP, CSV injection)."""
_MARK = "\ufeff"
"""By which a spreadsheet knows that it is UTF-8."""


def as_csv(events: Sequence[AuditEvent], *, more: bool) -> bytes:
    """`more`: there are older ones, which the last line says."""
    text = io.StringIO()
    text.write(_MARK)
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([safe(cell) for cell in _cells(event)] for event in events)
    if more:
        writer.writerow(["", MORE.format(count=len(events)), *[""] * (len(COLUMNS) - 2)])
    return text.getvalue().encode()


def safe(cell: str) -> str:
    """Text to a spreadsheet, whatever it begins with; also behind spaces, which some leave out."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULAS) else cell


def _cells(event: AuditEvent) -> tuple[str, ...]:
    return (
        _written(event.at),
        sentence(event),
        by(event),
        event.address or "",
        event.browser or "",
        event.proof or "",
        event.kind or "account",
        str(event.object_id or ""),
    )


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"
