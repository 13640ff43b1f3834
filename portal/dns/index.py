"""A zone's record sets, found by what rules ask for. Every look-up takes the same time however large the zone is."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from portal.dns import names
from portal.dns.records import APEX, RecordSet

ADDRESSES = frozenset({"A", "AAAA"})
POINTING = frozenset({"MX", "NS", "SRV"})
"""Types with targets that must have addresses of their own (RFC 2181, 10.3; RFC 2782)."""
TARGETS = POINTING | {"CNAME"}
AT_A_CUT = frozenset({"NS", "DS", "RRSIG", "NSEC"})
"""What a zone itself has at a name that it hands over to other servers (RFC 4035, 2.4 and 2.6)."""


class Index:
    def __init__(self, zone: str, record_sets: Iterable[RecordSet]) -> None:
        self.zone = zone
        self.at: dict[str, dict[str, RecordSet]] = {}
        """By name, then by type."""
        for record_set in record_sets:
            self.at.setdefault(record_set.name, {})[record_set.type] = record_set

    def __iter__(self) -> Iterator[RecordSet]:
        for types in self.at.values():
            yield from types.values()

    def get(self, name: str, type_: str) -> RecordSet | None:
        return self.types(name).get(type_)

    def types(self, name: str) -> dict[str, RecordSet]:
        return self.at.get(name, {})

    def targets(self, record_set: RecordSet) -> Iterator[str]:
        """The relative names of its targets in this zone."""
        for value in record_set.values:
            target = value.rpartition(" ")[2].removesuffix(".")
            if names.is_in(target, self.zone):
                yield names.relative(f"{target}.", self.zone)

    @cached_property
    def pointing_to(self) -> dict[str, list[RecordSet]]:
        """MX, NS and SRV by the names whose records answer for their targets."""
        found: dict[str, list[RecordSet]] = defaultdict(list)
        for record_set in self:
            if record_set.type in POINTING:
                for target in self.targets(record_set):
                    found[self.answering(target)].append(record_set)
        return found

    @cached_property
    def hidden_by(self) -> dict[str, list[RecordSet]]:
        """What nobody gets to see, by the cut that hides it."""
        found: dict[str, list[RecordSet]] = defaultdict(list)
        for record_set in self:
            cut = self.cut_over(record_set)
            if cut is not None:
                found[cut].append(record_set)
        return found

    def cut(self, name: str) -> str | None:
        """The uppermost name, from this one up, that is handed over to other servers."""
        return next((above for above in reversed(list(_upwards(name))) if "NS" in self.types(above)), None)

    def cut_over(self, record_set: RecordSet) -> str | None:
        """The cut that hides it. Addresses of name servers are seen: they are glue."""
        cut = self.cut(record_set.name)
        if cut is None or (cut == record_set.name and record_set.type in AT_A_CUT):
            return None
        return None if self._is_glue(record_set) else cut

    def dname_over(self, name: str) -> str | None:
        """The name above, at which a DNAME sends all that is below elsewhere (RFC 6672, 2.4)."""
        above = [*list(_upwards(name))[1:], APEX] if name != APEX else []
        return next((owner for owner in above if "DNAME" in self.types(owner)), None)

    def answering(self, name: str) -> str:
        """The name whose records answer for it: itself, or a wildcard (RFC 4592, 3.3.1)."""
        encloser = next((above for above in _upwards(name) if self._exists(above)), APEX)
        if encloser == name:
            return name
        wildcard = "*" if encloser == APEX else f"*.{encloser}"
        return wildcard if wildcard in self.at else name

    def has_address(self, name: str) -> bool:
        return bool(ADDRESSES & self.types(self.answering(name)).keys())

    def is_cname(self, name: str) -> bool:
        return "CNAME" in self.types(self.answering(name))

    def _exists(self, name: str) -> bool:
        """Whether it has records, or is in between (RFC 4592, 2.2.2)."""
        start = f"{name[::-1]}."
        place = bisect_left(self._backwards, start)
        return place < len(self._backwards) and self._backwards[place].startswith(start)

    @cached_property
    def _backwards(self) -> list[str]:
        """Those with records: each stands beside those below it.

        A set of all that are in between would be a hundred times as large where names have a hundred parts.
        """
        return sorted(f"{name[::-1]}." for name in self.at)

    def _is_glue(self, record_set: RecordSet) -> bool:
        return record_set.type in ADDRESSES and record_set.name in self._name_servers

    @cached_property
    def _name_servers(self) -> set[str]:
        return {target for one in self if one.type == "NS" for target in self.targets(one)}


def _upwards(name: str) -> Iterator[str]:
    """The name and those above it, without the zone's own."""
    while name and name != APEX:
        yield name
        name = name.partition(".")[2]
