"""The lists of all things of one kind: pages of fifty, a search by name, and nothing of anybody else."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from portal.models import VirtualServer
from tests.conftest import Clock
from tests.journeys.test_resources import own, virtual_server
from tests.person import Page, Person
from tests.shelf import add_domain, add_metal, add_server, add_site

LISTS = {
    "/resources/virtual-servers/": add_server,
    "/resources/dedicated-servers/": add_metal,
    "/resources/wordpress/": add_site,
    "/resources/domains/": add_domain,
}


def names(page: Page) -> list[str]:
    return [row.get_text() for row in page.soup.select("tbody th a")]


def servers(*names: str) -> list[VirtualServer]:
    return [virtual_server(name) for name in names]


@pytest.mark.parametrize(("path", "add"), LISTS.items(), ids=LISTS)
def test_each_list_leads_to_the_page_of_each_thing(enrolled: Person, path: str, add: Callable[..., int]) -> None:
    thing = add(enrolled)
    page = enrolled.open(path)
    [link] = page.soup.select("tbody th a")
    assert link["href"] == f"{path}{thing}"
    assert link.get_text() in enrolled.open(str(link["href"])).words


@pytest.mark.parametrize(("path", "add"), LISTS.items(), ids=LISTS)
def test_the_menu_leads_to_each_list_and_says_where_one_is(
    enrolled: Person, path: str, add: Callable[..., int]
) -> None:
    thing = add(enrolled)
    for where, here in ((path, "page"), (f"{path}{thing}", "true")):
        [link] = enrolled.open(where).soup.select(f"nav[aria-label=Main] a[href='{path}']")
        assert link["aria-current"] == here


@pytest.mark.parametrize("path", LISTS)
def test_an_empty_list_says_what_will_stand_there(enrolled: Person, path: str) -> None:
    page = enrolled.open(path)
    assert " will be listed here, with " in page.words
    assert not page.has_field("q"), "there is nothing to search"


def test_fifty_stand_on_a_page_and_the_others_on_the_next(enrolled: Person) -> None:
    own(enrolled.app, "alice@example.com", *servers(*(f"web-{n:03}" for n in range(120))))
    first = enrolled.open("/resources/virtual-servers/")
    assert "120 in all, 120 running" in first.words
    assert names(first) == [f"web-{n:03}" for n in range(50)]
    assert "Page 1 of 3" in first.words
    second = follow(enrolled, "next")
    assert names(second) == [f"web-{n:03}" for n in range(50, 100)]
    third = follow(enrolled, "next")
    assert names(third) == [f"web-{n:03}" for n in range(100, 120)]
    assert not third.soup.select("a[rel=next]")
    assert names(follow(enrolled, "prev")) == names(second)


def follow(person: Person, rel: str) -> Page:
    [link] = person.page.soup.select(f"a[rel={rel}]")
    return person.open(str(link["href"]))


@pytest.mark.parametrize(
    ("page", "shown"), [("2", "web-50"), ("99", "web-50"), ("0", "web-00"), ("-1", "web-00"), ("²", "web-00")]
)
def test_a_page_that_is_not_there_is_the_nearest_one(enrolled: Person, page: str, shown: str) -> None:
    own(enrolled.app, "alice@example.com", *servers(*(f"web-{n:02}" for n in range(60))))
    assert names(enrolled.open(f"/resources/virtual-servers/?page={page}"))[0] == shown


def test_a_search_finds_parts_of_names_whatever_their_case(enrolled: Person) -> None:
    own(enrolled.app, "alice@example.com", *servers("web-1", "Web-2", "db-1", "100%", "a_b", "axb"))
    for typed, found in (("WEB", {"web-1", "Web-2"}), ("-1", {"db-1", "web-1"}), ("%", {"100%"}), ("_", {"a_b"})):
        page = enrolled.open_form("/resources/virtual-servers/", q=typed)
        assert set(names(page)) == found
        assert page.value("q") == typed
    assert "2 with “WEB” in the name" in enrolled.open("/resources/virtual-servers/?q=WEB").words


def test_a_search_goes_on_over_its_pages(enrolled: Person) -> None:
    own(enrolled.app, "alice@example.com", *servers("db", *(f"web-{n:02}" for n in range(60))))
    enrolled.open_form("/resources/virtual-servers/", q="web")
    assert names(follow(enrolled, "next")) == [f"web-{n:02}" for n in range(50, 60)]


def test_a_search_without_a_hit_says_so_and_leads_back(enrolled: Person) -> None:
    add_server(enrolled)
    page = enrolled.open_form("/resources/virtual-servers/", q="nothing of the kind")
    assert "0 with “nothing of the kind” in the name Try a shorter part of the name. Show all 1" in page.words


@pytest.mark.parametrize("odd", ["%00", "a%00b", "' OR '1'='1", "%ed%a0%80", "x" * 9_000, "\\", "%25' --"])
def test_odd_names_find_nothing_and_break_nothing(enrolled: Person, odd: str) -> None:
    add_server(enrolled, name="web-1")
    page = enrolled.open(f"/resources/virtual-servers/?q={odd}")
    assert page.status == 200
    assert names(page) in ([], ["web-1"])


@pytest.mark.parametrize(("path", "add"), LISTS.items(), ids=LISTS)
def test_nobody_elses_are_listed_counted_or_found(enrolled: Person, path: str, add: Callable[..., int]) -> None:
    other = Person(enrolled.app)
    other.register("bob@example.com")
    add(other, "bob@example.com")
    for query in ("", "?q=e", "?page=2"):
        assert names(enrolled.open(path + query)) == []
    assert "None yet" in enrolled.page.words


def test_domains_that_expire_first_come_first(enrolled: Person, time: Clock) -> None:
    del time
    for name, year in (("a.example", 2029), ("b.example", 2027), ("c.example", 2028)):
        add_domain(enrolled, name=name, expires_on=date(year, 1, 1))
    assert names(enrolled.open("/resources/domains/")) == ["b.example", "c.example", "a.example"]


def test_sites_with_an_update_come_first(enrolled: Person) -> None:
    add_site(enrolled, domain="a.example", new_version=None)
    add_site(enrolled, domain="b.example")
    assert names(enrolled.open("/resources/wordpress/")) == ["b.example", "a.example"]


@pytest.mark.parametrize("number", ["9223372036854775807", "9223372036854775808", "9" * 40, "0", "-1", "x"])
def test_a_thing_with_any_other_number_is_not_there(enrolled: Person, number: Any) -> None:
    for path in LISTS:
        assert enrolled.open(f"{path}{number}").status == 404
    assert enrolled.open(f"/resources/orders/{number}").status == 404
