"""`portal import resources`: what differs is updated, what is not in the file stays."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.audit import Actor
from portal.database import begin_read, begin_write
from portal.extensions import db
from portal.imports import resources, sheet
from portal.imports.applying import ChangedMeanwhileError, apply
from portal.imports.owners import Owners
from portal.imports.plan import make_plan
from portal.imports.sheet import Problems
from portal.kinds import Kind
from portal.models import (
    AuditEvent,
    DnsRecordSet,
    DnsZone,
    Domain,
    VirtualServer,
)
from tests.cli.conftest import Run
from tests.cli.sheets import SAMPLES, Sheets, found, import_samples, sign_in_first_time
from tests.person import PHONE, Person


def test_what_differs_is_updated_and_an_approval_asked_for_before_is_refused(
    portal: Run, alice: Person, sheets: Sheets
) -> None:
    import_samples(portal)
    sign_in_first_time(portal, alice, "anna@example.com")
    alice.enrol(PHONE)
    [server] = found(alice.app, VirtualServer, VirtualServer.external_id == "v-501")
    alice.open(f"/resources/virtual-servers/{server.id}")
    alice.submit(f"/resources/virtual-servers/{server.id}/act", act="delete server")
    waiting = alice.page

    header = "kind,id,customer,name,location,state,vcpus,memory_gb,disk_gb,address"
    output = portal(
        "import", "resources",
        sheets(header, "vps,v-501,c-1001,web-1,Frankfurt,running,4,4,80,203.0.113.41"), "--apply",
    ).output  # fmt: skip
    assert "changed: line 2: web-1: vcpus 2 -> 4\n" in output
    assert "not in the file: shop-1\n" in output
    assert "dedicated" not in output, "of kinds that the file does not have nothing is said"
    [changed] = found(alice.app, VirtualServer, VirtualServer.external_id == "v-501")
    assert (changed.vcpus, changed.revision) == (4, server.revision + 1)
    assert changed.more_addresses == ["2001:db8::41", "203.0.113.42"]
    assert len(found(alice.app, VirtualServer)) == 2

    alice.page = waiting
    assert "has changed since you asked" in alice.type_code(alice.newest_code()).words
    [event] = found(alice.app, AuditEvent, AuditEvent.event == "changed by import")
    assert (event.by, event.kind, event.object_id, event.account_id) == ("staff:sam", "vps", server.id, 1)
    assert event.detail == {"name": "web-1", "fields": "vcpus"}


def test_a_thing_may_move_to_another_customer(portal: Run, app: Flask, sheets: Sheets) -> None:
    import_samples(portal)
    header = "kind,id,customer,name,expires_on,locked,auto_renew"
    row = "domain,dom-2,OPS@cloudandco.example,anna-able.example,2026-12-24,yes,no"
    output = portal("import", "resources", sheets(header, row), "--apply").output
    assert "anna-able.example: customer anna@example.com -> ops@cloudandco.example\n" in output
    [domain] = found(app, Domain, Domain.external_id == "dom-2")
    assert domain.account_id == 3


def test_the_serial_and_the_records_of_a_zone_stay_as_they_are(portal: Run, app: Flask) -> None:
    import_samples(portal)
    with app.app_context(), begin_write() as session:
        zone = session.scalars(select(DnsZone)).one()
        zone.serial = 2026112407
        zone.record_sets.append(DnsRecordSet(name="@", type="A", ttl=60, values=["203.0.113.1"]))
    output = portal("import", "resources", str(SAMPLES / "resources.csv"), "--apply").output
    assert output.endswith("There is nothing to do.\n")
    [zone] = found(app, DnsZone)
    assert zone.serial == 2026112407
    assert len(found(app, DnsRecordSet)) == 1


def test_a_domain_without_an_id_is_found_by_its_name_and_a_name_is_never_changed(
    portal: Run, app: Flask, sheets: Sheets
) -> None:
    import_samples(portal)
    with app.app_context():
        domain = db.session.scalars(select(Domain).where(Domain.name == "anna-able.example")).one()
        domain.external_id = None
        db.session.commit()
    header = "kind,id,customer,name,expires_on,locked,auto_renew"
    rest = "2026-12-24,yes,no"
    output = portal(
        "import", "resources", sheets(header, f"domain,dom-7,c-1001,Anna-Able.example.,{rest}"), "--apply"
    ).output
    assert "id None -> 'dom-7'\n" in output
    refused = portal("import", "resources", sheets(header, f"domain,dom-7,c-1001,other.example,{rest}"), "--apply")
    assert "line 2, name: It is anna-able.example, which can't be changed." in refused.output
    taken = portal("import", "resources", sheets(header, f"domain,dom-8,c-1001,anna-able.example,{rest}"), "--apply")
    assert "line 2, name: There is a domain anna-able.example already, with the id dom-7." in taken.output


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"kind": "car"}, "kind: It must be vps, dedicated, wordpress, domain or dns."),
        ({"kind": ""}, "kind: This is empty."),
        ({"id": ""}, "id: This is empty."),
        ({"customer": "c-9"}, "customer: There is no customer with the id or email c-9. Import customers first."),
        ({"state": "on"}, "state: It must be running, stopped or rebooting."),
        ({"vcpus": "2.5"}, "vcpus: It must be a whole number from 1 to 10000."),
        ({"vcpus": "0"}, "vcpus: It must be a whole number from 1 to 10000."),
        ({"memory_gb": "99999999999999"}, "memory_gb: It must be a whole number from 1 to 1000000."),
        ({"address": "203.0.113"}, "address: It must be an address such as 203.0.113.7 or 2001:db8::7."),
        ({"more_addresses": "203.0.113.1, 203.0.113.2"}, "more_addresses: It must be an address such as"),
        ({"expires_on": "2026-12-24"}, "expires_on: This must be empty: it says nothing about a vps."),
        ({"kind": "domain", "expires_on": "24.12.2026"}, "expires_on: It must be a date such as 2026-11-24."),
        ({"kind": "domain", "expires_on": "2026-02-30"}, "expires_on: It must be a date such as 2026-11-24."),
        ({"kind": "domain", "locked": "perhaps"}, "locked: It must be yes or no."),
        ({"kind": "domain", "name": "münchen.example"}, "name: It must be a name such as example.com;"),
        ({"kind": "domain", "name": "-a.example"}, "name: It must be a name such as example.com;"),
        ({"kind": "dns", "serial": "4294967296"}, "serial: It must be a whole number from 1 to 4294967295."),
    ],
)
def test_a_wrong_cell_is_said_with_its_line_and_column(
    portal: Run, sheets: Sheets, cells: dict[str, str], said: str
) -> None:
    import_samples(portal)
    row = {
        "kind": "vps", "id": "v-1", "customer": "c-1001", "name": "web-1", "location": "Dallas", "state": "running",
        "vcpus": "2", "memory_gb": "4", "disk_gb": "80", "address": "203.0.113.9", "more_addresses": "",
        "expires_on": "", "locked": "", "auto_renew": "", "serial": "",
    } | cells  # fmt: skip
    quoted = [f'"{cell}"' for cell in row.values()]
    result = portal("import", "resources", sheets(",".join(row), ",".join(quoted)), "--apply")
    assert result.exit_code == 1
    assert f"line 2, {said}" in result.output


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "<script>alert(1)</script>"])
def test_a_formula_is_text_like_any_other(portal: Run, alice: Person, sheets: Sheets, name: str) -> None:
    import_samples(portal)
    header = "kind,id,customer,name,location,state,vcpus,memory_gb,disk_gb,address"
    row = f'vps,v-9,c-1002,"{name}",Dallas,running,1,1,1,203.0.113.9'
    assert portal("import", "resources", sheets(header, row), "--apply").exit_code == 0
    sign_in_first_time(portal, alice, "office@brightcafe.example")
    [heading] = alice.open("/resources/").soup.select("#virtual-servers tbody th")
    assert heading.get_text(" ").split() == [*name.split(), "Dallas"]


def test_a_server_that_changes_meanwhile_undoes_the_whole_import(portal: Run, app: Flask, sheets: Sheets) -> None:
    import_samples(portal)
    header = "kind,id,customer,name,location,state,vcpus,memory_gb,disk_gb,address"
    path = Path(
        sheets(
            header,
            "vps,v-1,c-1001,new,Frankfurt,running,2,4,80,203.0.113.50",
            "vps,v-501,c-1001,web-1,Frankfurt,stopped,2,4,80,203.0.113.41",
        )
    )
    with app.app_context():
        problems = Problems()
        with begin_read() as session:
            entries = resources.entries(sheet.rows(path, resources.COLUMNS, problems), Owners(session))
            plan = make_plan(session, resources.tables()[Kind.VPS], entries[Kind.VPS], problems)
        with begin_write() as session:
            session.scalars(select(VirtualServer).where(VirtualServer.external_id == "v-501")).one().state = "rebooting"
        with pytest.raises(ChangedMeanwhileError):
            apply([plan], clock.now(), Actor("staff:sam"), path.name)
    assert [server.state for server in found(app, VirtualServer)] == ["rebooting", "stopped"]
