"""The overview: the first of everything the account controls, how many there are, and nothing of anybody else."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.database import begin_read, begin_write
from portal.models import (
    Account,
    DedicatedServer,
    DnsRecordSet,
    DnsZone,
    Domain,
    Invoice,
    VirtualServer,
    WordPressSite,
)
from tests.conftest import Clock
from tests.person import Page, Person

GROUPS = ["virtual-servers", "dedicated-servers", "wordpress", "domains", "dns"]


def own(app: Flask, email: str, *rows: Any) -> None:
    """Give these to a customer."""
    with app.app_context():
        with begin_read() as session:
            account_id = session.scalars(select(Account.id).where(Account.email == email)).one()
        with begin_write() as session:
            for row in rows:
                row.account_id = account_id
            session.add_all(rows)


def virtual_server(name: str, state: str = "running") -> VirtualServer:
    return VirtualServer(
        name=name, location="Frankfurt", state=state, vcpus=2, memory_gb=4, disk_gb=80, address="203.0.113.10"
    )


def rows(page: Page, group: str) -> list[list[str]]:
    """The cells of a group's table, as they are read."""
    table = page.soup.select(f"#{group} tbody tr")
    return [[" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])] for row in table]


def tile(page: Page, group: str) -> str:
    found = page.soup.select_one(f'.tiles a:is([href="#{group}"], [href="/resources/{group}/"])')
    assert found is not None
    return " ".join(found.get_text(" ").split())


def test_a_new_customer_is_told_what_will_stand_in_each_group(alice: Person) -> None:
    page = alice.register()
    sections = [section["id"] for section in page.soup.select("main section")]
    assert sections == GROUPS
    for group in GROUPS:
        empty = page.soup.select_one(f"#{group} .empty")
        assert empty is not None
        assert " here, with " in empty.get_text()
        assert rows(page, group) == []


def test_a_customer_sees_only_her_own(alice: Person) -> None:
    alice.register()
    Person(alice.app).register("bob@example.com")
    own(alice.app, "alice@example.com", virtual_server("alices-server"))
    own(alice.app, "bob@example.com", virtual_server("bobs-server"))
    page = alice.open("/resources/")
    assert "alices-server" in page.html
    assert "bobs-server" not in page.html
    assert tile(page, "virtual-servers") == "Virtual servers 1 1 running"


def test_virtual_servers(alice: Person) -> None:
    alice.register()
    own(alice.app, "alice@example.com", virtual_server("web-1"), virtual_server("web-2", "stopped"))
    page = alice.open("/resources/")
    assert rows(page, "virtual-servers") == [
        ["web-1 Frankfurt", "Running", "2 vCPU / 4 GB 80 GB disk", "203.0.113.10"],
        ["web-2 Frankfurt", "Stopped", "2 vCPU / 4 GB 80 GB disk", "203.0.113.10"],
    ]
    assert tile(page, "virtual-servers") == "Virtual servers 2 1 running"


def test_dedicated_servers(alice: Person) -> None:
    alice.register()
    server = DedicatedServer(
        name="metal-1", location="Dallas", state="off", processor="EPYC", memory_gb=128, address="198.51.100.1"
    )
    own(alice.app, "alice@example.com", server)
    assert rows(alice.open("/resources/"), "dedicated-servers") == [
        ["metal-1 Dallas", "Off", "EPYC 128 GB memory", "198.51.100.1"]
    ]


def test_wordpress_sites_say_what_can_be_updated(alice: Person) -> None:
    alice.register()
    own(
        alice.app,
        "alice@example.com",
        WordPressSite(domain="old.example", version="6.9", new_version="7.0", admin="alice"),
        WordPressSite(domain="new.example", version="7.0", new_version=None, admin="admin"),
    )
    page = alice.open("/resources/")
    assert rows(page, "wordpress") == [
        ["old.example", "6.9", "7.0 is out", "alice"],
        ["new.example", "7.0", "Up to date", "admin"],
    ]
    assert tile(page, "wordpress") == "WordPress 2 1 update"


@pytest.mark.parametrize(
    ("days", "state"),
    [(-1, "Expired"), (0, "Expires today"), (1, "Expires in 1 day"), (30, "Expires in 30 days"), (31, "Active")],
)
def test_a_domain_says_when_it_expires(alice: Person, time: Clock, days: int, state: str) -> None:
    alice.register()
    expires_on = time.at.date() + timedelta(days=days)
    own(alice.app, "alice@example.com", Domain(name="a.example", expires_on=expires_on, locked=True, auto_renew=False))
    [cells] = rows(alice.open("/resources/"), "domains")
    assert cells == ["a.example", state, f"{expires_on.day} {expires_on:%B %Y}", "Locked", "Off"]


def test_dns_zones(alice: Person) -> None:
    alice.register()
    records = [DnsRecordSet(name=n, type="A", ttl=3600, values=["203.0.113.1"]) for n in ("@", "www")]
    own(alice.app, "alice@example.com", DnsZone(name="a.example", serial=2026112401, record_sets=records))
    page = alice.open("/resources/")
    assert rows(page, "dns") == [["a.example", "2", "2026112401"]]
    assert tile(page, "dns") == "DNS 1 2 record sets"


def test_of_billing_there_is_only_a_link(alice: Person, time: Clock) -> None:
    """The overview opens with a session alone, which may be a stolen one."""
    alice.register()
    today = time.at.date()
    invoice = Invoice(
        number="2026-1007", issued_on=today, due_on=today, currency="EUR", net=Decimal("64.71"), tax=Decimal("12.29"),
        total=Decimal("77.00"),
    )  # fmt: skip
    own(alice.app, "alice@example.com", invoice)
    page = alice.open("/resources/")
    assert "2026-1007" not in page.html
    assert "77" not in page.words
    assert page.soup.select('main a[href="/billing/"]')


def test_of_many_it_shows_the_first_five_and_leads_to_all(alice: Person) -> None:
    alice.register()
    own(alice.app, "alice@example.com", *(virtual_server(f"web-{n}") for n in range(8, 0, -1)))
    page = alice.open("/resources/")
    assert [cells[0] for cells in rows(page, "virtual-servers")] == [f"web-{n} Frankfurt" for n in range(1, 6)]
    assert tile(page, "virtual-servers") == "Virtual servers 8 8 running"
    [link] = page.soup.select("#virtual-servers .after a")
    assert " ".join(link.get_text().split()) == "All 8 Virtual servers"
    assert link["href"] == "/resources/virtual-servers/"


def test_a_name_with_markup_in_it_is_shown_as_it_is(alice: Person) -> None:
    alice.register()
    own(alice.app, "alice@example.com", virtual_server("<b>web</b>"))
    page = alice.open("/resources/")
    assert "<b>web</b>" in rows(page, "virtual-servers")[0][0]
    assert page.soup.select("#virtual-servers b") == []


def test_profile_activity_and_sign_out_are_in_the_account_menu_and_nothing_else_is_a_form(alice: Person) -> None:
    page = alice.register()
    menu = page.soup.select_one("details.menu")
    assert menu is not None
    assert [link["href"] for link in menu.find_all("a")] == ["/profile/", "/profile/activity"]
    assert menu.get_text(" ").split()[0] == "Account"
    assert [form["action"] for form in page.soup.find_all("form")] == ["/auth/logout"]
