"""Activity: what was done, by whom, from where, by which proof."""

import csv
import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, insert, select, text

from portal.database import begin_read, begin_write
from portal.extensions import db
from portal.history import files
from portal.history.reading import Wanted
from portal.history.reading import page as page_of_events
from portal.models import AuditEvent
from tests.conftest import Clock
from tests.journeys.test_statements import counted
from tests.journeys.test_tickets import open_ticket
from tests.person import BACKUP, Page, Person
from tests.shelf import add_domain, add_metal, add_server, add_site, add_zone, answer_ticket

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def rows(page: Page) -> list[list[str]]:
    """Each line of the table, a text a cell."""
    table = page.soup.find("table")
    assert table is not None, page.words
    return [
        [" ".join(cell.get_text(" ").split()) for cell in row(["th", "td"])] for row in page.soup.select("tbody tr")
    ]


def what(page: Page) -> list[str]:
    return [row[0] for row in rows(page)]


def add_events(app: Flask, count: int, **columns: Any) -> None:
    """Of the first account, one a minute."""
    start = datetime.fromisoformat("2025-01-01T00:00:00+00:00")
    values = {"account_id": 1, "event": "signed in with a code", "by": "customer", "detail": {}} | columns
    with app.app_context(), begin_write() as session:
        session.execute(insert(AuditEvent), [values | {"at": start + timedelta(minutes=n)} for n in range(count)])


def download(person: Person, query: str = "") -> list[list[str]]:
    response = person.client.get(f"/profile/activity.csv{query}")
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(response.get_data(as_text=True).removeprefix("\ufeff"))))


def history_of(person: Person, path: str) -> Page:
    """Follow the link of a thing's page to all that was done to it."""
    (link,) = person.open(path).soup.select("a[href^='/profile/activity?']")
    return person.open(str(link["href"]))


def test_it_says_what_was_done_by_whom_from_where_and_by_which_proof(enrolled: Person, time: Clock) -> None:
    enrolled.client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    server = add_server(enrolled)
    enrolled.open(f"/resources/virtual-servers/{server}")
    enrolled.submit(f"/resources/virtual-servers/{server}/act", act="reboot server")
    enrolled.open(f"/resources/virtual-servers/{server}")
    enrolled.submit(f"/resources/virtual-servers/{server}/act", act="delete server")
    enrolled.type_code(enrolled.newest_code())
    time.forward(minutes=5)
    enrolled.enrol(BACKUP, "backup")
    open_ticket(enrolled)
    answer_ticket(enrolled, 1, "Hello.")
    page = enrolled.open("/profile/activity")
    here = "203.0.113.5 Firefox on Linux"
    assert rows(page)[:5] == [
        ["Wrote in ticket 1", "24 November 2026 09:05 UTC", "Support", "-", "-"],
        ["Opened ticket 1", "24 November 2026 09:05 UTC", "You", here, "-"],
        ["Added the backup phone +1 ··· ··45", "24 November 2026 09:05 UTC", "You", here, "Code"],
        ["Asked to delete server 'web-1'", "24 November 2026 09:00 UTC", "You", here, "Code"],
        ["Asked to reboot server 'web-1'", "24 November 2026 09:00 UTC", "You", here, "Recent code"],
    ]
    assert what(page)[-1] == "Made the account"
    links = {str(link["href"]) for link in page.soup.select("tbody a")}
    assert links == {"/support/1", "/resources/orders/1", "/resources/orders/2"}


def test_each_thing_leads_to_its_own_history(registered: Person) -> None:
    web, metal = add_server(registered), add_metal(registered)
    for path, its, name in (("virtual-servers", web, "web-1"), ("dedicated-servers", metal, "metal-1")):
        registered.open(f"/resources/{path}/{its}")
        registered.submit(f"/resources/{path}/{its}/act", act="reboot server")
        page = history_of(registered, f"/resources/{path}/{its}")
        assert what(page) == [f"Asked to reboot server '{name}'"]
        assert f"What was done to {name}" in page.words
    for path, its in (("wordpress", add_site(registered)), ("domains", add_domain(registered))):
        assert "There is nothing of that kind." in history_of(registered, f"/resources/{path}/{its}").words
    assert "There is nothing of that kind." in history_of(registered, f"/resources/dns/{add_zone(registered)}/").words
    assert registered.open("/profile/activity?kind=vps&id=999").words.count("There is nothing of that kind.") == 1


