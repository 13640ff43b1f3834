"""Signing up: what is asked for, what is refused and how it is said."""

import unicodedata

import pytest

from portal.passwords import MAX_LENGTH, MIN_LENGTH
from tests.person import GOOD_PASSWORD, Page, Person

ALICE = {"name": "Alice", "email": "alice@example.com", "password": GOOD_PASSWORD}


def sign_up(person: Person, **fields: str) -> Page:
    person.open("/auth/register")
    return person.submit("/auth/register", ALICE | fields)


def test_signing_up_signs_in_and_lands_on_the_resources(alice: Person) -> None:
    page = sign_up(alice)
    assert (page.status, page.path) == (200, "/resources/")
    alice.open("/profile/")
    assert "Alice" in alice.page.words
    assert "alice@example.com" in alice.page.words
    assert "Personal" in alice.page.words


@pytest.mark.parametrize("account_type", ["personal", "business", "reseller"])
def test_the_account_is_of_the_type_that_was_chosen(alice: Person, account_type: str) -> None:
    sign_up(alice, account_type=account_type)
    assert account_type.capitalize() in alice.open("/profile/").words


def test_an_account_is_personal_when_nothing_else_is_chosen(alice: Person) -> None:
    alice.open("/auth/register")
    alice.post("/auth/register", ALICE | {"csrf_token": alice.csrf()})
    assert alice.page.path == "/resources/"
    assert "Personal" in alice.open("/profile/").words


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "Type your name."),
        ("name", "   ", "Type your name."),
        ("name", "A" * 101, "at most 100 characters"),
        ("name", "Alice\u202eecilA", "plain signs only"),
        ("email", "", "Type your email."),
        ("email", "alice", "not an email address"),
        ("email", "alice@example", "not an email address"),
        ("email", "alice smith@example.com", "not an email address"),
        ("email", "a" * 250 + "@example.com", "at most 254 characters"),
        ("password", "", "Choose a password."),
    ],
)
def test_a_field_that_is_wrong_is_said_beside_it_and_the_rest_stays_typed(
    alice: Person, field: str, typed: str, sentence: str
) -> None:
    page = sign_up(alice, account_type="reseller", **{field: typed})
    assert (page.status, page.path) == (422, "/auth/register")
    assert sentence in page.complaint(field)
    for name in {"name", "email"} - {field}:
        assert page.value(name) == ALICE[name]
        assert not page.complaint(name)
    if field != "password":
        assert page.value(field) == typed
    chosen = page.soup.find("input", attrs={"name": "account_type", "checked": True})
    assert chosen is not None
    assert chosen["value"] == "reseller"  # type: ignore[index]  # a tag: it was found by its attributes


def test_an_account_type_that_is_not_offered_is_refused(alice: Person) -> None:
    assert sign_up(alice, account_type="owner").status == 422
    assert sign_up(alice).path == "/resources/"


@pytest.mark.parametrize("email", ["alice@example.com", "ALICE@Example.COM", "  alice@example.com "])
def test_an_email_that_is_taken_says_so_however_it_is_written(alice: Person, email: str) -> None:
    sign_up(alice)
    page = sign_up(Person(alice.app), email=email, name="Mallory")
    assert page.status == 422
    assert "already" in page.complaint("email")
    assert page.value("name") == "Mallory"


@pytest.mark.parametrize("settings", [{"REGISTRATION_OPEN": "false"}])
def test_while_registration_is_closed_the_page_says_how_to_get_an_account(alice: Person) -> None:
    alice.open("/auth/login")
    assert "Create an account" not in alice.page.words
    token = alice.csrf()
    page = alice.open("/auth/register")
    assert page.status == 403
    assert not page.has_field("email")
    assert page.soup.find("a", href="/help")
    assert alice.post("/auth/register", ALICE | {"csrf_token": token}).status == 403
    assert "don't match" in alice.sign_in().words


def test_a_customer_who_is_signed_in_is_not_asked_to_sign_up_or_in(alice: Person) -> None:
    sign_up(alice)
    for path in ("/auth/register", "/auth/login", "/auth/verify", "/"):
        assert alice.open(path).path == "/resources/"


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short words", f"{MIN_LENGTH} characters or more"),
        ("x y" * 50, f"at most {MAX_LENGTH} characters"),
        ("qwertyuiop123", "Many people use"),
        ("QwertyUiop123", "Many people use"),
        ("aaaaaaaaaaaaaa", "Many people use"),
        ("alice@example.com", "Your email and our name"),
        ("Alice@Example.com", "Your email and our name"),
        ("Client Portal", "Your email and our name"),
        ("client portal", "Your email and our name"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(alice: Person, password: str, sentence: str) -> None:
    page = sign_up(alice, password=password)
    assert page.status == 422
    assert sentence in page.complaint("password")
    assert page.value("password") == ""
    assert page.value("email") == ALICE["email"]


def test_letters_count_as_people_see_them(alice: Person) -> None:
    eleven = unicodedata.normalize("NFD", "éééééééééé1")
    assert len(eleven) > MIN_LENGTH
    assert f"{MIN_LENGTH} characters" in sign_up(alice, password=eleven).complaint("password")


@pytest.mark.parametrize(
    "password",
    [
        "  leading and trailing  ",
        "пароль из слов",
        "🔑 keys 🔑 keys 🔑",
        "'; DROP TABLE accounts; --",
        '<b>bold</b> & "quotes"',
        "tab\tand\\backslash",
        "%00 %s {0} ${HOME}",
        "x" * (MAX_LENGTH - 1) + "y",
    ],
)
def test_a_password_of_any_characters_works_as_it_was_typed(alice: Person, password: str) -> None:
    assert sign_up(alice, password=password).path == "/resources/"
    alice.sign_out()
    assert "don't match" in alice.sign_in(password=password[:-1]).complaint("password")
    assert "don't match" in alice.sign_in(password=password + " ").complaint("password")
    assert alice.sign_in(password=password).path == "/resources/"


def test_a_password_works_whichever_way_its_accents_are_typed(alice: Person) -> None:
    password = "crème brûlée à la carte"
    sign_up(alice, password=unicodedata.normalize("NFC", password))
    alice.sign_out()
    assert alice.sign_in(password=unicodedata.normalize("NFD", password)).path == "/resources/"
