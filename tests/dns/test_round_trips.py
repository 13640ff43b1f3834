"""What is typed comes back the same, from the form and from the zone file, and other readers of zone files agree."""

import dns.rdata
import dns.zone
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.dns import difference, presentation, zonefile
from portal.dns.records import RecordSet
from portal.dns.typed import Typed, TypedError, parse, to_typed
from tests.dns.forms import ZONE, examples, forms

SOA = ("ns1.example.com", "host.master@example.com", 7)


def parsed(typed: Typed) -> RecordSet:
    """Random values may be the same, and random names may be too long: the form says so."""
    try:
        return parse(typed, ZONE)
    except TypedError as error:
        assume(not any(word in str(error) for word in ("says the same", "is too long", "at most 63")))
        raise


def goes_round(typed: Typed) -> None:
    record_set = parsed(typed)
    assert parse(to_typed(record_set, ZONE), ZONE) == record_set
    file = zonefile.write([record_set], ZONE, SOA)
    assert zonefile.read(file.encode(), ZONE).record_sets == (record_set,)
    for value in record_set.values:
        rdata = dns.rdata.from_text("IN", record_set.type, value, relativize=False)
        assert rdata.to_text() == value == presentation.canonical(record_set.type, value)
    [change] = difference.between([], [record_set])
    assert "\n" not in difference.describe(change, ZONE)


@examples(100)
@given(forms())
def test_a_form_becomes_a_record_set_a_zone_file_and_the_same_form_again(typed: Typed) -> None:
    goes_round(typed)


@pytest.mark.long
@examples(1000)
@given(forms())
def test_a_thousand_forms_go_round(typed: Typed) -> None:
    goes_round(typed)


@examples(50)
@given(st.lists(forms(), max_size=8))
def test_dnspython_reads_the_same_zone_from_the_file(typed: list[Typed]) -> None:
    record_sets = list({(found := parsed(one)).key: found for one in typed if one.type != "CNAME"}.values())
    zone = dns.zone.from_text(zonefile.write(record_sets, ZONE, SOA), ZONE, relativize=False, check_origin=False)
    read = [
        RecordSet(
            name.to_text().removesuffix(f"{ZONE}.").removesuffix(".") or "@",
            found.rdtype.name,
            found.ttl,
            tuple(sorted(rdata.to_text() for rdata in found)),
        )
        for name, found in zone.iterate_rdatasets()
        if found.rdtype.name != "SOA"
    ]
    assert difference.between(record_sets, read) == []
