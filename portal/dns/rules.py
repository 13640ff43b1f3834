"""What can't stand together in a zone, as sentences that say what to do.

Rules are asked about the record sets that were touched alone: what is wrong elsewhere in a zone holds up nobody. Where
two don't go together, each of them is asked, so that it is told whichever came last.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from portal.dns import names, ttl, values
from portal.dns.index import ADDRESSES, POINTING, TARGETS, Index
from portal.dns.records import APEX, TYPES, Key, RecordError, RecordSet, order

_BESIDE_A_CNAME = {"CNAME", "RRSIG", "NSEC", "KEY"}
"""RFC 2181, 10.1; RFC 4034, 2.3 and 4.7."""
_MOST_HOPS = 8
"""CNAMEs one after the other. Resolvers give up after 8 to 16."""
_MOST_NAMED = 3


class Broken(NamedTuple):
    """A rule that is."""

    field: str
    """Of `typed.Typed`."""
    sentence: str
    stops: bool = True


@dataclass(frozen=True)
class Conflict:
    name: str
    type: str
    field: str
    """Of `typed.Typed`."""
    sentence: str
    stops: bool
    """Or else it is a hint."""


def check(zone: str, record_sets: Iterable[RecordSet], touched: Iterable[Key] | None = None) -> list[Conflict]:
    """What is wrong with the touched ones, by default with all, in a zone that has become `record_sets`.

    One that was touched and is not there any more was deleted.
    """
    index = Index(zone, record_sets)
    keys = set(touched) if touched is not None else {*(one.key for one in index), (APEX, "NS")}
    found = []
    for name, type_ in sorted(keys, key=order):
        record_set = index.get(name, type_)
        broken = _deleted(index, name, type_) if record_set is None else _kept(index, record_set)
        found += [Conflict(name, type_, *one) for one in broken]
    return found


def _kept(index: Index, record_set: RecordSet) -> Iterator[Broken]:
    yield from _by_itself(index, record_set)
    yield from _cname(index, record_set) if record_set.type == "CNAME" else _beside_a_cname(index, record_set)
    if record_set.type == "NS":
        yield from _name_servers(index, record_set)
    if record_set.type in POINTING:
        yield from _targets(index, record_set)
    if record_set.type in TARGETS:
        yield from _perhaps_meant_relative(index, record_set)
    yield from _unseen(index, record_set)


def _by_itself(index: Index, record_set: RecordSet) -> Iterator[Broken]:
    try:
        names.relative(names.absolute(record_set.name, f"{index.zone}."), index.zone)
    except RecordError as error:
        yield Broken("name", str(error))
    try:
        ttl.check(record_set.ttl)
    except RecordError as error:
        yield Broken("ttl", str(error))
    try:
        if record_set.type in TYPES:
            values.check_together(record_set.type, record_set.values, names.full(record_set.name, index.zone))
    except RecordError as error:
        yield Broken("values", str(error))
    if len(set(record_set.values)) != len(record_set.values):
        yield Broken("values", "A value stands here twice. Delete one of them.")


def _cname(index: Index, cname: RecordSet) -> Iterator[Broken]:
    name = _spoken(index, cname.name)
    if cname.name == APEX:
        yield Broken(
            "name",
            f"{name} itself can't be a CNAME, since it has the name servers of the zone. "
            "Use A and AAAA records here, or a CNAME at www.",
        )
        return
    others = sorted(index.types(cname.name).keys() - _BESIDE_A_CNAME)
    if others:
        yield Broken(
            "name",
            f"{name} has {_listed(others)} records, and a CNAME must be alone at its name. "
            "Delete them first, or use A and AAAA records instead of the CNAME.",
        )
    pointing = index.pointing_to.get(cname.name, [])
    if pointing:
        yield Broken(
            "name",
            f"{_told(index, pointing)} must point to a name that has A or AAAA records, and points here. "
            "Change that first, or use A and AAAA records here.",
        )
    yield from _chain(index, cname)


def _chain(index: Index, cname: RecordSet) -> Iterator[Broken]:
    name, found = "", index.get(*cname.key)
    for _ in range(_MOST_HOPS):
        if found is None:
            return
        name = next(index.targets(found), "")
        if name == cname.name:
            yield Broken("values", f"{_spoken(index, name)} would point back to itself. Choose another target.")
            return
        found = index.get(name, "CNAME")
    if found:
        yield Broken(
            "values", f"The target is a CNAME of a CNAME, {_MOST_HOPS} times and more. Point to the last name directly."
        )


def _beside_a_cname(index: Index, record_set: RecordSet) -> Iterator[Broken]:
    if index.get(record_set.name, "CNAME") and record_set.type not in _BESIDE_A_CNAME:
        yield Broken(
            "name",
            f"{_spoken(index, record_set.name)} is a CNAME, which must be alone at its name. "
            "Delete the CNAME first, or choose another name.",
        )


def _targets(index: Index, record_set: RecordSet) -> Iterator[Broken]:
    for target in index.targets(record_set):
        if index.is_cname(target):
            yield Broken(
                "values",
                f"{_spoken(index, target)} is a CNAME, and an {record_set.type} record must point to a name that has A "
                "or AAAA records itself. Type the name that the CNAME stands for.",
            )


def _perhaps_meant_relative(index: Index, record_set: RecordSet) -> Iterator[Broken]:
    for value in record_set.values:
        target = value.rpartition(" ")[2].removesuffix(".")
        if index.types(target):
            yield Broken(
                "values",
                f"This points to {names.spoken(target)} on the Internet. "
                f"If you mean {_spoken(index, target)}, type it in full.",
                stops=False,
            )


def _name_servers(index: Index, record_set: RecordSet) -> Iterator[Broken]:
    name = record_set.name
    if name.startswith("*"):
        yield Broken("name", "A * can't be handed over to other name servers. Add NS records at each name instead.")
        return
    for target in index.targets(record_set) if index.cut(name) in {None, name} else ():
        found = index.has_address(target) or index.is_cname(target)  # A CNAME is told with the targets.
        if not found and index.cut(target) in {None, name}:
            yield Broken(
                "values",
                f"{_spoken(index, target)} has no address in this zone, so nobody could find this name server. "
                "Add an A or AAAA record for it first.",
            )
    hidden = index.hidden_by.get(name)
    if hidden:
        yield Broken(
            "name",
            f"These NS records hand {_spoken(index, name)} and all names below it over to other name servers, so what "
            f"stands here at {_told(index, hidden)} would not be found any more. Delete it first, and add it on those "
            "servers. Only the addresses of these name servers may stay.",
        )


def _unseen(index: Index, record_set: RecordSet) -> Iterator[Broken]:
    cut = index.cut_over(record_set)
    if cut is not None:
        yield Broken(
            "name",
            f"{_spoken(index, cut)} has NS records, which hand it and all names below it over to other name servers, "
            "so what stands here is not found. Add it on those servers, or delete the NS records first. "
            "Only A and AAAA records of those name servers belong here.",
        )
    dname = index.dname_over(record_set.name)
    if dname is not None:
        yield Broken(
            "name",
            f"{_spoken(index, dname)} has a DNAME, which sends all names below it elsewhere, so what stands here is "
            "not found. Choose another name, or ask support to delete the DNAME.",
        )


def _deleted(index: Index, name: str, type_: str) -> Iterator[Broken]:
    if (name, type_) == (APEX, "NS"):
        yield Broken(
            "values", f"{index.zone} must keep its name servers, or nothing in it is found. Leave at least one of them."
        )
    needing = [one for one in index.pointing_to.get(name, []) if one.type == "NS"]
    if type_ in ADDRESSES and needing and not index.has_address(name):
        yield Broken(
            "values",
            f"{_spoken(index, name)} is a name server in {_told(index, needing)}, so it must have an address. "
            "Take it out there first.",
        )


def _spoken(index: Index, name: str) -> str:
    return names.spoken(names.full(name, index.zone))


def _told(index: Index, record_sets: Iterable[RecordSet]) -> str:
    """The first of them: "example.com MX and shop.example.com MX"."""
    told = [f"{_spoken(index, name)} {type_}" for name, type_ in dict.fromkeys(one.key for one in record_sets)]
    more = len(told) - _MOST_NAMED
    return _listed(told if more <= 0 else [*told[:_MOST_NAMED], f"{more} more"])


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
