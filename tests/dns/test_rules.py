"""What can't stand together in a zone."""

import tracemalloc

import pytest

from portal.dns import rules
from portal.dns.records import Key, RecordSet
from tests.dns.forms import ZONE, typed

NS = typed("NS", "ns1.example.net\nns2.example.net", "@")


def other(type_: str, value: str, name: str) -> RecordSet:
    """Of a type that customers don't edit."""
    return RecordSet(name, type_, 3600, (value,))


def said(zone: list[RecordSet], *touched: Key) -> list[tuple[str, str]]:
    return [(conflict.field, conflict.sentence) for conflict in rules.check(ZONE, zone, touched or None)]


def refused(zone: list[RecordSet], touched: Key, field: str, sentence: str) -> None:
    """It is said when that one is touched, and only then."""
    [(said_field, said_sentence)] = said(zone, touched)
    assert said_field == field
    assert sentence in said_sentence
    untouched = typed("TXT", "nothing to do with it", "elsewhere")
    assert said([*zone, untouched], untouched.key) == []


def test_a_good_zone_has_nothing_said_of_it() -> None:
    zone = [
        NS,
        typed("A", "203.0.113.1", "@"),
        typed("MX", "10 mail\n20 mail.example.net", "@"),
        typed("A", "203.0.113.1", "mail"),
        typed("CNAME", "@", "www"),
        typed("CNAME", "www", "web"),
        typed("SRV", "0 0 0 .", "_sip._tcp"),
        typed("MX", "0 .", "mail"),
        typed("NS", "ns1.shop.example.com\nns.elsewhere.example", "shop"),
        typed("A", "203.0.113.2", "ns1.shop"),
        other("DS", "1 8 2 aabb", "shop"),
        typed("TXT", "x", "*.wild"),
        typed("CNAME", "@", "*.shut"),
        other("DNAME", "example.net.", "old"),
        typed("TXT", "x", "old"),
        other("RRSIG", "x", "www"),
        other("ALIAS", "example.net.", "alias"),
    ]
    assert said(zone) == []


def test_a_cname_stands_alone_whichever_comes_last() -> None:
    cname, address, text = typed("CNAME", "shop.example.net"), typed("A", "203.0.113.1"), typed("TXT", "x")
    zone = [NS, cname, address, text]
    refused(zone, cname.key, "name", "www.example.com has A and TXT records, and a CNAME must be alone at its name.")
    refused(zone, address.key, "name", "www.example.com is a CNAME, which must be alone at its name.")
    refused(zone, text.key, "name", "Delete the CNAME first, or choose another name.")


def test_the_zone_itself_is_no_cname() -> None:
    cname = typed("CNAME", "shop.example.net", "@")
    refused([NS, cname], cname.key, "name", "example.com itself can't be a CNAME")


def test_the_zone_keeps_its_name_servers() -> None:
    refused([], NS.key, "values", "example.com must keep its name servers, or nothing in it is found.")
    empty = RecordSet("@", "NS", 3600, ())
    refused([empty], NS.key, "values", "Type at least one.")
    assert "must keep its name servers" in said([typed("A", "203.0.113.1")])[0][1]


def test_a_cname_does_not_come_back_to_itself() -> None:
    refused([typed("CNAME", "www")], ("www", "CNAME"), "values", "www.example.com would point back to itself.")
    ring = [typed("CNAME", "b", "a"), typed("CNAME", "c", "b"), typed("CNAME", "a", "c")]
    refused(ring, ("b", "CNAME"), "values", "b.example.com would point back to itself.")
    beside = [*ring, typed("CNAME", "a", "www")]
    refused(beside, ("www", "CNAME"), "values", "The target is a CNAME of a CNAME, 8 times and more.")


@pytest.mark.parametrize(
    ("type_", "values", "name"),
    [("MX", "10 mail", "@"), ("NS", "mail", "@"), ("SRV", "10 5 5060 mail", "_sip._tcp")],
)
def test_mail_name_and_other_servers_are_no_cnames(type_: str, values: str, name: str) -> None:
    cname, pointing = typed("CNAME", "mx.example.net", "mail"), typed(type_, values, name)
    sentence = f"mail.example.com is a CNAME, and an {type_} record must point to a name that has A or AAAA records"
    refused([cname, pointing], pointing.key, "values", sentence)
    refused([cname, pointing], cname.key, "name", "must point to a name that has A or AAAA records, and points here")


def test_a_wildcard_that_is_a_cname_answers_for_names_that_are_not_there() -> None:
    cname, mx = typed("CNAME", "example.net", "*"), typed("MX", "10 mail", "@")
    refused([cname, mx], mx.key, "values", "mail.example.com is a CNAME")
    refused([cname, mx], cname.key, "name", "example.com MX must point to a name that has A or AAAA records")
    assert said([NS, cname, mx, typed("TXT", "x", "mail")]) == []
    assert said([NS, cname, mx, typed("TXT", "x", "in.between.mail")]) == []


def test_names_that_are_handed_over_are_found_elsewhere() -> None:
    ns = typed("NS", "ns1.shop.example.com\nns.elsewhere.example", "shop")
    glue, hidden = typed("A", "203.0.113.1", "ns1.shop"), typed("TXT", "x", "www.shop")
    refused(
        [ns, glue, hidden], hidden.key, "name", "shop.example.com has NS records, which hand it and all names below"
    )
    refused([ns, glue, hidden], ns.key, "name", "what stands here at www.shop.example.com TXT would not be found")
    beside = typed("MX", "10 mail.example.net", "shop")
    refused([ns, glue, beside], beside.key, "name", "Only A and AAAA records of those name servers belong here.")
    below = typed("NS", "ns.elsewhere.example", "a.shop")
    refused([ns, glue, below], below.key, "name", "shop.example.com has NS records")


