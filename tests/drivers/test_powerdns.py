"""The PowerDNS driver against a real PowerDNS: what it changes in a zone, and what it leaves alone."""

from itertools import pairwise
from typing import Any

import pytest

from portal.dns.records import RecordSet
from portal.drivers.base import Done, Task
from portal.drivers.powerdns import PowerDnsDriver
from portal.drivers.powerdns_records import is_later
from tests.drivers.outcomes import refused
from tests.drivers.pdns import Pdns
from tests.drivers.zones import NEW_WWW, NS, WWW, change, task

LONG = f'"{"v=DKIM1; k=rsa; p=":a<255}" "{"b" * 145}"'
EACH = [
    (WWW, RecordSet("www", "A", 600, ("192.0.2.2", "192.0.2.3"))),
    (RecordSet("six", "AAAA", 300, ("2001:db8::1",)), RecordSet("six", "AAAA", 300, ("2001:db8::2", "2001:db8::3"))),
    (RecordSet("mapped", "AAAA", 300, ("::ffff:203.0.113.1",)), RecordSet("mapped", "AAAA", 300, ("::203.0.113.2",))),
    (RecordSet("alias", "CNAME", 300, ("a.example.net.",)), RecordSet("alias", "CNAME", 300, ("b.example.net.",))),
    (
        RecordSet("@", "MX", 300, ("10 mail.example.net.",)),
        RecordSet("@", "MX", 300, ("10 mail.example.net.", "20 mail2.example.net.")),
    ),
    (RecordSet("@", "TXT", 300, ('"v=spf1 -all"',)), RecordSet("@", "TXT", 300, ('"v=spf1 mx -all"',))),
    (
        RecordSet("key._domainkey", "TXT", 300, (LONG,)),
        RecordSet("key._domainkey", "TXT", 300, (LONG.replace("b", "c"),)),
    ),
    (
        RecordSet("odd", "TXT", 300, ('"caf\\195\\169 \\"q\\" \\\\ ; x"',)),
        RecordSet("odd", "TXT", 300, ('"" "two  spaces"', '"\\000\\255"')),
    ),
    (
        RecordSet("_sip._tcp", "SRV", 300, ("10 60 5060 sip.example.net.",)),
        RecordSet("_sip._tcp", "SRV", 300, ("0 0 0 .",)),
    ),
    (
        RecordSet("@", "CAA", 300, ('0 issue "letsencrypt.org"',)),
        RecordSet("@", "CAA", 300, ('0 issue ";"', '128 iodef "mailto:a@example.net"')),
    ),
    (RecordSet("sub", "NS", 300, ("ns1.example.net.",)), RecordSet("sub", "NS", 300, ("ns2.example.net.",))),
    (RecordSet("*", "A", 300, ("192.0.2.1",)), RecordSet("*", "A", 300, ("192.0.2.2",))),
    (NS, RecordSet("@", "NS", 3600, ("ns2.example.net.", "ns3.example.net."))),
]


@pytest.mark.parametrize(("first", "second"), EACH, ids=lambda record_set: f"{record_set.name} {record_set.type}")
def test_a_record_set_is_added_changed_and_removed(
    pdns: Pdns, driver: PowerDnsDriver, first: RecordSet, second: RecordSet
) -> None:
    zone = pdns.make_zone()
    name = zone if first.name == "@" else f"{first.name}.{zone}"
    states = [None, first, second, None]
    serials = [pdns.serial(zone)]
    for before, after in pairwise(states):
        done = driver.carry_out(task(zone, change(before, after)))
        assert pdns.ask(name, first.type) == (sorted(after.values) if after else [])
        content = driver.read_zone(zone)
        assert content
        assert content.record_sets == ((after,) if after else ())
        serials.append(pdns.serial(zone))
        assert done == Done({"serial": serials[-1]})
        assert content.serial == serials[-1]
    assert serials == sorted(set(serials)), "the serial rises each time"


def test_changes_of_several_sets_are_made_together_or_not_at_all(pdns: Pdns, driver: PowerDnsDriver) -> None:
    zone = pdns.make_zone(WWW)
    mail = RecordSet("mail", "A", 300, ("192.0.2.9",))
    driver.carry_out(task(zone, change(None, mail), change(WWW, None)))
    assert (pdns.ask(f"mail.{zone}", "A"), pdns.ask(f"www.{zone}", "A")) == (["192.0.2.9"], [])
    serial = pdns.serial(zone)
    clash = RecordSet("mail", "CNAME", 300, ("a.example.net.",))
    said = refused(driver, task(zone, change(None, WWW), change(None, clash)))
    assert said == "A CNAME can't share its name with other records. Nothing was changed."
    assert (pdns.ask(f"www.{zone}", "A"), pdns.serial(zone)) == ([], serial)


