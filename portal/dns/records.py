"""What a record set is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RecordSet:
    """All records of one name and type, in canonical form."""

    name: str
    """Relative to the zone, lower case; "@" for the zone's own name."""
    type: str
    ttl: int
    """Seconds."""
    values: tuple[str, ...]
    """Sorted, in the presentation format (RFC 1035, 5.1); names in them are absolute."""


@dataclass(frozen=True)
class ZoneContent:
    """What a name server has, without the SOA."""

    serial: int
    record_sets: tuple[RecordSet, ...]
