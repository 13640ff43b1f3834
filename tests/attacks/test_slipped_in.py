"""Two hold one session: what a thief asks for takes the place of what its customer asked for.

The text of a code names the act and its object, not what becomes of it: that of both reads the same.
"""

from collections.abc import Callable

import pytest

from tests.person import Person
from tests.shelf import add_domain, add_zone, orders

EVIL = "203.0.113.66"


def _name_servers(browser: Person, domain: int, what: str) -> None:
    path = f"/resources/domains/{domain}/name-servers"
    browser.open(path)
    browser.submit(path, {"name_servers": f"ns1.{what}.example\nns2.{what}.example"})


def _main_records(browser: Person, zone: int, what: str) -> None:
    path = f"/resources/dns/{zone}/records/A?name=@"
    browser.open(path)
    browser.submit(path, {"values": EVIL if what == "evil" else "203.0.113.7"})


def _import(browser: Person, zone: int, what: str) -> None:
    browser.open(f"/resources/dns/{zone}/import")
    browser.submit(f"/resources/dns/{zone}/import", {"text": f"www 3600 IN TXT {what}\n"})
    browser.submit(f"{browser.page.path}/apply")


ACTS = pytest.mark.parametrize(
    ("add", "ask"), [(add_domain, _name_servers), (add_zone, _main_records), (add_zone, _import)]
)


@ACTS
def test_a_code_confirms_nothing_but_what_its_page_showed(
    enrolled: Person, add: Callable[[Person], int], ask: Callable[[Person, int, str], None]
) -> None:
    thing = add(enrolled)
    thief = enrolled.copy("198.51.100.66")
    ask(enrolled, thing, "good")
    seen = enrolled.page
    ask(thief, thing, "evil")
    mine, other = [text.partition("\n")[0][6:] for text in enrolled.texts() if "#" in text][-2:]
    assert mine == other, "she can't tell by the text"
    enrolled.page = seen
    page = enrolled.type_code(enrolled.newest_code())
    assert (page.status, page.path) == (422, "/auth/confirm")
    assert "Something else was asked for meanwhile" in page.words
    assert page.value("code") == ""
    assert orders(enrolled) == []


@ACTS
def test_the_page_shows_what_is_confirmed(
    enrolled: Person, add: Callable[[Person], int], ask: Callable[[Person, int, str], None]
) -> None:
    thing = add(enrolled)
    ask(enrolled, thing, "evil")
    assert EVIL in enrolled.page.words or "evil" in enrolled.page.words