def test_a_cname_takes_the_place_of_an_address_in_either_order(pdns: Pdns, driver: PowerDnsDriver) -> None:
    zone = pdns.make_zone(WWW)
    alias = RecordSet("www", "CNAME", 300, ("a.example.net.",))
    driver.carry_out(task(zone, change(None, alias), change(WWW, None)))
    assert pdns.ask(f"www.{zone}", "CNAME") == ["a.example.net."]
    driver.carry_out(task(zone, change(None, WWW), change(alias, None)))
    assert pdns.ask(f"www.{zone}", "A") == ["192.0.2.1"]


def test_what_another_hand_has_changed_is_left_alone(pdns: Pdns, driver: PowerDnsDriver) -> None:
    zone = pdns.make_zone(WWW)
    pdns.put(zone, "www", "A", "192.0.2.77", ttl=60)
    serial = pdns.serial(zone)
    mail = RecordSet("mail", "A", 300, ("192.0.2.9",))
    said = refused(driver, task(zone, change(None, mail), change(WWW, NEW_WWW)))
    assert said == (
        "The name server has something else for www A by now: 192.0.2.77 with a TTL of 60. Nothing was changed."
    )
    assert (pdns.ask(f"www.{zone}", "A"), pdns.ask(f"mail.{zone}", "A")) == (["192.0.2.77"], [])
    assert pdns.serial(zone) == serial
    pdns.put(zone, "www", "A")
    assert "for www A by now: no record." in refused(driver, task(zone, change(WWW, NEW_WWW)))
    pdns.put(zone, "www", "A", "192.0.2.1", ttl=60)
    assert "192.0.2.1 with a TTL of 60" in refused(driver, task(zone, change(WWW, NEW_WWW)))
    old, new = (RecordSet("@", "MX", 300, (value,)) for value in ("0 .", "10 mail.example.net."))
    assert f"for {zone} MX by now" in refused(driver, task(zone, change(old, new)))


def test_a_later_attempt_says_nothing_of_what_an_earlier_one_did(pdns: Pdns, driver: PowerDnsDriver) -> None:
    zone = pdns.make_zone()
    said = refused(driver, task(zone, change(WWW, NEW_WWW), attempt=2))
    assert said == "The name server has something else for www A by now: no record."


def test_a_long_value_of_another_hand_is_shortened_in_what_is_said(pdns: Pdns, driver: PowerDnsDriver) -> None:
    zone = pdns.make_zone(RecordSet("t", "TXT", 300, (LONG,)))
    assert len(refused(driver, task(zone, change(None, RecordSet("t", "TXT", 300, ('"a"',)))))) < 400


def test_repeating_what_was_done_changes_nothing(pdns: Pdns, driver: PowerDnsDriver) -> None:
    zone = pdns.make_zone(WWW)
    order = task(zone, change(WWW, NEW_WWW))
    first = driver.carry_out(order)
    assert driver.carry_out(order) == first
    assert first == Done({"serial": pdns.serial(zone)})


def test_an_import_without_a_difference_is_done(pdns: Pdns, driver: PowerDnsDriver) -> None:
    zone = pdns.make_zone(WWW)
    assert driver.carry_out(task(zone, act="import zone")) == Done({"serial": pdns.serial(zone)})


def test_the_undo_of_an_old_change_leaves_a_higher_serial(pdns: Pdns, driver: PowerDnsDriver) -> None:
    zone = pdns.make_zone(WWW)
    driver.carry_out(task(zone, change(WWW, NEW_WWW)))
    driver.carry_out(task(zone, change(None, RecordSet("mail", "A", 300, ("192.0.2.9",)))))
    before = pdns.serial(zone)
    driver.carry_out(task(zone, change(NEW_WWW, WWW), act="undo", serial=before))
    assert pdns.ask(f"www.{zone}", "A") == ["192.0.2.1"]
    assert pdns.serial(zone) > before


