"""Where a page begins, for people who listen to it: its title, the field that has the focus, and what describes it.

That every refused form says so, and begins at its first error, is checked on each page that any test visits
(`tests/linting.py`); here is which field that is, and what is said at it.
"""

import pytest
from bs4 import Tag

from tests.conftest import Clock
from tests.person import GOOD_PASSWORD, Page, Person, wrong
from tests.shelf import add_server, add_zone


def title(page: Page) -> str:
    assert page.soup.title is not None
    return page.soup.title.get_text()


def focused(page: Page) -> Tag:
    [tag] = page.soup.find_all(autofocus=True)
    assert isinstance(tag, Tag)
    return tag


def heard(page: Page) -> str:
    """What is said at the element that has the focus, besides its name."""
    texts = [page.soup.find(id=i) for i in str(focused(page).get("aria-describedby", "")).split()]
    return " ".join(" ".join(text.get_text(" ").split()) for text in texts if text)


def test_a_form_begins_at_its_first_field_and_says_nothing_of_errors(alice: Person) -> None:
    page = alice.open("/auth/login")
    assert title(page) == "Sign in · Client Portal"
    assert focused(page)["name"] == "email"


def test_a_refused_sign_in_begins_at_the_password_with_what_was_wrong(alice: Person) -> None:
    page = alice.sign_in()
    assert title(page) == "Error: Sign in · Client Portal"
    assert focused(page)["name"] == "password"
    assert heard(page) == "The email and password don't match. Check both."


@pytest.mark.parametrize("settings", [{"LIMIT_PASSWORD_ACCOUNT_ADDRESS": "1/15min"}])
def test_a_paused_sign_in_begins_at_the_password_with_the_time_of_its_end(alice: Person) -> None:
    alice.sign_in()
    page = alice.sign_in()
    assert page.status == 429
    assert focused(page)["name"] == "password"
    assert heard(page) == "Too many wrong passwords, so sign-in is paused. Try again at 09:16 UTC."


@pytest.mark.parametrize(
    ("changed", "first", "sentence"),
    [
        ({"email": "alice@example", "account_type": "free"}, "email", "That is not an email address."),
        ({"password": "password"}, "password", "Use 12 characters or more."),
        ({"account_type": "free"}, "account_type", ""),
    ],
)
def test_a_refused_sign_up_begins_at_the_first_field_that_is_wrong(
    alice: Person, changed: dict[str, str], first: str, sentence: str
) -> None:
    alice.open("/auth/register")
    fields = {"name": "Alice", "email": "alice@example.com", "password": GOOD_PASSWORD}
    page = alice.submit("/auth/register", fields | changed)
    assert title(page) == "Error: Create an account · Client Portal"
    assert focused(page)["name"] == first
    assert sentence in heard(page)


def test_pages_that_are_read_first_begin_at_their_top(enrolled: Person) -> None:
    server, zone = add_server(enrolled), add_zone(enrolled)
    for path in (f"/resources/virtual-servers/{server}", f"/resources/dns/{zone}/import", "/billing/details"):
        assert not enrolled.open(path).soup.find_all(autofocus=True), path


def test_a_refused_file_begins_at_what_is_said_of_it_as_a_whole(enrolled: Person) -> None:
    path = f"/resources/dns/{add_zone(enrolled)}/import"
    enrolled.open(path)
    page = enrolled.submit(path, {"text": "www A nothing\n"})
    assert focused(page).get_text(strip=True) == "Nothing was changed. Mend what is wrong and send the file again."


def test_a_wrong_code_is_said_before_what_became_of_the_text(enrolled: Person) -> None:
    enrolled.sign_out()
    enrolled.sign_in()
    assert heard(enrolled.page) == "On its way to your phone ending 23."
    page = enrolled.type_code(wrong(enrolled.newest_code()))
    assert title(page) == "Error: Enter your code · Client Portal"
    assert heard(page).startswith("That is not the code.")
    assert heard(page).endswith("Sent to your phone ending 23.")


@pytest.mark.parametrize("settings", [{"LIMIT_TEXT_NUMBER": "1/10min"}])
def test_a_dead_code_that_can_not_be_replaced_yet_begins_at_the_button_with_the_time(
    enrolled: Person, time: Clock
) -> None:
    enrolled.sign_out()
    enrolled.sign_in()
    time.forward(minutes=6)
    enrolled.open("/auth/verify")
    page = enrolled.send_code()
    assert page.status == 429
    assert focused(page).get_text() == "Send a new code"
    assert heard(page) == "Too many texts in a short time. Try again at 09:11 UTC."


def test_what_was_done_is_where_the_next_page_begins(alice: Person) -> None:
    alice.register()
    page = alice.enrol()
    assert page.path == "/profile/"
    assert focused(page).get_text() == "Your primary phone is set. From now on signing in asks for a code."


def test_what_happened_is_heard_at_the_field_where_the_next_page_begins(enrolled: Person, time: Clock) -> None:
    enrolled.sign_out()
    enrolled.sign_in()
    time.forward(minutes=20)
    page = enrolled.open("/auth/verify")
    assert page.path == "/auth/login"
    assert focused(page)["name"] == "email"
    assert heard(page) == "That was too long ago, or is done already. Start again."
