"""What is different between two states of a zone, as a list that can be kept, carried out, taken back and told."""

from collections.abc import Iterable, Sequence
from typing import TypedDict

from portal.dns import names, ttl
from portal.dns.records import APEX, Key, RecordSet, in_order, order
from portal.dns.typed import shown_value

_LIGHT = frozenset({"TXT"})
"""At the zone's own name: whoever changes one of any other type takes the site or the mail. Those that customers don't
edit, such as ALIAS, come back by undoing what was changed on the name server."""
_LONGEST_VALUE = 60
_MOST_VALUES = 3


class State(TypedDict):
    ttl: int
    values: list[str]


class Change(TypedDict):
    """Of one record set, as JSON keeps it. None is: there is none."""

    name: str
    type: str
    before: State | None
    after: State | None


class OutdatedError(Exception):
    """A record set is not what a change says it was."""

    def __init__(self, name: str, type_: str) -> None:
        super().__init__(f"{name} {type_} is not what it was when this change was made.")
        self.name = name
        self.type = type_


def between(before: Iterable[RecordSet], after: Iterable[RecordSet]) -> list[Change]:
    old, new = _by_key(before), _by_key(after)
    touched = sorted((key for key in old.keys() | new.keys() if old.get(key) != new.get(key)), key=order)
    return [
        {"name": key[0], "type": key[1], "before": _state(old.get(key)), "after": _state(new.get(key))}
        for key in touched
    ]


def apply(record_sets: Iterable[RecordSet], changes: Iterable[Change]) -> tuple[RecordSet, ...]:
    """All of them, or none. Raises OutdatedError."""
    found = _by_key(record_sets)
    for change in changes:
        key = (change["name"], change["type"])
        if _state(found.pop(key, None)) != change["before"]:
            raise OutdatedError(*key)
        if change["after"]:
            found[key] = RecordSet(*key, change["after"]["ttl"], tuple(change["after"]["values"]))
    return in_order(found.values())


def reverse(changes: Sequence[Change]) -> list[Change]:
    """What takes them back."""
    return [
        {"name": change["name"], "type": change["type"], "before": change["after"], "after": change["before"]}
        for change in reversed(changes)
    ]


def touches_apex(changes: Iterable[Change]) -> bool:
    """Whether they touch what the whole site and its mail hang on."""
    return any(change["name"] == APEX and change["type"] not in _LIGHT for change in changes)


def describe(change: Change, zone: str) -> str:
    """A line for people: "www A: 203.0.113.1 -> 203.0.113.2, TTL 1 hour"."""
    name = zone if change["name"] == APEX else change["name"]
    return f"{names.spoken(name)} {change['type']}: {', '.join(_parts(change))}"


def _parts(change: Change) -> list[str]:
    before, after = change["before"], change["after"]
    if after is None:
        return ["deleted", *_told(change["type"], before["values"] if before else [])]
    if before is None:
        return ["new", *_told(change["type"], after["values"]), f"TTL {ttl.spoken(after['ttl'])}"]
    parts = []
    if before["values"] != after["values"]:
        parts.append(_told_values(change["type"], before["values"], after["values"]))
    spoken = list(dict.fromkeys(ttl.spoken(state["ttl"]) for state in (before, after)))
    return [*parts, f"TTL {' -> '.join(spoken)}"]


def _told_values(type_: str, before: list[str], after: list[str]) -> str:
    """Both in full while they are few; otherwise what came and what went."""
    if max(len(before), len(after)) <= _MOST_VALUES:
        return " -> ".join(", ".join(_told(type_, values)) for values in (before, after))
    gone = [f"without {told}" for told in _told(type_, [value for value in before if value not in after])]
    come = [f"with {told}" for told in _told(type_, [value for value in after if value not in before])]
    return ", ".join([*gone, *come])


def _told(type_: str, values: list[str]) -> list[str]:
    shown = [shown_value(type_, value) for value in values]
    told = [value if len(value) <= _LONGEST_VALUE else f"{value[: _LONGEST_VALUE - 1]}…" for value in shown]
    more = len(told) - _MOST_VALUES
    return told if more <= 0 else [*told[:_MOST_VALUES], f"and {more} more"]


def _by_key(record_sets: Iterable[RecordSet]) -> dict[Key, RecordSet]:
    return {record_set.key: record_set for record_set in record_sets}


def _state(record_set: RecordSet | None) -> State | None:
    return {"ttl": record_set.ttl, "values": list(record_set.values)} if record_set else None
