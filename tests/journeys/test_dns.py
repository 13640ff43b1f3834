"""The zone editor: each change through its form, conflicts, import and export, history and undo."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.database import begin_read, begin_write
from portal.drivers.base import DriverRefusedError, Task
from portal.kinds import Kind
from portal.models import DnsChange, DnsRecordSet, DnsZone, Order
from portal.resources.zones import ZONES_A_PAGE
from tests.conftest import Clock
from tests.fakes import driver
from tests.person import Page, Person
from tests.shelf import add_zone


@pytest.fixture
def settings() -> dict[str, str]:
    return {"DRIVER_DNS": "tests.fakes:MemoryDriver"}


def records(app: Flask) -> dict[tuple[str, str], list[str]]:
    with app.app_context(), begin_read() as session:
        rows = session.scalars(select(DnsRecordSet)).all()
        return {(row.name, row.type): row.values for row in rows}


def save(person: Person, zone: int, type_: str, name: str, values: str, ttl: str = "3600") -> Page:
    """A new record set."""
    person.open(f"/resources/dns/{zone}/records/{type_}")
    return person.submit(f"/resources/dns/{zone}/records/{type_}", {"name": name, "values": values, "ttl": ttl})


def change(person: Person, zone: int, type_: str, name: str, values: str) -> Page:
    path = f"/resources/dns/{zone}/records/{type_}"
    person.open(f"{path}?name={name}")
    return person.submit(f"{path}?name={name}", {"values": values})


@pytest.mark.parametrize(
    ("type_", "name", "typed", "kept"),
    [
        ("A", "www2", "203.0.113.9", ["203.0.113.9"]),
        ("AAAA", "www2", "2001:DB8::1", ["2001:db8::1"]),
        ("CNAME", "shop", "www.example.com", ["www.example.com."]),
        ("MX", "news", "10 mail.example.com", ["10 mail.example.com."]),
        ("TXT", "_dmarc", "v=DMARC1; p=none", ['"v=DMARC1; p=none"']),
        ("SRV", "_sip._tcp", "10 5 5060 sip.example.com", ["10 5 5060 sip.example.com."]),
        ("CAA", "www", '0 issue "letsencrypt.org"', ['0 issue "letsencrypt.org"']),
        ("NS", "branch", "ns1.example.net", ["ns1.example.net."]),
    ],
)
def test_records_of_each_type_are_made_by_their_form(
    enrolled: Person, type_: str, name: str, typed: str, kept: list[str]
) -> None:
    zone = add_zone(enrolled)
    page = save(enrolled, zone, type_, name, typed)
    assert page.path == f"/resources/dns/{zone}/"
    assert "Asked for" in page.words
    enrolled.carry_out()
    assert records(enrolled.app)[name, type_] == kept
    assert name in enrolled.open(f"/resources/dns/{zone}/").words


def test_what_is_typed_wrong_is_said_at_its_field_and_nothing_is_lost(enrolled: Person) -> None:
    zone = add_zone(enrolled)
    page = save(enrolled, zone, "A", "www2", "203.0.113.999", ttl="soon")
    assert page.status == 422
    assert page.complaint("values")
    assert page.complaint("ttl")
    assert page.value("name") == "www2"
    assert page.value("values").strip() == "203.0.113.999"


def test_a_cname_beside_other_records_is_explained(enrolled: Person) -> None:
    zone = add_zone(enrolled)
    page = save(enrolled, zone, "CNAME", "www", "shop.example.net")
    assert page.status == 422
    assert "CNAME" in page.words


def test_the_main_records_take_a_code_and_others_do_not(enrolled: Person) -> None:
    zone = add_zone(enrolled)
    page = change(enrolled, zone, "A", "@", "203.0.113.7")
    assert page.path == "/auth/confirm"
    assert "main DNS of 'example.com'" in enrolled.texts()[-1]
    enrolled.type_code(enrolled.newest_code())
    enrolled.carry_out()
    assert records(enrolled.app)["@", "A"] == ["203.0.113.7"]
    assert "shows here once it is done" not in enrolled.open(f"/resources/dns/{zone}/").words
    assert change(enrolled, zone, "A", "www", "203.0.113.8").path == f"/resources/dns/{zone}/"


def test_a_second_change_of_the_same_records_waits_for_the_first(enrolled: Person) -> None:
    zone = add_zone(enrolled)
    assert "shows here once it is done" in change(enrolled, zone, "A", "www", "203.0.113.8").words
    assert "still on its way" in change(enrolled, zone, "A", "www", "203.0.113.9").words
    assert "still on its way" not in save(enrolled, zone, "A", "www2", "203.0.113.9").words


def test_records_are_deleted(enrolled: Person) -> None:
    zone = add_zone(enrolled)
    enrolled.open(f"/resources/dns/{zone}/records/A?name=www")
    enrolled.submit(f"/resources/dns/{zone}/records/A/delete")
    enrolled.carry_out()
    assert ("www", "A") not in records(enrolled.app)


def test_a_change_is_kept_with_who_when_and_by_which_proof_and_can_be_undone(enrolled: Person) -> None:
    zone = add_zone(enrolled)
    before = records(enrolled.app)
    change(enrolled, zone, "A", "www", "203.0.113.8")
    enrolled.carry_out()
    page = enrolled.open(f"/resources/dns/{zone}/history")
    assert "www A: 203.0.113.2 -> 203.0.113.8" in page.words
    assert "You, from 203.0.113.5, confirmed by recent code" in page.words
    serial = serial_of(enrolled.app)

    enrolled.submit(f"/resources/dns/changes/{newest_change(enrolled.app)}/undo")
    assert "www A: 203.0.113.8 -> 203.0.113.2" in enrolled.page.words
    enrolled.submit(f"{enrolled.page.path}/apply")
    enrolled.carry_out()
    assert records(enrolled.app) == before
    assert serial_of(enrolled.app) > serial


def test_an_undo_of_the_main_records_takes_a_code_again(enrolled: Person) -> None:
    zone = add_zone(enrolled)
    change(enrolled, zone, "A", "@", "203.0.113.7")
    enrolled.type_code(enrolled.newest_code())
    enrolled.carry_out()
    enrolled.open(f"/resources/dns/{zone}/history")
    enrolled.submit(f"/resources/dns/changes/{newest_change(enrolled.app)}/undo")
    assert enrolled.submit(f"{enrolled.page.path}/apply").path == "/auth/confirm"


def test_a_zone_is_exported_and_imported_with_the_difference_shown_first(enrolled: Person) -> None:
    zone = add_zone(enrolled)
    answer = enrolled.client.get(f"/resources/dns/{zone}/export")
    text = answer.get_data(as_text=True).replace("203.0.113.2", "203.0.113.22")
    before = records(enrolled.app)
    enrolled.open(f"/resources/dns/{zone}/import")
    page = enrolled.submit(f"/resources/dns/{zone}/import", {"text": text, "how": "replace"})
    assert "www A: 203.0.113.2 -> 203.0.113.22" in page.words
    assert records(enrolled.app) == before
    assert enrolled.submit(f"{page.path}/apply").path == "/auth/confirm"
    enrolled.type_code(enrolled.newest_code())
    enrolled.carry_out()
    assert records(enrolled.app) == before | {("www", "A"): ["203.0.113.22"]}


def test_what_a_zone_file_has_that_is_left_out_is_said(enrolled: Person) -> None:
    zone = add_zone(enrolled)
    text = "@ 3600 IN SOA ns1.example.net. hostmaster.example.com. 1 2 3 4 5\nnew 600 IN A 203.0.113.9\n"
    enrolled.open(f"/resources/dns/{zone}/import")
    page = enrolled.submit(f"/resources/dns/{zone}/import", {"text": text})
    assert "The SOA record on line 1 was left out: the name servers keep their own." in page.words
    assert page.words.count("new A") == 1


def test_a_zone_file_with_mistakes_says_the_line_of_each_and_changes_nothing(enrolled: Person) -> None:
    zone = add_zone(enrolled)
    enrolled.open(f"/resources/dns/{zone}/import")
    page = enrolled.submit(f"/resources/dns/{zone}/import", {"text": "www A 203.0.113.999\n$INCLUDE x\n"})
    assert page.status == 422
    assert "Line 1:" in page.words
    assert "Line 2:" in page.words


@pytest.mark.parametrize("settings", [{"LIMIT_ZONE_ACCOUNT": "1/h"}])
def test_zone_files_are_counted_before_they_are_read_and_what_was_pasted_stays(enrolled: Person) -> None:
    zone = add_zone(enrolled)
    for text, status in (("www A 203.0.113.999\n", 422), ("www A 203.0.113.9\n", 429)):
        enrolled.open(f"/resources/dns/{zone}/import")
        page = enrolled.submit(f"/resources/dns/{zone}/import", {"text": text})
        assert page.status == status
        assert page.value("text") == text
    assert "Too many zone files in a short time. Try again at" in page.words
    assert int(page.response.headers["Retry-After"]) > 0


def test_a_deleted_zone_can_be_brought_back_for_30_days(enrolled: Person, time: Clock) -> None:
    zone = add_zone(enrolled)
    before, serial = records(enrolled.app), serial_of(enrolled.app)
    enrolled.open(f"/resources/dns/{zone}/")
    enrolled.submit(f"/resources/dns/{zone}/delete")
    assert "deletes the DNS zone 'example.com'" in enrolled.texts()[-1]
    enrolled.type_code(enrolled.newest_code())
    enrolled.carry_out()
    assert records(enrolled.app) == {}

    time.forward(minutes=30)
    enrolled.open("/resources/dns/")
    enrolled.submit(f"/resources/dns/changes/{newest_change(enrolled.app)}/undo")
    assert enrolled.submit(f"{enrolled.page.path}/apply").path == "/auth/confirm"
    enrolled.type_code(enrolled.newest_code())
    enrolled.carry_out()
    assert records(enrolled.app) == before
    assert serial_of(enrolled.app) > serial


def test_of_many_deleted_zones_the_newest_are_shown_and_others_found_by_name(enrolled: Person, time: Clock) -> None:
    add_zone(enrolled)
    with enrolled.app.app_context(), begin_write() as session:
        account = session.scalars(select(DnsZone.account_id)).one()
        session.add_all(
            DnsChange(
                account_id=account, zone_name=f"gone-{n:03}.example", at=time.at, act="delete zone", by="customer",
                serial=1, changes=[],
            )
            for n in range(ZONES_A_PAGE + 1)
        )  # fmt: skip
    page = enrolled.open("/resources/dns/")
    assert page.words.count("Bring back") == ZONES_A_PAGE
    assert "gone-000.example" not in page.words
    assert "Find one by its name to see others." in page.words
    found = enrolled.open("/resources/dns/?q=gone-000").words
    assert found.count("Bring back") == 1
    assert "gone-000.example" in found
    assert "to see others" not in found


def test_after_30_days_a_deleted_zone_is_gone(enrolled: Person, time: Clock) -> None:
    zone = add_zone(enrolled)
    enrolled.open(f"/resources/dns/{zone}/")
    enrolled.submit(f"/resources/dns/{zone}/delete")
    enrolled.type_code(enrolled.newest_code())
    enrolled.carry_out()
    time.forward(days=31)
    enrolled.sign_in_with_code()
    assert "Bring back" not in enrolled.open("/resources/dns/").words


def test_what_the_name_server_refuses_is_shown_and_changes_nothing(enrolled: Person) -> None:
    zone = add_zone(enrolled)
    before = records(enrolled.app)

    def refuse(task: Task) -> None:
        raise DriverRefusedError(f"The name server has something else for {task.name} by now.")

    driver(enrolled.app, Kind.DNS).answer = refuse  # type: ignore[assignment]  # it never answers
    change(enrolled, zone, "A", "www", "203.0.113.8")
    enrolled.carry_out()
    assert "has something else" in enrolled.open(f"/resources/dns/{zone}/").words
    assert records(enrolled.app) == before


def test_another_customer_s_zone_drafts_and_changes_are_not_there(enrolled: Person) -> None:
    zone = add_zone(enrolled)
    change(enrolled, zone, "A", "www", "203.0.113.8")
    enrolled.carry_out()
    number = newest_change(enrolled.app)
    enrolled.open(f"/resources/dns/{zone}/history")
    draft = enrolled.submit(f"/resources/dns/changes/{number}/undo").path
    other = Person(enrolled.app)
    other.register("bob@example.com")
    for path in ("/", "/history", "/import", "/export", "/records/A", "/records/A?name=www"):
        assert other.open(f"/resources/dns/{zone}{path}").status == 404
    assert other.open(draft).status == 404
    other.open("/resources/dns/")
    token = {"csrf_token": other.csrf(), "once": "a" * 32, "revision": "1", "name": "www"}
    for path in (f"/resources/dns/{zone}/delete", f"/resources/dns/{zone}/records/A/delete", f"{draft}/apply"):
        assert other.post(path, token).status == 404
    assert other.post(f"/resources/dns/changes/{number}/undo", token).status == 404
    with other.app.app_context(), begin_read() as session:
        assert len(session.scalars(select(Order)).all()) == 1


def newest_change(app: Flask) -> int:
    with app.app_context(), begin_read() as session:
        return session.scalars(select(DnsChange.id).order_by(DnsChange.id.desc())).first() or 0


def serial_of(app: Flask) -> int:
    with app.app_context(), begin_read() as session:
        return session.scalars(select(DnsZone.serial)).one()
