"""How to reach the shop, and pages that say what went wrong, what to do, and when."""

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.faults import break_page, busy_hashing
from tests.person import GOOD_PASSWORD, PHONE, Page, Person

SUPPORT = {
    "SUPPORT_EMAIL": "help@shop.example",
    "SUPPORT_URL": "https://shop.example/contact",
    "SUPPORT_PHONE": "+44 20 7946 0018",
}


@pytest.mark.parametrize("settings", [SUPPORT | {"PORTAL_NAME": "Acorn Hosting"}])
def test_help_shows_how_to_reach_the_shop_to_everyone(alice: Person) -> None:
    for path in ("/auth/login", "/help"):
        assert "Acorn Hosting" in alice.open(path).html
    assert {"mailto:help@shop.example", "tel:+442079460018", "https://shop.example/contact"} <= links(alice.page)
    alice.register()
    alice.enrol()
    alice.sign_out()
    alice.sign_in()
    assert "mailto:help@shop.example" in links(alice.open("/help"))


def test_help_without_a_way_to_reach_the_shop_says_where_to_look(alice: Person) -> None:
    page = alice.open("/help")
    assert "on your invoice" in page.words
    assert not any(link.startswith(("mailto:", "tel:")) for link in links(page))


def test_the_code_page_leads_to_what_to_do_without_the_phone(enrolled: Person) -> None:
    enrolled.sign_out()
    assert "/help#lost-phone" in links(enrolled.sign_in())
    assert enrolled.open("/help").soup.find(id="lost-phone")


def links(page: Page) -> set[str]:
    return {str(link["href"]) for link in page.soup.find_all("a", href=True)}


def assert_is_error(page: Page, status: int, title: str) -> None:
    assert page.status == status
    heading = page.soup.find("h1")
    assert heading is not None
    assert heading.get_text().strip() == title
    assert f"Error {status}" in page.words


def test_a_host_that_is_not_the_portals_is_400(alice: Person) -> None:
    response = alice.client.get("/auth/login", headers={"Host": "evil.example"})
    assert_is_error(Page(response), 400, "That request made no sense")
    assert "evil.example" not in response.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/nothing", "/profile/phones/third", "/static/nothing.css", "/help/"])
def test_what_is_not_there_is_404_for_visitors_and_customers(alice: Person, path: str) -> None:
    assert_is_error(alice.open(path), 404, "Nothing here")
    alice.register()
    assert_is_error(alice.open(path), 404, "Nothing here")


def test_the_wrong_method_is_405_and_says_which_work(alice: Person) -> None:
    alice.register()
    page = alice.open("/auth/logout")
    assert_is_error(page, 405, "That does not work here")
    assert "POST" in page.response.headers["Allow"]
    assert alice.open("/resources/").path == "/resources/"


def test_a_form_that_is_too_large_is_413(alice: Person) -> None:
    alice.open("/auth/register")
    page = alice.submit("/auth/register", {"name": "A" * 70_000, "email": "alice@example.com"})
    assert_is_error(page, 413, "Too much at once")


def test_a_form_without_its_token_has_expired_and_did_nothing(enrolled: Person) -> None:
    enrolled.open("/profile/phones/backup")
    enrolled.client.delete_cookie("portal")
    enrolled.open("/auth/login")
    fields = {"email": "alice@example.com", "password": GOOD_PASSWORD}
    page = enrolled.post("/auth/login", fields)
    assert_is_error(page, 400, "This page has expired")
    assert "Nothing was changed." in page.words
    assert "/auth/login" in links(page)
    assert enrolled.open("/resources/").path == "/auth/login"


def test_an_expired_form_leads_back_to_its_page(alice: Person) -> None:
    alice.register()
    page = alice.post("/profile/phones/primary", {"number": PHONE, "csrf_token": "forged"})
    assert_is_error(page, 400, "This page has expired")
    assert "/profile/phones/primary" in links(page)
    page = alice.post("/profile/phones/primary/send", {"phone": "primary", "csrf_token": "forged"})
    assert_is_error(page, 400, "This page has expired")
    assert "/" in links(page)
    assert alice.texts() == []


def test_a_form_of_a_page_that_stood_open_for_hours_still_works(alice: Person, time: Clock) -> None:
    alice.register()
    alice.sign_out()
    alice.open("/auth/login")
    time.forward(hours=30)
    fields = {"email": "alice@example.com", "password": GOOD_PASSWORD}
    assert alice.submit("/auth/login", fields).path == "/resources/"


def test_a_fault_of_ours_is_500_and_shows_nothing_of_itself(alice: Person) -> None:
    alice.register()
    break_page(alice.app, "resources.index")
    alice.expects_fault = True
    page = alice.open("/resources/")
    assert_is_error(page, 500, "Our mistake")
    assert "Try again in a few minutes." in page.words
    assert "inner workings" not in page.html
    assert alice.open("/profile/").status == 200


def assert_is_busy(page: Page) -> None:
    assert_is_error(page, 503, "Busy")
    assert int(page.response.headers["Retry-After"]) > 0


def test_while_too_many_passwords_are_hashed_every_password_form_says_when_to_try_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = Person(app)
    alice.register()
    other = Person(app)
    with busy_hashing(monkeypatch):
        assert_is_busy(other.register("bob@example.com"))
        assert_is_busy(other.sign_in())
        assert_is_busy(alice.change_password("five plain words put together"))
    assert other.register("bob@example.com").path == "/resources/"


@pytest.mark.parametrize("settings", [{"LIMIT_PASSWORD_ACCOUNT_ADDRESS": "1/15min"}])
def test_a_password_that_was_never_compared_is_not_counted_as_wrong(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    Person(app).register()
    person = Person(app)
    with busy_hashing(monkeypatch):
        for _ in range(3):
            assert_is_busy(person.sign_in())
    assert person.sign_in().path == "/resources/"
