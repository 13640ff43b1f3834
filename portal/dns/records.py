"""What a record set is."""

from collections.abc import Iterable
from dataclasses import dataclass

TYPES = ("A", "AAAA", "CNAME", "MX", "TXT", "SRV", "CAA", "NS")
"""What customers edit. A name server may have others: they are shown, and left as they are."""
APEX = "@"
Key = tuple[str, str]
"""Name and type."""
MAX_VALUES = 100
"""In one record set."""


class RecordError(ValueError):
    """What is wrong with a name or a value, as a sentence for the person who typed it."""


@dataclass(frozen=True, slots=True)
class RecordSet:
    """All records of one name and type, in canonical form."""

    name: str
    """Relative to the zone, lower case; "@" for the zone's own name."""
    type: str
    ttl: int
    """Seconds."""
    values: tuple[str, ...]
    """Sorted, in the presentation format (RFC 1035, 5.1); names in them are absolute."""

    @property
    def key(self) -> Key:
        return (self.name, self.type)


@dataclass(frozen=True, slots=True)
class ZoneContent:
    """What a name server has, without the SOA."""

    serial: int
    record_sets: tuple[RecordSet, ...]


def in_order(record_sets: Iterable[RecordSet]) -> tuple[RecordSet, ...]:
    """The zone's own name first, then by name and type."""
    return tuple(sorted(record_sets, key=lambda found: order(found.key)))


def order(key: Key) -> tuple[bool, str, str]:
    return (key[0] != APEX, *key)


def quote(typed: str) -> str:
    """What was typed, short enough to stand in a sentence."""
    return f"“{typed if len(typed) <= 60 else typed[:59] + '…'}”"  # noqa: PLR2004 - a line


def refuse_invisible(typed: str) -> None:
    """Raises RecordError for control characters, for spaces that are no plain space and for what has no width."""
    for position, character in enumerate(typed):
        if not character.isprintable():
            where = f"after {quote(typed[:position][-20:])}" if typed[:position].strip() else "at the start"
            raise RecordError(f"There is an invisible character {where}. Delete it, or type the line again by hand.")
