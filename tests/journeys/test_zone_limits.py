"""How far an undo reaches back, how much an import takes, and what it leaves alone."""

from typing import Any

import pytest

from portal import clock
from portal.acts import Act
from portal.database import begin_write
from portal.dns.zonefile import MAX_BYTES
from portal.models import DnsChange, DnsRecordSet, DnsZone
from portal.resources.zone_files import MOST_SETS
from tests.attacks.rows import count
from tests.journeys.test_dns import newest_change, records
from tests.person import Person
from tests.shelf import add, add_zone


@pytest.fixture
def settings() -> dict[str, str]:
    return {"DRIVER_DNS": "tests.fakes:MemoryDriver"}


def upload(person: Person, zone: int, file: bytes) -> tuple[int, str]:
    """The status, and where it leads or what is said."""
    path = f"/resources/dns/{zone}/import"
    person.open(path)
    # By hand: the test client leaves the temporary file of a large upload open.
    parts = [f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{person.csrf()}\r\n']
    parts += ['--x\r\nContent-Disposition: form-data; name="file"; filename="example.com.zone"\r\n\r\n']
    body = "".join(parts).encode() + file + b"\r\n--x--\r\n"
    response = person.client.post(path, data=body, content_type="multipart/form-data; boundary=x")
    return response.status_code, response.location or response.get_data(as_text=True)


def add_record(person: Person, zone: int, **columns: Any) -> None:
    with person.app.app_context(), begin_write() as session:
        session.add(DnsRecordSet(zone_id=zone, **columns))


def test_any_of_the_last_hundred_changes_can_be_undone(enrolled: Person) -> None:
    zone = add_zone(enrolled)
    numbers = []
    for n in range(101):
        sides = {"before": {"ttl": 3600, "values": [f"198.51.100.{n}"]}, "after": None}
        changes = [{"name": f"host-{n}", "type": "A"} | sides]
        kept = {
            "zone_name": "example.com", "order_id": None, "act": Act.CHANGE_RECORDS, "by": "customer",
            "address": None, "proof": "recent code", "undoes_id": None, "serial": n, "changes": changes,
        }  # fmt: skip
        numbers.append(add(enrolled, DnsChange, "alice@example.com", at=clock.now(), **kept))

    page = enrolled.open(f"/resources/dns/{zone}/history")
    offered = [form["action"] for form in page.soup.select("form[action$='/undo']")]
    assert offered == [f"/resources/dns/changes/{number}/undo" for number in reversed(numbers[1:])]
    enrolled.submit(str(offered[-1]))
    enrolled.submit(f"{enrolled.page.path}/apply")
    enrolled.carry_out()
    assert records(enrolled.app)["host-1", "A"] == ["198.51.100.1"]


def test_a_deleted_zone_without_records_can_be_brought_back_too(enrolled: Person) -> None:
    zone = add_zone(enrolled, record_sets=[])
    enrolled.open(f"/resources/dns/{zone}/")
    enrolled.submit(f"/resources/dns/{zone}/delete")
    enrolled.type_code(enrolled.newest_code())
    enrolled.carry_out()
    assert count(enrolled.app, DnsZone) == 0

    enrolled.open("/resources/dns/")
    enrolled.submit(f"/resources/dns/changes/{newest_change(enrolled.app)}/undo")
    enrolled.submit(f"{enrolled.page.path}/apply")
    enrolled.type_code(enrolled.newest_code())
    enrolled.carry_out()
    assert count(enrolled.app, DnsZone, DnsZone.name == "example.com") == 1


def test_an_import_that_replaces_leaves_records_of_types_that_no_file_can_have(enrolled: Person) -> None:
    zone = add_zone(enrolled)
    add_record(enrolled, zone, name="www", type="SSHFP", ttl=3600, values=["1 1 aabb"])
    enrolled.open(f"/resources/dns/{zone}/import")
    text = "@ 3600 IN A 203.0.113.1\nwww 3600 IN A 203.0.113.77\n"
    page = enrolled.submit(f"/resources/dns/{zone}/import", {"text": text, "how": "replace"})
    assert "SSHFP" not in page.words
    enrolled.submit(f"{page.path}/apply")
    enrolled.type_code(enrolled.newest_code())
    enrolled.carry_out()
    assert records(enrolled.app) == {
        ("@", "NS"): ["ns1.example.net.", "ns2.example.net."],
        ("@", "A"): ["203.0.113.1"],
        ("www", "A"): ["203.0.113.77"],
        ("www", "SSHFP"): ["1 1 aabb"],
    }


def test_a_zone_file_of_five_mebibytes_is_taken_and_no_larger_one(enrolled: Person) -> None:
    zone = add_zone(enrolled)
    strings = " ".join(['"' + "x" * 250 + '"'] * 200)
    file = "".join(f"t{n} 3600 IN TXT {strings}\n" for n in range(103)).encode()
    file += b";" + b"x" * (MAX_BYTES - len(file) - 1)
    assert len(file) == MAX_BYTES
    status, where = upload(enrolled, zone, file)
    assert (status, where[:22]) == (303, "/resources/dns/drafts/")
    assert "103 record sets" in enrolled.open(where).words
    status, said = upload(enrolled, zone, file + b"x")
    assert status == 422
    assert "The file is larger than 5 MiB." in said


def test_an_import_of_more_record_sets_than_a_zone_can_have_says_so(enrolled: Person) -> None:
    zone = add_zone(enrolled)
    file = "".join(f"h{n} 3600 IN A 203.0.113.1\n" for n in range(MOST_SETS)).encode()
    status, said = upload(enrolled, zone, file)
    assert status == 422
    assert "A zone can have up to 20,000 record sets here." in said
    assert len(records(enrolled.app)) == 5