def test_a_target_that_was_perhaps_meant_relative_to_the_zone_is_asked_about() -> None:
    zone = [
        typed("A", "203.0.113.1", "mail.shop"),
        typed("MX", "10 mail.shop", "@"),
        typed("CNAME", "mail.shop", "web"),
    ]
    for touched in zone[1:]:
        [hint] = rules.check(ZONE, zone, [touched.key])
        assert not hint.stops
        assert hint.sentence == (
            "This points to mail.shop on the Internet. If you mean mail.shop.example.com, type it in full."
        )
    assert all(conflict.stops for conflict in rules.check(ZONE, []))


def test_many_hidden_names_are_told_in_part() -> None:
    ns = typed("NS", "ns.elsewhere.example", "shop")
    hidden = [typed("A", "203.0.113.1", f"h{n}.shop") for n in range(9)]
    refused(
        [ns, *hidden], ns.key, "name",
        "h0.shop.example.com A, h1.shop.example.com A, h2.shop.example.com A and 6 more would not be found",
    )  # fmt: skip


def test_a_name_server_in_the_zone_has_an_address_there() -> None:
    ns, glue = typed("NS", "ns1.shop.example.com", "shop"), typed("AAAA", "2001:db8::1", "ns1.shop")
    refused([ns], ns.key, "values", "ns1.shop.example.com has no address in this zone")
    refused([ns], glue.key, "values", "ns1.shop.example.com is a name server in shop.example.com NS")
    assert said([NS, ns, glue], ns.key, glue.key) == []
    apex = typed("NS", "ns1", "@")
    refused([apex], apex.key, "values", "Add an A or AAAA record for it first.")
    assert said([apex, typed("A", "203.0.113.1", "*")]) == []


def test_a_wildcard_is_not_handed_over() -> None:
    ns = typed("NS", "ns1.example.net", "*.shop")
    refused([ns], ns.key, "name", "A * can't be handed over to other name servers.")


def test_names_below_a_dname_are_sent_elsewhere() -> None:
    dname, below = other("DNAME", "example.net.", "old"), typed("A", "203.0.113.1", "a.b.old")
    refused([dname, below], below.key, "name", "old.example.com has a DNAME, which sends all names below it elsewhere")
    apex = other("DNAME", "example.net.", "@")
    [(_, sentence)] = said([NS, apex, below], below.key)
    assert sentence.startswith("example.com has a DNAME")
    assert said([NS, apex], ("@", "DNAME"), NS.key) == []


@pytest.mark.parametrize(
    ("record_set", "field", "sentence"),
    [
        (RecordSet("www", "A", 59, ("203.0.113.1",)), "ttl", "A TTL of 59 seconds is too short."),
        (RecordSet("www", "A", 604801, ("203.0.113.1",)), "ttl", "too long"),
        (RecordSet("www", "A", 60, ()), "values", "Type at least one."),
        (RecordSet("www", "A", 60, ("203.0.113.1",) * 2), "values", "A value stands here twice."),
        (RecordSet("www", "A", 60, ("203.0.113.1",) * 101), "values", "at most 100"),
        (RecordSet("www", "CNAME", 60, ("a.example.", "b.example.")), "values", "one target only"),
        (RecordSet("www.example.org.", "A", 60, ("203.0.113.1",)), "name", "“www.example.org” is not in example.com."),
        (RecordSet("a..b", "A", 60, ("203.0.113.1",)), "name", "two dots in a row"),
        (RecordSet("www", "SSHFP", 5, ("1 1 aabb",)), "ttl", "too short"),
    ],
)
def test_a_record_set_that_is_wrong_by_itself_is_told_too(record_set: RecordSet, field: str, sentence: str) -> None:
    found = said([record_set], record_set.key)
    assert field == found[0][0]
    assert sentence in found[0][1]


def test_names_in_sentences_say_what_their_punycode_stands_for() -> None:
    cname = typed("CNAME", "bücher", "bücher")
    refused([cname], cname.key, "values", "bücher.example.com (xn--bcher-kva.example.com) would point back to itself.")


def test_a_large_zone_is_checked_name_by_name() -> None:
    # Each of these would take minutes if rules compared every name with every other.
    n = 10_000
    chain = [typed("CNAME", f"c{i + 1}", f"c{i}") for i in range(n)]
    mail = [RecordSet(f"m{i}", "MX", 60, ("10 c0.example.com.",)) for i in range(n)]
    hidden = [RecordSet(f"h{i}.shop", "A", 60, ("203.0.113.1",)) for i in range(n)]
    found = rules.check(ZONE, [NS, *chain, *mail, *hidden, typed("NS", "ns.elsewhere.example", "shop")])
    assert len(found) == (n - 8) + n + 1 + n + 1


def test_names_of_a_hundred_parts_take_no_hundred_times_their_size_in_memory() -> None:
    # One file of 5 MiB has ten times as many.
    zone = [RecordSet(f"{'a.' * 110}x{i}", "MX", 60, (f"10 x{i}.example.com.",)) for i in range(2_000)]
    tracemalloc.start()
    assert rules.check(ZONE, [NS, *zone]) == []
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10 * sum(len(one.name) for one in zone)


def test_a_name_in_between_is_there_and_no_wildcard_answers_for_it() -> None:
    wildcard, target = typed("CNAME", "web", "*"), typed("MX", "10 shop.example.com", "mail")
    below, beside = typed("A", "203.0.113.1", "www.shop"), typed("A", "203.0.113.1", "www-shop")
    assert said([wildcard, below, target], target.key) == []
    refused([wildcard, beside, target], target.key, "values", "shop.example.com is a CNAME")
