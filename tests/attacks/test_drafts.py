"""Differences that wait to be looked at: made by a press that needs nothing but a session."""

from sqlalchemy import func, select

from portal.database import begin_read
from portal.models import DnsDraft
from portal.zones.history import MOST_DRAFTS
from tests.person import Person
from tests.shelf import add_zone, orders


def _drafts(person: Person) -> int:
    with person.app.app_context(), begin_read() as session:
        return session.scalar(select(func.count()).select_from(DnsDraft)) or 0


def test_no_number_of_presses_fills_the_disk_and_the_last_one_still_counts(enrolled: Person) -> None:
    page = f"/resources/dns/{add_zone(enrolled)}/import"
    for n in range(MOST_DRAFTS + 5):
        enrolled.open(page)
        enrolled.submit(page, {"text": f"www 3600 IN A 203.0.113.{n + 100}\n"})
    assert _drafts(enrolled) == MOST_DRAFTS
    enrolled.submit(f"{enrolled.page.path}/apply")
    enrolled.type_code(enrolled.newest_code())
    [order] = orders(enrolled)
    assert order.values["changes"][0]["after"]["values"] == [f"203.0.113.{MOST_DRAFTS + 104}"]


def test_one_customer_s_drafts_push_out_nobody_else_s(enrolled: Person, mallory: Person) -> None:
    page = f"/resources/dns/{add_zone(enrolled)}/import"
    enrolled.open(page)
    draft = enrolled.submit(page, {"text": "www 3600 IN A 203.0.113.99\n"}).path
    other = f"/resources/dns/{add_zone(mallory, 'mallory@example.com', name='example.org')}/import"
    for n in range(MOST_DRAFTS):
        mallory.open(other)
        mallory.submit(other, {"text": f"www 3600 IN A 203.0.113.{n + 100}\n"})
    assert enrolled.open(draft).status == 200
