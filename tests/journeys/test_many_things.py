"""An account with 500 servers and 2,000 domains: no page asks the database more often than with a few."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from portal.models import DedicatedServer, DnsRecordSet, DnsZone, Domain, VirtualServer, WordPressSite
from tests.journeys.test_resources import own
from tests.journeys.test_statements import counted
from tests.person import Person
from tests.shelf import add_domain, add_metal, add_server, add_site, add_zone

PAGES = [
    "/resources/",
    *(
        f"/resources/{kind}/{query}"
        for kind in ("virtual-servers", "dedicated-servers", "wordpress", "domains")
        for query in ("", "?page=2", "?q=1", "1")
    ),
    "/resources/domains/1/name-servers",
    *(f"/resources/dns/{query}" for query in ("", "?page=2", "?q=1", "1/")),
]


def more(count: int, make: Callable[[str], Any]) -> list[Any]:
    return [make(f"thing-{n:04}") for n in range(count)]


def virtual_server(name: str) -> VirtualServer:
    return VirtualServer(name=name, location="x", state="running", vcpus=1, memory_gb=1, disk_gb=1, address="192.0.2.1")


def dedicated_server(name: str) -> DedicatedServer:
    return DedicatedServer(name=name, location="x", state="on", processor="x", memory_gb=1, address="192.0.2.1")


def site(name: str) -> WordPressSite:
    return WordPressSite(domain=f"{name}.example", version="1", new_version=None, admin="x")


def domain(name: str) -> Domain:
    return Domain(name=f"{name}.example", expires_on=date(2027, 1, 1), locked=True, auto_renew=True)


def zone(name: str) -> DnsZone:
    return DnsZone(
        name=f"{name}.example",
        serial=1,
        record_sets=[DnsRecordSet(name=f"r{n}", type="A", ttl=60, values=["192.0.2.1"]) for n in range(3)],
    )


def statements(person: Person) -> dict[str, int]:
    asked = {}
    for path in PAGES:
        with counted(person.app) as seen:
            response = person.client.get(path)
        assert response.status_code == 200, path
        assert response.get_data(as_text=True).count("<tr>") < 60, path
        asked[path] = seen.statements
    return asked


def test_pages_take_as_many_statements_with_thousands_of_things_as_with_a_few(registered: Person) -> None:
    for add in (add_server, add_metal, add_site, add_domain, add_zone):
        assert add(registered) == 1
    few = statements(registered)
    own(
        registered.app,
        "alice@example.com",
        *more(500, virtual_server), *more(500, dedicated_server), *more(500, site), *more(2_000, domain),
        *more(200, zone),
    )  # fmt: skip
    assert statements(registered) == few
    assert max(few.values()) <= 7


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_counts_are_of_all(registered: Person) -> None:
    own(registered.app, "alice@example.com", *more(500, virtual_server), *more(2_000, domain), *more(12, zone))
    page = registered.open("/resources/")
    tiles = [" ".join(tile.get_text(" ").split()) for tile in page.soup.select(".tiles a")]
    assert tiles == [
        "Virtual servers 500 500 running",
        "Dedicated servers 0 0 on",
        "WordPress 0 0 updates",
        "Domains 2000 0 expire soon",
        "DNS 12 36 record sets",
        "Billing View your invoices",
    ]