def test_it_is_narrowed_by_kind_by_what_and_by_day(registered: Person, time: Clock) -> None:
    server = add_server(registered)
    registered.open(f"/resources/virtual-servers/{server}")
    registered.submit(f"/resources/virtual-servers/{server}/act", act="stop server")
    time.forward(hours=15)
    registered.sign_in()
    open_ticket(registered)
    everything = what(registered.open("/profile/activity"))
    signed_in = "Signed in with the password alone"
    assert everything == ["Opened ticket 1", signed_in, "Asked to stop server 'web-1'", "Made the account"]
    for query, expected in (
        ("kind=account", [signed_in, "Made the account"]),
        ("kind=vps", ["Asked to stop server 'web-1'"]),
        ("kind=ticket", ["Opened ticket 1"]),
        ("what=sign-ins", [signed_in, "Made the account"]),
        ("what=orders", ["Asked to stop server 'web-1'"]),
        ("what=tickets", ["Opened ticket 1"]),
        ("since=2026-11-25", ["Opened ticket 1", signed_in]),
        ("until=2026-11-24", ["Asked to stop server 'web-1'", "Made the account"]),
        ("since=2026-11-24&until=2026-11-24&what=orders", ["Asked to stop server 'web-1'"]),
        ("kind=&what=&since=&until=", everything),
    ):
        assert what(registered.open(f"/profile/activity?{query}")) == expected, query
        assert [row[1] for row in download(registered, f"?{query}")[1:]] == expected, query


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ("since=yesterday", "since", "Write a day like this: 2026-11-24."),
        ("until=2026-02-30", "until", "Write a day like this: 2026-11-24."),
        ("until=9999-12-31", "until", "Nothing is kept from so far away."),
        ("since=0001-01-01", "since", "Nothing is kept from so far away."),
        ("since=2026-11-24&until=2026-11-23", "until", "This day is before the first one."),
        ("kind=moon", "kind", "Not a valid choice."),
        ("what=\x00", "what", "Not a valid choice."),
    ],
)
def test_a_filter_that_makes_no_sense_is_said_at_its_field(
    registered: Person, query: str, field: str, sentence: str
) -> None:
    page = registered.open(f"/profile/activity?{query}")
    assert page.status == 422
    assert sentence in page.complaint(field)
    assert registered.open(f"/profile/activity.csv?{query}").status == 422


def test_it_has_fifty_on_a_page_and_ways_to_the_older_and_newer_ones(registered: Person) -> None:
    add_events(registered.app, 120)
    page = registered.open("/profile/activity?what=sign-ins")
    seen = [rows(page)]
    assert "Newer" not in page.words
    for _ in range(2):
        (older,) = page.soup.select("a[rel=next]")
        page = registered.open(str(older["href"]))
        seen.append(rows(page))
    assert [len(part) for part in seen] == [50, 50, 21]
    assert "Older" not in page.words
    times = [row[1] for part in seen for row in part]
    assert len(set(times)) == 121
    for earlier in (1, 0):
        (newer,) = page.soup.select("a[rel=prev]")
        page = registered.open(str(newer["href"]))
        assert rows(page) == seen[earlier]
    assert "Newer" not in page.words


def test_events_of_one_moment_are_all_shown(registered: Person, time: Clock) -> None:
    values = {"account_id": 1, "event": "signed in with a code", "by": "customer", "detail": {}, "at": time.at}
    with registered.app.app_context(), begin_write() as session:
        session.execute(insert(AuditEvent), [values] * 70)
    page = registered.open("/profile/activity?since=2026-11-24")
    (older,) = page.soup.select("a[rel=next]")
    assert len(rows(page)) == 50
    assert len(rows(registered.open(str(older["href"])))) == 21


def test_a_page_of_events_that_are_gone_is_the_newest(registered: Person) -> None:
    for odd in ("before=999", "after=999", "before=x", "before=99999999999999999999", "before=-1", "before=%00"):
        assert what(registered.open(f"/profile/activity?{odd}")) == ["Made the account"], odd


def test_the_file_has_every_column_and_can_be_read_by_a_spreadsheet(registered: Person) -> None:
    server = add_server(registered, name="веб-1")
    registered.open(f"/resources/virtual-servers/{server}")
    registered.submit(f"/resources/virtual-servers/{server}/act", act="reboot server")
    response = registered.client.get("/profile/activity.csv")
    assert response.mimetype == "text/csv"
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="activity-2026-11-24.csv"'
    assert response.get_data().startswith(b"\xef\xbb\xbf")
    assert download(registered)[:2] == [
        ["When (UTC)", "What", "By", "From", "Browser", "Proof", "Kind", "Number"],
        [
            "2026-11-24 09:00:00", "Asked to reboot server 'веб-1'", "You", "203.0.113.5", "Werkzeug/3.1.9",
            "recent password", "vps", str(server),
        ],
    ]  # fmt: skip


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "  @"])
def test_what_a_spreadsheet_would_carry_out_is_text_in_the_file(registered: Person, start: str) -> None:
    formula = f'{start}HYPERLINK("https://evil.example","Click")'
    assert files.safe(formula) == f"'{formula}"
    if start not in {"\r", "\n"}:
        registered.client.environ_base["HTTP_USER_AGENT"] = formula
        registered.open("/resources/")
        open_ticket(registered)
        browser = download(registered)[1][4]
        assert browser.startswith("'") or not browser.startswith(("=", "+", "-", "@", "\t"))


