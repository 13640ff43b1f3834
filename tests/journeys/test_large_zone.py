"""A zone of 10,000 records: its pages ask no more often than those of a small one, and its editor still works."""

import pytest
from sqlalchemy import insert

from portal.database import begin_write
from portal.models import DnsRecordSet
from tests.journeys.test_dns import change, records
from tests.journeys.test_statements import counted
from tests.person import Person
from tests.shelf import add_zone


@pytest.fixture
def settings() -> dict[str, str]:
    return {"DRIVER_DNS": "tests.fakes:MemoryDriver"}


def fill(person: Person, zone: int, count: int) -> None:
    rows = [
        {"zone_id": zone, "name": f"host-{n}", "type": "A", "ttl": 3600, "values": [f"203.0.113.{n % 250}"]}
        for n in range(count)
    ]
    with person.app.app_context(), begin_write() as session:
        session.execute(insert(DnsRecordSet), rows)


def statements(person: Person, zone: int) -> list[int]:
    asked = []
    for path in ("", "?page=2", "?q=host-1", "?type=MX", "records/A?name=www", "history", "export"):
        with counted(person.app) as seen:
            assert person.client.get(f"/resources/dns/{zone}/{path}").status_code == 200, path
        asked.append(seen.statements)
    return asked


def test_the_pages_of_a_large_zone_page_and_ask_as_often_as_those_of_a_small_one(enrolled: Person) -> None:
    zone = add_zone(enrolled)
    few = statements(enrolled, zone)
    fill(enrolled, zone, 10_000)
    assert statements(enrolled, zone) == few
    page = enrolled.open(f"/resources/dns/{zone}/")
    assert "Page 1 of 101" in page.words
    assert page.html.count("<tr>") <= 110


def test_one_record_of_a_large_zone_is_changed(enrolled: Person) -> None:
    zone = add_zone(enrolled)
    fill(enrolled, zone, 10_000)
    assert change(enrolled, zone, "A", "host-9999", "203.0.113.7").path == f"/resources/dns/{zone}/"
    enrolled.carry_out()
    assert records(enrolled.app)["host-9999", "A"] == ["203.0.113.7"]
