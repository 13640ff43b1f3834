"""Acts on WordPress sites: what they need, what becomes of them."""

import re

import pytest

from portal.drivers.base import Done
from portal.kinds import Kind
from portal.models import WordPressSite
from tests.conftest import Clock
from tests.fakes import driver
from tests.person import Person
from tests.shelf import add_site, orders, read


@pytest.fixture
def settings() -> dict[str, str]:
    return {"DRIVER_WORDPRESS": "tests.fakes:MemoryDriver"}


def press(person: Person, site: int, act: str, **hidden: str) -> None:
    person.open(f"/resources/wordpress/{site}")
    person.submit(f"/resources/wordpress/{site}/act", None, act=act, **hidden)


def test_its_page_says_what_there_is_and_leads_to_its_dashboard(enrolled: Person) -> None:
    page = enrolled.open(f"/resources/wordpress/{add_site(enrolled)}")
    assert "WordPress 6.9 7.0 is out" in page.words
    [link] = page.soup.select("a[href='https://shop.example/wp-admin/']")
    assert link["rel"] == ["noopener"]
    assert [heading.get_text() for heading in page.soup.select("#admin-lines h3")] == ["admin", "editor"]


def test_an_update_is_ordered_at_once_and_is_then_no_longer_offered(enrolled: Person) -> None:
    site = add_site(enrolled)
    press(enrolled, site, "update site")
    assert "Update to 7.0 asked for" in enrolled.page.words
    enrolled.carry_out()
    assert driver(enrolled.app, Kind.WORDPRESS).tasks[0].values == {"version": "7.0"}
    page = enrolled.open(f"/resources/wordpress/{site}")
    assert "WordPress 7.0 Up to date" in page.words
    assert not page.soup.select("input[value='update site']")


def test_a_driver_that_updated_to_another_version_says_so(enrolled: Person) -> None:
    site = add_site(enrolled)
    driver(enrolled.app, Kind.WORDPRESS).answer = lambda _: Done(facts={"version": "7.0.1"})
    press(enrolled, site, "update site")
    enrolled.carry_out()
    updated = read(enrolled, WordPressSite, site)
    assert updated is not None
    assert (updated.version, updated.new_version) == ("7.0.1", None)


def test_there_is_no_update_where_there_is_none(enrolled: Person) -> None:
    site = add_site(enrolled, new_version=None)
    enrolled.open(f"/resources/wordpress/{site}")
    fields = {"csrf_token": enrolled.csrf(), "act": "update site", "once": "a" * 32, "revision": "1"}
    enrolled.post(f"/resources/wordpress/{site}/act", fields)
    assert "There is no update for shop.example: it is at version 6.9." in enrolled.page.words
    assert not orders(enrolled)


def test_a_new_password_is_for_the_admin_that_was_chosen_and_takes_a_code(enrolled: Person) -> None:
    site = add_site(enrolled)
    press(enrolled, site, "reset admin password", admin="editor")
    assert "set a new password for the admin editor of 'shop.example'" in enrolled.page.words
    assert re.match(r"\d{6} resets the password of 'editor' on 'shop.example'\. ", enrolled.texts()[-1])
    enrolled.type_code(enrolled.newest_code())
    order = orders(enrolled)[0]
    enrolled.submit(f"/resources/orders/{order.id}/secret")
    shown = enrolled.page.html
    enrolled.carry_out()
    task = driver(enrolled.app, Kind.WORDPRESS).tasks[0]
    assert task.values == {"admin": "editor"}
    assert task.secret is not None
    assert task.secret in shown


def test_both_admins_can_be_reset_after_each_other_but_neither_twice(enrolled: Person) -> None:
    site = add_site(enrolled)
    for admin in ("admin", "editor"):
        press(enrolled, site, "reset admin password", admin=admin)
        enrolled.type_code(enrolled.newest_code())
    assert [order.values["admin"] for order in orders(enrolled)] == ["admin", "editor"]
    page = enrolled.open(f"/resources/wordpress/{site}")
    assert "admin New password asked for" in page.words
    assert not page.soup.select("input[value='reset admin password']")


def test_nobody_else_is_an_admin(enrolled: Person) -> None:
    site = add_site(enrolled)
    enrolled.open(f"/resources/wordpress/{site}")
    fields = {"csrf_token": enrolled.csrf(), "act": "reset admin password", "once": "a" * 32, "revision": "1"}
    for admin in ("mallory", "", "x" * 101):
        enrolled.post(f"/resources/wordpress/{site}/act", fields | {"admin": admin})
        assert enrolled.page.path.startswith(f"/resources/wordpress/{site}")
    assert not orders(enrolled)


def test_a_site_is_deleted_by_a_code(enrolled: Person, time: Clock) -> None:
    site = add_site(enrolled)
    time.forward(minutes=2)
    press(enrolled, site, "delete site")
    assert re.match(r"\d{6} deletes the site 'shop.example'\. ", enrolled.texts()[-1])
    enrolled.type_code(enrolled.newest_code())
    enrolled.carry_out()
    assert read(enrolled, WordPressSite, site) is None
    assert enrolled.open(f"/resources/wordpress/{site}").status == 404


def test_another_customers_site_is_not_there(enrolled: Person) -> None:
    site = add_site(enrolled)
    other = Person(enrolled.app)
    other.register("bob@example.com")
    assert other.open(f"/resources/wordpress/{site}").status == 404
    other.open("/resources/")
    fields = {"csrf_token": other.csrf(), "act": "update site", "once": "a" * 32, "revision": "1"}
    assert other.post(f"/resources/wordpress/{site}/act", fields).status == 404
    assert not orders(enrolled)
