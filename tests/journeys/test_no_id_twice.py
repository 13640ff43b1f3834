"""What was asked of a thing that is gone is never taken for what was asked of a newer one."""

import pytest

from portal.models import VirtualServer
from tests.journeys.test_activity import history_of
from tests.person import Person
from tests.shelf import add_server, add_site, add_zone, read

NOTHING = "There is nothing of that kind."


@pytest.fixture
def settings() -> dict[str, str]:
    return {f"DRIVER_{kind}": "tests.fakes:MemoryDriver" for kind in ("VPS", "WORDPRESS", "DNS")}


def approve(person: Person) -> None:
    person.type_code(person.newest_code())


def test_a_new_server_has_nothing_of_the_history_of_one_that_is_gone(enrolled: Person) -> None:
    add_server(enrolled)
    old = add_server(enrolled, name="web-2")
    path = "/resources/virtual-servers"
    enrolled.open(f"{path}/{old}")
    enrolled.submit(f"{path}/{old}/act", act="delete server")
    approve(enrolled)
    enrolled.carry_out()
    assert read(enrolled, VirtualServer, old) is None
    new = add_server(enrolled, name="web-3")
    assert new > old
    assert "web-2" not in enrolled.open(f"{path}/{new}").html
    assert NOTHING in history_of(enrolled, f"{path}/{new}").words
    assert "Done: delete server 'web-2'" in enrolled.open(f"/profile/activity?kind=vps&id={old}").words


def test_a_new_site_has_nothing_of_the_history_of_one_that_is_gone(enrolled: Person) -> None:
    old = add_site(enrolled)
    enrolled.open(f"/resources/wordpress/{old}")
    enrolled.submit(f"/resources/wordpress/{old}/act", act="delete site")
    approve(enrolled)
    enrolled.carry_out()
    new = add_site(enrolled, domain="blog.example")
    assert new > old
    assert NOTHING in history_of(enrolled, f"/resources/wordpress/{new}").words


def test_a_new_zone_has_nothing_of_the_history_of_one_that_is_gone(enrolled: Person) -> None:
    old = add_zone(enrolled)
    enrolled.open(f"/resources/dns/{old}/records/A?name=www")
    enrolled.submit(f"/resources/dns/{old}/records/A?name=www", {"values": "203.0.113.8"})
    enrolled.carry_out()
    enrolled.open(f"/resources/dns/{old}/")
    enrolled.submit(f"/resources/dns/{old}/delete")
    approve(enrolled)
    enrolled.carry_out()
    new = add_zone(enrolled, name="example.org")
    assert new > old
    assert "203.0.113.8" not in enrolled.open(f"/resources/dns/{new}/history").html
    assert NOTHING in history_of(enrolled, f"/resources/dns/{new}/").words


def test_an_approval_of_a_server_that_is_gone_does_nothing_to_a_new_one(enrolled: Person) -> None:
    old = add_server(enrolled)
    path = f"/resources/virtual-servers/{old}"
    enrolled.open(path)
    enrolled.submit(f"{path}/act", act="reset root password")
    waiting, code = enrolled.copy(), enrolled.newest_code()
    waiting.open("/auth/confirm")
    other = Person(enrolled.app, "198.51.100.7")
    other.sign_in_with_code()
    other.open(path)
    other.submit(f"{path}/act", act="delete server")
    approve(other)
    other.carry_out()
    new = add_server(enrolled, name="web-2")
    page = waiting.type_code(code)
    assert "web-1 has changed since you asked, so nothing was done." in page.soup.get_text()
    assert waiting.carry_out() == 0
    assert read(enrolled, VirtualServer, new) is not None
