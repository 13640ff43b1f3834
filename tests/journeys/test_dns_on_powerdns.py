"""The zone editor on a real name server: what is typed is what resolvers are told."""

from itertools import count

import pytest
from flask import Flask
from hypothesis import given

from portal.dns import zonefile
from portal.dns.records import RecordSet
from portal.dns.typed import Typed, TypedError, parse
from portal.kinds import Kind
from portal.zones.watching import Watcher
from tests.dns.forms import examples, forms
from tests.drivers.pdns import Pdns
from tests.journeys.test_dns import change, newest_change, records, save, serial_of
from tests.person import Person
from tests.shelf import ZONE_SETS, add_zone


@pytest.fixture
def settings(pdns: Pdns) -> dict[str, str]:
    return {"DRIVER_DNS": "powerdns"} | pdns.settings


@pytest.fixture
def name(pdns: Pdns) -> str:
    """A zone on the name server, with what `add_zone` makes."""
    return pdns.make_zone(*(RecordSet(name, type_, 3600, tuple(values)) for name, type_, values in ZONE_SETS))


def look(app: Flask) -> None:
    Watcher(app).look()


def test_a_change_is_what_the_name_server_answers_and_can_be_undone(enrolled: Person, pdns: Pdns, name: str) -> None:
    zone = add_zone(enrolled, name=name)
    change(enrolled, zone, "A", "www", "203.0.113.8")
    enrolled.carry_out()
    assert pdns.ask(f"www.{name}", "A") == ["203.0.113.8"]
    serial = pdns.serial(name)
    assert serial_of(enrolled.app) == serial

    enrolled.open(f"/resources/dns/{zone}/history")
    enrolled.submit(f"/resources/dns/changes/{newest_change(enrolled.app)}/undo")
    enrolled.submit(f"{enrolled.page.path}/apply")
    enrolled.carry_out()
    assert pdns.ask(f"www.{name}", "A") == ["203.0.113.2"]
    assert pdns.serial(name) > serial


def test_a_zone_file_is_imported_with_a_code(enrolled: Person, pdns: Pdns, name: str) -> None:
    zone = add_zone(enrolled, name=name)
    enrolled.open(f"/resources/dns/{zone}/import")
    enrolled.submit(f"/resources/dns/{zone}/import", {"text": "@ 600 IN A 203.0.113.77\nnew 600 IN TXT hello\n"})
    enrolled.submit(f"{enrolled.page.path}/apply")
    enrolled.type_code(enrolled.newest_code())
    enrolled.carry_out()
    assert pdns.ask(name, "A") == ["203.0.113.77"]
    assert pdns.ask(f"new.{name}", "TXT") == ['"hello"']
    assert pdns.ask(f"www.{name}", "A") == ["203.0.113.2"]


def test_a_deleted_zone_comes_back_as_it_was_with_a_higher_serial(enrolled: Person, pdns: Pdns, name: str) -> None:
    zone = add_zone(enrolled, name=name)
    look(enrolled.app)
    serial = pdns.serial(name)
    enrolled.open(f"/resources/dns/{zone}/")
    enrolled.submit(f"/resources/dns/{zone}/delete")
    enrolled.type_code(enrolled.newest_code())
    enrolled.carry_out()
    assert pdns.ask(name, "A") == []

    enrolled.open("/resources/dns/")
    enrolled.submit(f"/resources/dns/changes/{newest_change(enrolled.app)}/undo")
    enrolled.submit(f"{enrolled.page.path}/apply")
    enrolled.type_code(enrolled.newest_code())
    enrolled.carry_out()
    assert pdns.ask(name, "A") == ["203.0.113.1"]
    assert pdns.ask(name, "MX") == ["10 mail.example.com."]
    assert pdns.serial(name) > serial


def test_what_other_hands_changed_is_noticed_shown_and_can_be_undone(enrolled: Person, pdns: Pdns, name: str) -> None:
    zone = add_zone(enrolled, name=name)
    pdns.put(name, "www", "A", "198.51.100.1")
    look(enrolled.app)
    assert records(enrolled.app)["www", "A"] == ["198.51.100.1"]
    page = enrolled.open(f"/resources/dns/{zone}/history")
    assert "Changed on the name server" in page.words
    assert "203.0.113.2 -> 198.51.100.1" in page.words

    enrolled.submit(f"/resources/dns/changes/{newest_change(enrolled.app)}/undo")
    enrolled.submit(f"{enrolled.page.path}/apply")
    enrolled.carry_out()
    assert pdns.ask(f"www.{name}", "A") == ["203.0.113.2"]


def test_what_other_hands_changed_meanwhile_is_not_overwritten(enrolled: Person, pdns: Pdns, name: str) -> None:
    zone = add_zone(enrolled, name=name)
    change(enrolled, zone, "A", "www", "203.0.113.8")
    pdns.put(name, "www", "A", "198.51.100.1")
    enrolled.carry_out()
    assert pdns.ask(f"www.{name}", "A") == ["198.51.100.1"]
    assert "The name server has something else" in enrolled.open(f"/resources/dns/{zone}/").words
    look(enrolled.app)
    assert records(enrolled.app)["www", "A"] == ["198.51.100.1"]


def test_looking_at_a_zone_that_is_the_same_changes_nothing(enrolled: Person, pdns: Pdns, name: str) -> None:
    zone = add_zone(enrolled, name=name)
    before = records(enrolled.app)
    look(enrolled.app)
    assert records(enrolled.app) == before
    assert "Nothing yet" in enrolled.open(f"/resources/dns/{zone}/history").words
    assert pdns.ask(name, "A") == ["203.0.113.1"]


def goes_through(person: Person, pdns: Pdns, name: str, most: int) -> None:
    """Random forms through the editor, the driver and the name server; then the whole zone through its export."""
    zone, numbers, wanted = add_zone(person, name=name), count(), []

    @examples(most // 2)
    @given(forms())
    def one(form: Typed) -> None:
        owner = f"_sip._tcp.x{next(numbers)}" if form.type == "SRV" else f"x{next(numbers)}"
        try:
            record_set = parse(Typed(owner, form.type, form.ttl, form.values), name)
        except TypedError:  # Two lines may be the same by chance.
            return
        page = save(person, zone, form.type, owner, form.values, form.ttl)
        if "has no address in this zone" in page.words:  # A name server that the zone would have to know.
            return
        assert page.path == f"/resources/dns/{zone}/", page.words
        assert person.carry_out() == 1
        assert pdns.ask(f"{owner}.{name}", form.type) == list(record_set.values)
        wanted.append(record_set)

    while len(wanted) < most:  # Not each form can be saved.
        one()
    content = person.app.config["DRIVERS"][Kind.DNS].read_zone(name)
    text = person.client.get(f"/resources/dns/{zone}/export").get_data()
    exported = zonefile.read(text, name).record_sets
    assert set(wanted) <= set(content.record_sets) == set(exported)


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@on_sqlite
def test_random_records_survive_editor_driver_name_server_and_export(enrolled: Person, pdns: Pdns, name: str) -> None:
    goes_through(enrolled, pdns, name, 25)


@pytest.mark.long
@on_sqlite
def test_a_thousand_random_records_survive_editor_driver_name_server_and_export(
    enrolled: Person, pdns: Pdns, name: str
) -> None:
    goes_through(enrolled, pdns, name, 1000)
