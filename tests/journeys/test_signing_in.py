"""Signing in and out: the password step, and where it leads."""

import re

import pytest

from portal.accounts import staff
from portal.audit import PORTAL
from tests.conftest import Clock
from tests.person import GOOD_PASSWORD, PHONE, Person


def test_an_unknown_email_and_a_wrong_password_give_the_same_page(alice: Person) -> None:
    alice.register()
    alice.sign_out()
    pages = [
        alice.sign_in("alice@example.com", "not her password"),
        alice.sign_in("nobody@example.com", "not her password"),
    ]
    assert [page.status for page in pages] == [422, 422]
    assert [page.complaint("password") for page in pages] == ["The email and password don't match. Check both."] * 2
    same = [re.sub(r'name="csrf_token" value="[^"]+"', "", page.html).replace("nobody@", "alice@") for page in pages]
    assert same[0] == same[1]
    assert dict(pages[0].response.headers).keys() == dict(pages[1].response.headers).keys()


def test_a_wrong_password_keeps_the_email_and_not_the_password(alice: Person) -> None:
    page = alice.sign_in("alice@example.com", "not her password")
    assert page.value("email") == "alice@example.com"
    assert page.value("password") == ""


@pytest.mark.parametrize(("field", "sentence"), [("email", "Type your email."), ("password", "Type your password.")])
def test_an_empty_field_is_said_beside_it(alice: Person, field: str, sentence: str) -> None:
    fields = {"email": "alice@example.com", "password": GOOD_PASSWORD} | {field: ""}
    alice.open("/auth/login")
    page = alice.submit("/auth/login", fields)
    assert page.status == 422
    assert page.complaint(field) == sentence


def test_an_email_is_the_same_in_capitals_and_with_spaces_around_it(alice: Person) -> None:
    alice.register()
    alice.sign_out()
    assert alice.sign_in(" ALICE@example.com ").path == "/resources/"


def test_the_password_alone_opens_only_the_code_page_help_and_sign_out(enrolled: Person) -> None:
    enrolled.sign_out()
    enrolled.sign_in()
    for path in ("/resources/", "/profile/", "/profile/password", "/profile/phones/backup", "/auth/confirm"):
        assert enrolled.open(path).path == "/auth/verify"
    assert enrolled.open("/help").status == 200
    enrolled.open("/auth/verify")
    assert enrolled.sign_out().path == "/auth/login"
    assert enrolled.open("/auth/verify").path == "/auth/login"


def test_signing_in_lands_where_the_customer_was_going(enrolled: Person) -> None:
    enrolled.sign_out()
    page = enrolled.open("/profile/password")
    assert page.path == "/auth/login"
    enrolled.submit("/auth/login", {"email": "alice@example.com", "password": GOOD_PASSWORD})
    assert enrolled.type_code(enrolled.newest_code(PHONE)).path == "/profile/password"


def test_a_wrong_password_and_a_wrong_code_do_not_forget_where_the_customer_was_going(enrolled: Person) -> None:
    enrolled.sign_out()
    enrolled.open("/profile/")
    enrolled.submit("/auth/login", {"email": "alice@example.com", "password": "not her password"})
    enrolled.submit("/auth/login", {"email": "alice@example.com", "password": GOOD_PASSWORD})
    enrolled.type_code("12")
    assert enrolled.type_code(enrolled.newest_code()).path == "/profile/"


def test_a_customer_without_a_phone_lands_where_she_was_going_too(alice: Person) -> None:
    alice.register()
    alice.sign_out()
    alice.open("/profile/")
    alice.submit("/auth/login", {"email": "alice@example.com", "password": GOOD_PASSWORD})
    assert alice.page.path == "/profile/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"])
def test_signing_in_never_leads_to_another_site(alice: Person, elsewhere: str) -> None:
    alice.register()
    alice.sign_out()
    alice.client.get("/auth/login", query_string={"next": elsewhere})
    alice.open("/auth/login")
    fields = {"email": "alice@example.com", "password": GOOD_PASSWORD, "next": elsewhere}
    assert alice.submit("/auth/login", fields).path == "/resources/"


def test_a_step_that_worked_is_answered_with_see_other_and_a_visitor_is_sent_to_the_login(enrolled: Person) -> None:
    enrolled.sign_out()
    anonymous = enrolled.client.get("/resources/")
    assert (anonymous.status_code, anonymous.headers["Location"]) == (302, "/auth/login?next=/resources/")
    enrolled.open("/auth/login")
    fields = {"email": "alice@example.com", "password": GOOD_PASSWORD, "csrf_token": enrolled.csrf()}
    answer = enrolled.client.post("/auth/login", data=fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/auth/verify")
    enrolled.open("/auth/verify")
    fields = {"code": enrolled.newest_code(), "csrf_token": enrolled.csrf()}
    answer = enrolled.client.post("/auth/verify", data=fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/resources/")


def test_a_code_may_be_typed_with_spaces_or_in_wide_digits(enrolled: Person, time: Clock) -> None:
    for write in (lambda c: f" {c[:3]} {c[3:]} ", lambda c: f"{c[:3]}-{c[3:]}", lambda c: c.translate(WIDE)):
        time.forward(minutes=11)
        enrolled.sign_out()
        enrolled.sign_in()
        assert enrolled.type_code(write(enrolled.newest_code())).path == "/resources/"


WIDE = {ord("0") + n: ord("\uff10") + n for n in range(10)}


def test_the_code_works_only_in_the_browser_that_asked_for_it(enrolled: Person) -> None:
    enrolled.sign_out()
    enrolled.sign_in()
    code = enrolled.newest_code()
    other = Person(enrolled.app)
    other.sign_in()
    assert other.newest_code() != code
    assert other.type_code(code).status == 422
    assert enrolled.type_code(code).path == "/resources/"


def test_a_code_works_once(enrolled: Person) -> None:
    enrolled.sign_out()
    enrolled.sign_in()
    code = enrolled.newest_code()
    enrolled.type_code(code)
    enrolled.sign_out()
    enrolled.sign_in()
    assert enrolled.type_code(code).status == 422


def test_a_customer_that_the_shop_switched_off_is_told_so_after_the_right_password_only(alice: Person) -> None:
    alice.register()
    with alice.app.app_context():
        staff.disable("alice@example.com", "unpaid", PORTAL)
    assert "don't match" in alice.sign_in(password="not her password").words
    page = alice.sign_in()
    assert page.status == 422
    assert "switched off" in page.words
    with alice.app.app_context():
        staff.enable("alice@example.com", "paid", PORTAL)
    assert alice.sign_in().path == "/resources/"


def test_signing_out_ends_the_session_at_the_server(alice: Person) -> None:
    alice.register()
    cookie = alice.client.get_cookie("portal")
    assert cookie is not None
    alice.sign_out()
    alice.client.set_cookie("portal", cookie.value)
    assert alice.open("/resources/").path == "/auth/login"