@pytest.mark.parametrize("soa_edit_api", ["", "OFF", "DEFAULT", "INCREASE"])
def test_the_serial_rises_however_the_zone_was_made(pdns: Pdns, driver: PowerDnsDriver, soa_edit_api: str) -> None:
    zone = pdns.make_zone(WWW, soa_edit_api=soa_edit_api)
    before = pdns.serial(zone)
    done = driver.carry_out(task(zone, change(WWW, None)))
    assert isinstance(done, Done)
    assert is_later(pdns.serial(zone), before)
    assert done.facts == {"serial": pdns.serial(zone)}


def test_names_are_the_same_in_either_case_and_addresses_in_any_form(pdns: Pdns, driver: PowerDnsDriver) -> None:
    zone = pdns.make_zone(
        RecordSet("m", "MX", 300, ("10 Mail.Example.NET.",)), RecordSet("6", "AAAA", 300, ("2001:DB8:0::1",))
    )
    driver.carry_out(
        task(
            zone,
            change(RecordSet("m", "MX", 300, ("10 mail.example.net.",)), None),
            change(RecordSet("6", "AAAA", 300, ("2001:db8::1",)), None),
        )
    )
    assert (pdns.ask(f"m.{zone}", "MX"), pdns.ask(f"6.{zone}", "AAAA")) == ([], [])


def test_comments_and_records_that_are_switched_off_stay(pdns: Pdns, driver: PowerDnsDriver) -> None:
    zone = pdns.make_zone()
    comments = [{"content": "ask the office first", "account": "admin"}]
    records = [{"content": "192.0.2.1"}, {"content": "192.0.2.66", "disabled": True}]
    pdns.put(zone, "www", "A", "192.0.2.1", records=records, comments=comments)
    off = [{"content": "192.0.2.67", "disabled": True}]
    pdns.put(zone, "off", "A", "192.0.2.67", records=off)
    content = driver.read_zone(zone)
    assert content
    assert content.record_sets == (WWW,)
    driver.carry_out(task(zone, change(WWW, NEW_WWW)))

    def found() -> tuple[set[tuple[str, bool]], list[str]]:
        (rrset,) = [each for each in pdns.call("GET", f"/zones/{zone}.")["rrsets"] if each["name"] == f"www.{zone}."]
        records = {(record["content"], record["disabled"]) for record in rrset["records"]}
        return records, [comment["content"] for comment in rrset["comments"]]

    assert found() == ({("192.0.2.2", False), ("192.0.2.66", True)}, ["ask the office first"])
    driver.carry_out(task(zone, change(NEW_WWW, None)))
    assert found() == ({("192.0.2.66", True)}, ["ask the office first"])
    assert pdns.ask(f"www.{zone}", "A") == []


def test_a_long_text_that_another_hand_left_whole_can_be_replaced(pdns: Pdns, driver: PowerDnsDriver) -> None:
    zone = pdns.make_zone()
    pdns.put(zone, "t", "TXT", f'"{"a" * 300}"')
    cut = RecordSet("t", "TXT", 300, (f'"{"a" * 255}" "{"a" * 45}"',))
    driver.carry_out(task(zone, change(cut, None)))
    assert pdns.ask(f"t.{zone}", "TXT") == []


@pytest.mark.parametrize(
    ("record_set", "word"),
    [
        (RecordSet("x", "A", 300, ("192.0.2",)), "192.0.2"),
        (RecordSet("x", "TXT", 300, ("unquoted",)), "unquoted"),
        (RecordSet("x", "A", 300, ("192.0.2.1", "192.0.2.1")), "Duplicate"),
        (RecordSet("x", "NOPE", 300, ("x",)), "NOPE"),
        (RecordSet("x y", "A", 300, ("192.0.2.1",)), "x"),
    ],
)
def test_what_powerdns_does_not_take_is_said_in_a_sentence(
    pdns: Pdns, driver: PowerDnsDriver, record_set: RecordSet, word: str
) -> None:
    zone = pdns.make_zone()
    said = refused(driver, task(zone, change(None, record_set)))
    assert said.startswith("The name server doesn't accept this. It says: ")
    assert word in said
    assert said.endswith(". Nothing was changed.")
    assert len(said) < 500


@pytest.mark.parametrize(
    "values",
    [{}, {"changes": None}, {"changes": [{}]}, {"changes": [{"name": "a", "type": "A", "before": 7, "after": None}]}],
)
def test_an_order_that_names_no_changes_is_refused(pdns: Pdns, driver: PowerDnsDriver, values: dict[str, Any]) -> None:
    zone = pdns.make_zone()
    order = task(zone, act="sing")
    said = refused(driver, Task(**{**order.__dict__, "values": values}))
    assert said == "The name server can't be asked to sing."