def test_words_of_any_other_kind_stay_as_they_are() -> None:
    for cell in ("", "You", "203.0.113.5", "Asked to reboot server '=1+1'", "2026-11-24 09:00:00"):
        assert files.safe(cell) == cell


def test_a_file_holds_ten_thousand_and_says_that_there_are_more(registered: Person) -> None:
    add_events(registered.app, 9_999)
    lines = download(registered)
    assert len(lines) == 1 + 10_000
    add_events(registered.app, 1, event="wrong password")
    lines = download(registered)
    assert len(lines) == 1 + 10_000 + 1
    assert lines[-1][1] == "Only the newest 10,000 are in this file. Choose dates for older ones."
    assert "A file holds the newest 10,000" in registered.open("/profile/activity").words


def test_another_customer_s_events_are_out_of_reach(registered: Person) -> None:
    server = add_server(registered)
    registered.open(f"/resources/virtual-servers/{server}")
    registered.submit(f"/resources/virtual-servers/{server}/act", act="reboot server")
    with registered.app.app_context(), begin_read() as session:
        newest = session.scalars(select(AuditEvent.id).order_by(AuditEvent.id.desc())).first()
    bob = Person(registered.app, "198.51.100.7")
    bob.register("bob@example.com")
    for query in ("", f"?kind=vps&id={server}", f"?before={newest}", f"?after={newest}", "?account_id=1"):
        page = bob.open(f"/profile/activity{query}")
        assert "web-1" not in page.words
        assert "203.0.113.5" not in page.words
        assert len(download(bob, query)) <= 2
    assert what(bob.open(f"/profile/activity?before={newest}")) == ["Made the account"]


def test_tries_at_the_account_by_others_are_seen(enrolled: Person) -> None:
    stranger = Person(enrolled.app, "198.51.100.66")
    stranger.sign_in(password="a guess at the password")
    row = rows(enrolled.open("/profile/activity"))[0]
    assert row[0] == "Typed a wrong password"
    assert row[2:4] == ["Someone", "198.51.100.66 Werkzeug/3.1.9"]


def test_addresses_that_are_no_longer_kept_leave_no_hole(registered: Person) -> None:
    with registered.app.app_context(), begin_write() as session:
        session.execute(text("UPDATE audit_events SET address = NULL, browser = NULL"))
    assert rows(registered.open("/profile/activity"))[0][3] == "-"
    assert "Addresses are kept for 180 days." in registered.page.words


def test_a_page_asks_no_more_of_the_database_with_a_hundred_thousand_events(registered: Person) -> None:
    add_server(registered)
    paths = [
        "/profile/activity", "/profile/activity?kind=vps&id=1", "/profile/activity?what=sign-ins&until=2025-01-02",
        "/profile/activity?before=40", "/profile/activity?kind=account&after=40",
    ]  # fmt: skip

    def asked() -> list[tuple[int, int]]:
        found = []
        for path in paths:
            with counted(registered.app) as seen:
                assert registered.open(path).status == 200
            found.append((seen.statements, seen.commits))
        return found

    add_events(registered.app, 60)
    few = asked()
    with registered.app.app_context(), begin_write() as session:
        session.execute(
            text(
                "INSERT INTO audit_events (account_id, at, event, by, detail, kind, object_id)"
                " WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 100000)"
                " SELECT 1, (SELECT min(at) FROM audit_events), 'signed in with a code', 'customer', '{}',"
                " CASE WHEN n % 2 = 0 THEN 'vps' END, n % 7 FROM n"
            )
        )
    assert asked() == few
    assert max(statements for statements, _ in few) <= 5


def plan(app: Flask, wanted: Wanted) -> list[str]:
    """How SQLite goes about reading the first page."""
    asked: list[tuple[str, Any]] = []

    def note(connection: object, cursor: object, statement: str, parameters: Any, *rest: object) -> None:
        del connection, cursor, rest
        asked.append((statement, parameters))

    with app.app_context(), begin_read() as session:
        event.listen(db.engine, "before_cursor_execute", note)
        page_of_events(session, 1, wanted)
        event.remove(db.engine, "before_cursor_execute", note)
        statement, parameters = asked[-1]
        steps = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    return [step[3] for step in steps]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_page_is_read_from_an_index_in_its_order(registered: Person) -> None:
    """Without sorting, whatever an account has done before."""
    search = "SEARCH audit_events USING INDEX ix_audit_events"
    assert plan(registered.app, Wanted()) == [f"{search}_account (account_id=?)"]
    assert plan(registered.app, Wanted(since=date(2026, 1, 1))) == [f"{search}_account (account_id=? AND at>?)"]
    of_one = Wanted(kind="vps", object_id=3)
    assert plan(registered.app, of_one) == [f"{search}_object (account_id=? AND kind=? AND object_id=?)"]
