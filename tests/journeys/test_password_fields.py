"""Fields for passwords hide what is typed, never give it back, and tell a password manager what they are for."""

from bs4 import Tag

from tests.person import BACKUP, Page, Person

WRONG = "not the right password"


def fields(page: Page) -> list[tuple[str, str, str]]:
    """Name, type and autocomplete of each field that takes a password; none holds anything."""
    found = [field for field in page.soup.find_all("input") if "password" in str(field.get("name"))]
    assert all(isinstance(field, Tag) and not field.get("value") for field in found)
    assert not any(field.has_attr(name) for field in found for name in ("readonly", "maxlength", "pattern"))
    return [(field["name"], field["type"], field["autocomplete"]) for field in found]


def test_password_fields_hide_what_is_typed_and_say_what_they_are_for(enrolled: Person) -> None:
    now, new = ("current-password", "new-password")
    change = [("current_password", "password", now), ("password", "password", new)]
    assert fields(enrolled.open("/profile/password")) == change
    assert fields(enrolled.change_password("short", current=WRONG)) == change
    enrolled.open("/profile/phones/backup")
    page = enrolled.submit("/profile/phones/backup", {"number": BACKUP})
    assert page.path == "/auth/confirm"
    assert fields(page) == [("password", "password", now)]
    assert fields(enrolled.submit("/auth/confirm", {"password": WRONG})) == [("password", "password", now)]
    enrolled.sign_out()
    assert fields(enrolled.open("/auth/login")) == [("password", "password", now)]
    assert fields(enrolled.sign_in(password=WRONG)) == [("password", "password", now)]
    assert fields(enrolled.open("/auth/register")) == [("password", "password", new)]
    assert fields(enrolled.register()) == [("password", "password", new)]


def test_a_password_manager_finds_the_email_beside_the_password(enrolled: Person) -> None:
    for path, form in (("/profile/password", "/profile/password"), ("/auth/confirm", "/auth/confirm")):
        enrolled.open("/profile/")
        if path == "/auth/confirm":
            enrolled.submit("/profile/phones/primary/remove")
        page = enrolled.open(path)
        email = page.form(form).find("input", attrs={"autocomplete": "username"})
        assert isinstance(email, Tag), path
        assert email["value"] == "alice@example.com"
    enrolled.sign_out()
    for path in ("/auth/login", "/auth/register"):
        email = enrolled.open(path).form(path).find("input", attrs={"name": "email"})
        assert isinstance(email, Tag)
        assert email["autocomplete"] in {"username", "email"}
