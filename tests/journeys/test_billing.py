"""Invoices and billing details: only with a fresh proof, only one's own, exact to the last decimal."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from bs4 import Tag
from flask import Flask
from sqlalchemy import select

from portal.countries import COUNTRIES
from portal.database import begin_read
from portal.models import AuditEvent, BillingDetails
from tests.conftest import Clock
from tests.journeys.test_statements import counted
from tests.person import OTHER, Page, Person
from tests.shelf import add_invoice, invoice_line

D = Decimal
ADDRESS = {
    "company": "Archer Ltd", "street": "1 High Street", "postcode": "AB1 2CD", "city": "Leeds", "country": "GB",
    "tax_id": "GB123456789",
}  # fmt: skip
PAGES = ("/billing/", "/billing/details", "/billing/?state=open&page=1")


def rows(page: Page) -> list[list[str]]:
    """The cells of the first table, as they are read."""
    cells = [row.find_all(["th", "td"]) for row in page.soup.select("table")[0].select("tbody tr")]
    return [[" ".join(cell.get_text(" ").split()) for cell in row] for row in cells]


def sums(page: Page) -> dict[str, str]:
    return {dt.get_text(): _after(dt) for dt in page.soup.select(".sums dt")}


def _after(dt: Tag) -> str:
    dd = dt.find_next("dd")
    assert isinstance(dd, Tag)
    return dd.get_text()


def details(app: Flask) -> BillingDetails | None:
    with app.app_context(), begin_read() as session:
        return session.scalar(select(BillingDetails))


def changes(app: Flask) -> list[AuditEvent]:
    with app.app_context(), begin_read() as session:
        return list(session.scalars(select(AuditEvent).where(AuditEvent.event == "billing details changed")))


def fill_in(person: Person, **fields: str) -> Page:
    return person.submit("/billing/details", ADDRESS | fields)


# What opens it


@pytest.mark.parametrize("path", PAGES)
def test_a_recent_sign_in_opens_billing(enrolled: Person, path: str) -> None:
    assert enrolled.open(path).path == path.partition("?")[0]
    assert enrolled.page.status == 200


@pytest.mark.parametrize("path", [*PAGES, "invoice"])
def test_a_sign_in_that_is_no_longer_fresh_must_prove_itself_first(enrolled: Person, time: Clock, path: str) -> None:
    invoice = add_invoice(enrolled)
    path = f"/billing/invoices/{invoice}" if path == "invoice" else path
    enrolled.texts()
    time.forward(minutes=11)
    page = enrolled.open(path)
    assert page.path == "/auth/confirm"
    assert "To open your billing pages, type a code" in page.words
    assert "2026-1007" not in page.html
    assert len(enrolled.texts()) == 1, "opening a page sends nothing"

    enrolled.submit("/auth/confirm/send")
    assert enrolled.texts()[-1].split(" ", 1)[1].startswith("opens your billing pages")
    page = enrolled.type_code(enrolled.newest_code())
    assert (page.path, page.status) == (path.partition("?")[0], 200)


def test_without_a_phone_the_password_opens_it(registered: Person, time: Clock) -> None:
    time.forward(minutes=11)
    assert registered.open("/billing/").path == "/auth/confirm"
    registered.confirm()
    assert registered.page.path == "/billing/"


def test_reading_keeps_it_open_for_an_hour_and_no_longer(enrolled: Person, time: Clock) -> None:
    for _ in range(11):
        time.forward(minutes=5)
        assert enrolled.open("/billing/").path == "/billing/"
    time.forward(minutes=6)
    assert enrolled.open("/billing/").path == "/auth/confirm"


def test_another_customers_invoice_is_not_there(enrolled: Person) -> None:
    invoice = add_invoice(enrolled)
    other = Person(enrolled.app)
    other.register("bob@example.com")
    other.enrol(OTHER)
    assert other.open(f"/billing/invoices/{invoice}").status == 404
    assert "2026-1007" not in other.open("/billing/").html
    assert "2026-1007" not in other.open("/billing/?number=2026").html
    assert enrolled.open(f"/billing/invoices/{invoice}").status == 200


@pytest.mark.parametrize("invoice", ["999", "99999999999999999999999", "0", "-1", "x"])
def test_an_invoice_that_does_not_exist_is_a_404(enrolled: Person, invoice: str) -> None:
    assert enrolled.open(f"/billing/invoices/{invoice}").status == 404


# The list


def test_invoices_newest_first_with_what_is_due_in_each_currency(enrolled: Person, time: Clock) -> None:
    today = time.at.date()

    def add(number: str, age: int, total: str, currency: str = "EUR", *, paid: bool = False) -> None:
        issued = today - timedelta(days=age)
        add_invoice(
            enrolled, number=number, issued_on=issued, due_on=issued + timedelta(days=14), currency=currency,
            paid_on=issued if paid else None, net=D(total), tax=D(0), total=D(total), lines=[],
        )  # fmt: skip

    add("1001", 60, "10.00", paid=True)
    add("1002", 30, "24.10")
    add("1003", 14, "1200.00")
    add("1004", 2, "5000", "JPY")
    add("1005", 1, "1.005", "KWD")
    page = enrolled.open("/billing/")
    assert [(cells[0], cells[3], cells[4]) for cells in rows(page)] == [
        ("1005", "1.005 KWD", "Open"),
        ("1004", "5,000 JPY", "Open"),
        ("1003", "€1,200.00", "Open"),
        ("1002", "€24.10", "Overdue"),
        ("1001", "€10.00", "Paid"),
    ]
    due = [" ".join(line.get_text(" ").split()) for line in page.soup.select("section:first-of-type .lines li")]
    assert due == ["€1,224.10 €24.10 overdue", "5,000 JPY", "1.005 KWD"]


def test_the_list_can_be_narrowed_by_state_and_number(enrolled: Person) -> None:
    add_invoice(enrolled, number="A-1", paid_on=date(2026, 11, 24))
    add_invoice(enrolled, number="A-2", due_on=date(2026, 11, 23))
    add_invoice(enrolled, number="B_3")

    def found(query: str) -> list[str]:
        page = enrolled.open(f"/billing/?{query}")
        return sorted(cells[0] for cells in rows(page)) if page.soup.select("table") else []

    assert found("state=paid") == ["A-1"]
    assert found("state=overdue") == ["A-2"]
    assert found("state=open") == ["B_3"]
    assert found("number=a-") == ["A-1", "A-2"]
    assert found("number=_") == ["B_3"], "what is a wildcard to the database is a sign like any other"
    assert found("number=a-&state=paid") == ["A-1"]
    assert found("number=%00%25") == []
    assert found("state=nonsense") == ["A-1", "A-2", "B_3"]
    enrolled.open("/billing/?number=zzz&state=paid")
    assert "No invoice fits." in enrolled.page.words
    assert (enrolled.page.value("number"), enrolled.page.value("state")) == ("zzz", "paid")


def test_a_long_list_has_pages_of_fifty(enrolled: Person) -> None:
    for n in range(101):
        add_invoice(enrolled, number=f"N-{n:03}", lines=[])
    seen: list[str] = []
    page = enrolled.open("/billing/?number=N")
    while True:
        seen += [cells[0] for cells in rows(page)]
        more = page.soup.find("a", rel="next")
        if not isinstance(more, Tag):
            break
        page = enrolled.open(str(more["href"]))
    assert seen == [f"N-{n:03}" for n in reversed(range(101))]
    assert "Page 3 of 3" in page.words
    for number, nearest in (("0", 1), ("4", 3), ("-1", 1), ("x", 1), ("9" * 30, 3)):
        assert f"Page {nearest} of 3" in enrolled.open(f"/billing/?page={number}").words


def test_a_new_customer_is_told_what_will_stand_there(registered: Person) -> None:
    page = registered.open("/billing/")
    assert "Nothing is due. Invoices Your invoices will be listed here" in page.words
    assert "We have no address of yours for invoices yet." in page.words


def test_five_hundred_invoices_cost_no_more_statements_than_two(enrolled: Person) -> None:
    def asked(path: str) -> int:
        with counted(enrolled.app) as seen:
            assert enrolled.open(path).status == 200
        return seen.statements

    lines = [invoice_line("Server", "1", "20", "19", "20.00")]
    first = add_invoice(enrolled, number="0", lines=lines)
    few = asked("/billing/"), asked(f"/billing/invoices/{first}")
    for n in range(1, 500):
        add_invoice(enrolled, number=str(n), lines=[])
    many_lines = [invoice_line("Server", "1", "20", "19", "20.00") for _ in range(200)]
    for position, line in enumerate(many_lines, 1):
        line.position = position
    large = add_invoice(enrolled, number="large", lines=many_lines)
    assert (asked("/billing/"), asked(f"/billing/invoices/{large}")) == few
    assert few == (5, 4)


# One invoice


def test_an_invoice_shows_its_lines_its_tax_by_rate_and_whom_it_is_for(enrolled: Person) -> None:
    second, third = (
        invoice_line("Backup, per GB", "120.5", "0.0125", "19", "1.51"),
        invoice_line("Books", "1", "10.00", "7", "10.00"),
    )
    second.position, third.position = 2, 3
    invoice = add_invoice(
        enrolled, lines=[invoice_line("Server web-1", "2", "10", "19", "20.00"), second, third],
        net=D("31.51"), tax=D("4.79"), total=D("36.30"),
    )  # fmt: skip
    page = enrolled.open(f"/billing/invoices/{invoice}")
    assert rows(page) == [
        ["Server web-1", "2", "€10.00", "19%", "€20.00"],
        ["Backup, per GB", "120.5", "€0.0125", "19%", "€1.51"],
        ["Books", "1", "€10.00", "7%", "€10.00"],
    ]
    assert sums(page) == {
        "Net": "€31.51",
        "Tax 19% of €21.51": "€4.09",
        "Tax 7% of €10.00": "€0.70",
        "Tax": "€4.79",
        "Total": "€36.30",
    }
    assert page.soup.title is not None
    assert "Invoice 2026-1007" in page.soup.title.get_text()
    assert "Client Portal To Alice Number" in page.words
    assert "24 November 2026" in page.words
    assert "8 December 2026" in page.words


@pytest.mark.parametrize(
    ("currency", "amounts", "shown"),
    [
        ("JPY", ("1000", "2000", "380", "2380"), ("1,000 JPY", "2,000 JPY", "380 JPY", "2,380 JPY")),
        ("KWD", ("1.125", "2.250", "0.428", "2.678"), ("1.125 KWD", "2.250 KWD", "0.428 KWD", "2.678 KWD")),
        ("USD", ("10", "20", "3.80", "23.80"), ("$10.00", "$20.00", "$3.80", "$23.80")),
    ],
)
def test_each_currency_has_its_own_decimals(
    enrolled: Person, currency: str, amounts: tuple[str, str, str, str], shown: tuple[str, str, str, str]
) -> None:
    unit_price, net, tax, total = amounts
    invoice = add_invoice(
        enrolled, currency=currency, net=D(net), tax=D(tax), total=D(total),
        lines=[invoice_line("Server", "2", unit_price, "19", net)],
    )  # fmt: skip
    page = enrolled.open(f"/billing/invoices/{invoice}")
    price, net_shown, tax_shown, total_shown = shown
    assert rows(page) == [["Server", "2", price, "19%", net_shown]]
    assert sums(page) == {"Net": net_shown, f"Tax 19% of {net_shown}": tax_shown, "Total": total_shown}


def test_it_is_for_whom_the_shop_wrote_it_to_else_for_whom_the_details_name(enrolled: Person) -> None:
    old = add_invoice(enrolled, number="old", addressed_to="Archer & Daughters\n9 Old Road\nYork")
    new = add_invoice(enrolled, number="new")
    enrolled.open("/billing/details")
    fill_in(enrolled)
    assert "Archer Ltd Alice 1 High Street AB1 2CD Leeds United Kingdom Tax id GB123456789" in enrolled.page.words
    assert "Archer Ltd Alice 1 High Street" in enrolled.open(f"/billing/invoices/{new}").words
    page = enrolled.open(f"/billing/invoices/{old}")
    assert "Archer & Daughters 9 Old Road York" in page.words
    assert "High Street" not in page.words


def test_an_open_invoice_leads_to_the_shops_own_payment_page(enrolled: Person) -> None:
    page = enrolled.open(f"/billing/invoices/{add_invoice(enrolled)}")
    [link] = page.soup.select('main a[href^="https:"]')
    assert link["href"] == "https://pay.example.com/2026-1007"
    assert "noopener" in link["rel"]
    assert link.get_text() == "Pay €23.80"
    assert not page.soup.select("main form"), "nothing is paid here"


@pytest.mark.parametrize(
    "columns",
    [
        {"paid_on": date(2026, 11, 24)},
        {"pay_url": None},
        {"pay_url": "http://pay.example.com/"},
        {"pay_url": "javascript:alert(1)"},
        {"pay_url": "//pay.example.com/"},
        {"net": D("-20.00"), "tax": D("-3.80"), "total": D("-23.80")},
    ],
)
def test_no_other_invoice_has_a_pay_link_and_none_leads_elsewhere_than_https(
    enrolled: Person, columns: dict[str, Any]
) -> None:
    page = enrolled.open(f"/billing/invoices/{add_invoice(enrolled, **columns)}")
    assert page.status == 200
    assert "Pay " not in page.words
    assert {link["href"] for link in page.soup.select("main a")} == {"/billing/"}


def test_an_invoice_whose_tax_is_not_that_of_its_lines_shows_the_tax_alone(enrolled: Person) -> None:
    page = enrolled.open(f"/billing/invoices/{add_invoice(enrolled, tax=D('3.00'), total=D('23.00'))}")
    assert sums(page) == {"Net": "€20.00", "Tax": "€3.00", "Total": "€23.00"}


def test_markup_in_a_line_is_shown_as_it_is(enrolled: Person) -> None:
    line = invoice_line("<b>Server</b>", "1", "20", "19", "20.00")
    page = enrolled.open(f"/billing/invoices/{add_invoice(enrolled, lines=[line])}")
    assert rows(page)[0][0] == "<b>Server</b>"


# Billing details


def test_details_are_saved_at_once_after_a_recent_sign_in_and_recorded_with_its_proof(enrolled: Person) -> None:
    enrolled.open("/billing/details")
    page = fill_in(enrolled, company="  Archer Ltd ")
    assert page.path == "/billing/"
    assert "Your billing details are saved." in page.words
    found = details(enrolled.app)
    assert found is not None
    assert {field: getattr(found, field) for field in ADDRESS} == ADDRESS
    [event] = changes(enrolled.app)
    assert (event.by, event.proof, event.address) == ("customer", "recent code", "203.0.113.5")
    assert event.detail == {"fields": "company, street, postcode, city, country, tax_id"}

    page = enrolled.open("/billing/details")
    assert {field: page.value(field) for field in ADDRESS} == ADDRESS
    fill_in(enrolled, city="York")
    assert changes(enrolled.app)[-1].detail == {"fields": "city"}


def test_what_was_typed_too_late_waits_for_the_code_and_is_then_saved(enrolled: Person, time: Clock) -> None:
    enrolled.open("/billing/details")
    enrolled.texts()
    time.forward(minutes=11)
    page = fill_in(enrolled)
    assert page.path == "/auth/confirm"
    assert "change your billing details" in page.words
    assert details(enrolled.app) is None
    assert enrolled.texts()[-1].split(" ", 1)[1].startswith("changes your billing details")

    page = enrolled.type_code(enrolled.newest_code())
    assert page.path == "/billing/"
    found = details(enrolled.app)
    assert found is not None
    assert {field: getattr(found, field) for field in ADDRESS} == ADDRESS
    assert [event.proof for event in changes(enrolled.app)] == ["code"]


def test_without_a_phone_the_password_saves_what_was_typed_too_late(registered: Person, time: Clock) -> None:
    registered.open("/billing/details")
    time.forward(minutes=11)
    fill_in(registered)
    registered.confirm()
    assert registered.page.path == "/billing/"
    assert [event.proof for event in changes(registered.app)] == ["password"]


def test_a_double_click_changes_and_records_once(enrolled: Person) -> None:
    page = enrolled.open("/billing/details")
    for _ in range(2):
        enrolled.page = page
        assert fill_in(enrolled).path == "/billing/"
    assert len(changes(enrolled.app)) == 1


@pytest.mark.parametrize(
    ("fields", "at", "said"),
    [
        ({"street": ""}, "street", "Type a street."),
        ({"street": "   "}, "street", "Type something here."),
        ({"city": ""}, "city", "Type a city."),
        ({"country": ""}, "country", "Choose a country."),
        ({"country": "XX"}, "country", "Not a valid choice."),
        ({"company": "a" * 101}, "company", "Use at most 100 characters."),
        ({"tax_id": "1\u202e2"}, "tax_id", "Use letters, digits and plain signs only."),
    ],
)
@pytest.mark.parametrize("minutes", [0, 11])
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    enrolled: Person, time: Clock, minutes: int, fields: dict[str, str], at: str, said: str
) -> None:
    enrolled.open("/billing/details")
    time.forward(minutes=minutes)
    page = fill_in(enrolled, **fields)
    assert (page.status, page.complaint(at)) == (422, said)
    for field, typed in (ADDRESS | fields).items():
        if field != "country" or typed in COUNTRIES:
            assert page.value(field) == typed
    assert details(enrolled.app) is None


def test_a_form_that_is_refused_too_late_shows_nothing_that_was_kept(enrolled: Person, time: Clock) -> None:
    """Whoever holds a stolen session can send the form, and reads back only what they typed."""
    enrolled.open("/billing/details")
    fill_in(enrolled)
    time.forward(minutes=11)
    enrolled.open("/resources/")
    page = enrolled.post("/billing/details", {"csrf_token": enrolled.csrf(), "street": "", "city": "York"})
    assert page.status == 422
    assert "High Street" not in page.html
    assert "GB123456789" not in page.html
