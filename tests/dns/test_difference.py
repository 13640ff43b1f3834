"""Differences between two states of a zone."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.dns import difference
from portal.dns.difference import Change, OutdatedError, between, describe
from portal.dns.records import TYPES, RecordSet, in_order
from tests.dns.forms import ZONE, examples, typed

BEFORE = [typed("A", "203.0.113.1"), typed("MX", "10 mail", "@"), typed("TXT", "stays", "@")]
AFTER = [typed("A", "203.0.113.2"), typed("TXT", "stays", "@"), typed("AAAA", "2001:db8::1")]
CHANGES: list[Change] = [
    {"name": "@", "type": "MX", "before": {"ttl": 3600, "values": ["10 mail.example.com."]}, "after": None},
    {
        "name": "www",
        "type": "A",
        "before": {"ttl": 3600, "values": ["203.0.113.1"]},
        "after": {"ttl": 3600, "values": ["203.0.113.2"]},
    },
    {"name": "www", "type": "AAAA", "before": None, "after": {"ttl": 3600, "values": ["2001:db8::1"]}},
]


def test_a_difference_is_what_was_added_changed_and_deleted_the_zone_itself_first() -> None:
    assert between(BEFORE, AFTER) == CHANGES
    assert between(BEFORE, reversed(BEFORE)) == []


def test_a_difference_carried_out_makes_the_one_state_of_the_other() -> None:
    assert difference.apply(BEFORE, CHANGES) == in_order(AFTER)


def test_a_difference_taken_back_makes_the_state_that_was() -> None:
    assert difference.apply(AFTER, difference.reverse(CHANGES)) == in_order(BEFORE)


@pytest.mark.parametrize(
    "zone",
    [
        [],
        [typed("A", "203.0.113.9"), *BEFORE[1:]],
        [typed("A", "203.0.113.1", ttl="60"), *BEFORE[1:]],
        [*BEFORE, typed("AAAA", "2001:db8::9")],
        AFTER,
    ],
)
def test_a_difference_is_not_carried_out_on_another_state(zone: list[RecordSet]) -> None:
    with pytest.raises(OutdatedError) as caught:
        difference.apply(zone, CHANGES)
    assert (caught.value.name, caught.value.type) in {("www", "A"), ("www", "AAAA"), ("@", "MX")}


record_sets = st.builds(
    lambda name, type_, ttl, values: RecordSet(name, type_, ttl, tuple(sorted(values))),
    st.sampled_from(["@", "www", "*"]),
    st.sampled_from(TYPES),
    st.sampled_from([60, 3600]),
    st.sets(st.sampled_from("abc"), min_size=1),
)
zones = st.lists(record_sets, unique_by=lambda record_set: record_set.key)


@examples(200)
@given(zones, zones)
def test_any_difference_survives_json_and_goes_both_ways(before: list[RecordSet], after: list[RecordSet]) -> None:
    changes = json.loads(json.dumps(between(before, after)))
    assert difference.apply(before, changes) == in_order(after)
    assert difference.apply(after, difference.reverse(changes)) == in_order(before)


@pytest.mark.parametrize(
    ("record_set", "touches"),
    [
        (typed("A", "203.0.113.1", "@"), True),
        (typed("AAAA", "2001:db8::1", "@"), True),
        (typed("NS", "ns1.example.net", "@"), True),
        (typed("MX", "10 mail", "@"), True),
        (typed("CAA", "0 issue letsencrypt.org", "@"), True),
        (RecordSet("@", "ALIAS", 3600, ("else.example.net.",)), True),
        (RecordSet("@", "HTTPS", 3600, ("1 else.example.net.",)), True),
        (RecordSet("@", "DNAME", 3600, ("example.net.",)), True),
        (typed("TXT", "v=spf1 -all", "@"), False),
        (typed("A", "203.0.113.1", "www"), False),
        (typed("NS", "ns1.example.net", "shop"), False),
        (typed("MX", "10 mail", "*"), False),
    ],
)
def test_what_the_site_and_its_mail_hang_on_is_told_from_the_rest(record_set: RecordSet, touches: bool) -> None:  # noqa: FBT001
    rest = between([], [typed("TXT", "x", "elsewhere")])
    assert difference.touches_apex(rest) is False
    for changes in (between([], [record_set]), between([record_set], [])):
        assert difference.touches_apex([*rest, *changes]) is touches


def told(before: RecordSet | None, after: RecordSet | None) -> str:
    [change] = between([before] if before else [], [after] if after else [])
    return describe(change, ZONE)


def test_each_change_is_told_in_a_line() -> None:
    one, two = typed("A", "203.0.113.1"), typed("A", "203.0.113.2")
    assert told(one, two) == "www A: 203.0.113.1 -> 203.0.113.2, TTL 1 hour"
    assert told(None, one) == "www A: new, 203.0.113.1, TTL 1 hour"
    assert told(one, None) == "www A: deleted, 203.0.113.1"
    assert told(one, typed("A", "203.0.113.1", ttl="300")) == "www A: TTL 1 hour -> 5 minutes"
    both = typed("A", "203.0.113.1\n203.0.113.2", ttl="90")
    assert told(one, both) == "www A: 203.0.113.1 -> 203.0.113.1, 203.0.113.2, TTL 1 hour -> 90 seconds"
    assert told(None, typed("MX", "10 mail", "@")) == "example.com MX: new, 10 mail.example.com, TTL 1 hour"
    assert told(None, typed("TXT", "v=spf1 -all", "bücher")) == (
        "bücher (xn--bcher-kva) TXT: new, v=spf1 -all, TTL 1 hour"
    )


def test_many_and_long_values_are_told_by_what_came_and_what_went() -> None:
    many = typed("A", "\n".join(f"203.0.113.{n}" for n in range(10, 20)))
    more = typed("A", "\n".join(f"203.0.113.{n}" for n in range(11, 21)))
    assert told(many, more) == "www A: without 203.0.113.10, with 203.0.113.20, TTL 1 hour"
    assert told(None, many) == "www A: new, 203.0.113.10, 203.0.113.11, 203.0.113.12, and 7 more, TTL 1 hour"
    assert told(None, typed("TXT", "x" * 100)) == f"www TXT: new, {'x' * 59}…, TTL 1 hour"
