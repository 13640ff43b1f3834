"""The zone editor in a browser, on a real name server: what is saved is what resolvers are told."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from portal.dns.records import RecordSet
from tests.browser import server
from tests.browser.inspecting import Inspector
from tests.browser.server import Portal
from tests.drivers.pdns import Pdns, pdns
from tests.serving.processes import wait_until

__all__ = ["pdns"]
pytestmark = pytest.mark.browser

EMAIL, ZONE = "alice@demo.example", "alice-1.example"
FILE = "@ 600 IN A 203.0.113.77\nnew 600 IN TXT hello\n"


@pytest.fixture(scope="session")
def portal_server(chromium: str, pdns: Pdns, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal of its own, whose demo customer's zone is on the name server."""
    del chromium
    pdns.make_zone(
        RecordSet("@", "NS", 3600, ("ns1.example.net.", "ns2.example.net.")),
        RecordSet("@", "A", 3600, ("203.0.113.1",)),
        RecordSet("www", "CNAME", 3600, (f"{ZONE}.",)),
        name=ZONE,
    )
    with server.serve(tmp_path_factory.mktemp("dns"), DRIVER_DNS="powerdns", **pdns.settings) as portal:
        yield portal


def is_answered(pdns: Pdns, name: str, kind: str, *values: str) -> None:
    wait_until(lambda: pdns.ask(name, kind) == list(values))


def test_a_record_is_changed_undone_and_a_zone_imported(page: Page, portal_server: Portal, pdns: Pdns) -> None:
    page.goto(f"{portal_server.url}/auth/login")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(portal_server.demo[EMAIL])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="DNS").click()
    page.get_by_role("link", name=ZONE).click()
    expect(page.get_by_role("heading", level=1, name=ZONE)).to_be_visible()
    inspector = Inspector(page)
    inspector.look("zone")

    page.get_by_role("link", name="Add A", exact=True).click()
    page.get_by_label("Name").fill("shop")
    page.get_by_label("IPv4 addresses").fill("203.0.113.999")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()
    inspector.look("record refused")
    page.get_by_label("IPv4 addresses").fill("203.0.113.50")
    page.get_by_role("button", name="Save").click()
    is_answered(pdns, f"shop.{ZONE}", "A", "203.0.113.50")

    page.get_by_role("link", name="What was changed").click()
    inspector.look("what was changed")
    page.get_by_role("button", name="Undo").first.click()
    inspector.look("what would change")
    page.get_by_role("button", name="Make these changes").click()
    is_answered(pdns, f"shop.{ZONE}", "A")

    page.get_by_role("link", name="Import a zone file").click()
    inspector.look("import")
    page.get_by_label("Zone file").set_input_files({"name": "zone", "mimeType": "text/dns", "buffer": FILE.encode()})
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_text("203.0.113.77")).to_be_visible()
    page.get_by_role("button", name="Make these changes").click()
    page.get_by_label("Password").fill(portal_server.demo[EMAIL])
    page.get_by_role("button", name="Continue").click()
    is_answered(pdns, ZONE, "A", "203.0.113.77")
    is_answered(pdns, f"new.{ZONE}", "TXT", '"hello"')
    assert not inspector.problems, "\n".join(inspector.problems)
