"""Adding, changing and removing the two numbers."""

import pytest

from tests.conftest import Clock
from tests.person import BACKUP, GOOD_PASSWORD, OTHER, PHONE, Page, Person


@pytest.fixture
def with_backup(enrolled: Person) -> Person:
    enrolled.enrol(BACKUP, "backup")
    return enrolled


def give(person: Person, number: str, slot: str = "primary") -> Page:
    """Type a number, up to the next step."""
    person.open(f"/profile/phones/{slot}")
    return person.submit(f"/profile/phones/{slot}", {"number": number})


def slots(person: Person) -> list[str]:
    """What the profile shows in each slot."""
    person.open("/profile/")
    lines = person.page.soup.select("ul.lines > li")
    return [number.get_text() if (number := line.find(class_="number")) else "" for line in lines]


def test_before_the_first_number_the_page_says_what_it_does_and_does_not_protect_against(alice: Person) -> None:
    alice.register()
    page = alice.open("/profile/phones/primary")
    assert "not someone who takes over your number" in page.words
    assert "lets you in when your phone is lost" in page.words
    assert "For example" in page.words


def test_within_10_minutes_of_the_password_the_first_number_takes_only_its_code(alice: Person, time: Clock) -> None:
    alice.register()
    time.forward(minutes=9, seconds=59)
    assert give(alice, PHONE).path == "/profile/phones/primary/verify"
    assert alice.type_code(alice.newest_code(PHONE)).path == "/profile/"
    assert slots(alice) == ["+1 ··· ··23", ""]


def test_signing_in_counts_as_typing_the_password_too(alice: Person, time: Clock) -> None:
    alice.register()
    alice.sign_out()
    time.forward(minutes=30)
    alice.sign_in()
    assert give(alice, PHONE).path == "/profile/phones/primary/verify"


def test_later_than_that_the_first_number_takes_the_password_again(alice: Person, time: Clock) -> None:
    alice.register()
    time.forward(minutes=10)
    page = give(alice, PHONE)
    assert page.path == "/auth/confirm"
    assert "set your primary phone" in page.words
    assert alice.texts() == []
    assert alice.submit("/auth/confirm", {"password": GOOD_PASSWORD}).path == "/profile/phones/primary/verify"
    assert alice.type_code(alice.newest_code(PHONE)).path == "/profile/"
    assert slots(alice) == ["+1 ··· ··23", ""]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Type a mobile number."),
        ("hello", "not a phone number"),
        ("+1 201 555 0123 ext. 5", "Leave out the extension"),
        ("+44 20 7946 0018", "not a mobile number"),
        ("+33 6 12 34 56 78", "can't send texts to that country"),
        ("+1 201 055 0123", "does not exist"),
        ("+1 876 210 1234", "can't send texts to that country"),
        ("+882 16 1234 5678", ""),
        ("2015550123" * 5, "too long"),
        ("12", "It should look like"),
    ],
)
def test_a_number_that_can_get_no_text_is_refused_beside_the_field(alice: Person, typed: str, sentence: str) -> None:
    alice.register()
    page = give(alice, typed)
    assert (page.status, page.path) == (422, "/profile/phones/primary")
    assert page.complaint("number")
    assert sentence in page.complaint("number")
    assert page.value("number") == typed
    assert alice.texts() == []


@pytest.mark.parametrize("typed", ["2015550123", "201-555-0123", "+1 (201) 555 0123", "1 201 555 0123", PHONE])
def test_a_number_is_understood_as_people_type_it(alice: Person, typed: str) -> None:
    alice.register()
    assert give(alice, typed).path == "/profile/phones/primary/verify"
    assert len(alice.texts(PHONE)) == 1


@pytest.mark.parametrize("settings", [{"SMS_DEFAULT_REGION": "GB"}])
def test_a_number_without_a_plus_is_one_of_the_shops_country(alice: Person) -> None:
    alice.register()
    assert "07400 123456" in alice.open("/profile/phones/primary").words
    give(alice, "07400 123457")
    assert len(alice.texts("+447400123457")) == 1


def test_where_no_country_is_allowed_no_number_gets_a_text(alice: Person) -> None:
    alice.app.config["SMS_ALLOWED_REGIONS"] = frozenset()
    alice.register()
    page = give(alice, PHONE)
    assert page.status == 422
    assert page.complaint("number").startswith("We can't send texts to that country.")
    assert alice.texts() == []


def test_until_its_code_is_typed_a_number_changes_nothing(enrolled: Person) -> None:
    give(enrolled, OTHER)
    enrolled.confirm()
    assert enrolled.page.path == "/profile/phones/primary/verify"
    assert slots(enrolled) == ["+1 ··· ··23", ""]
    enrolled.sign_out()
    enrolled.sign_in()
    assert "··23" in enrolled.page.words


def test_a_backup_needs_a_primary(alice: Person) -> None:
    alice.register()
    page = alice.open("/profile/phones/backup")
    assert page.path == "/profile/"
    assert "Add your primary phone first." in page.words
    alice.open("/profile/phones/primary")
    alice.post("/profile/phones/backup", {"csrf_token": alice.csrf(), "number": PHONE})
    assert alice.texts() == []


@pytest.mark.parametrize(("slot", "number"), [("backup", PHONE), ("primary", BACKUP), ("primary", PHONE)])
def test_a_number_that_is_in_use_here_already_is_refused(with_backup: Person, slot: str, number: str) -> None:
    page = give(with_backup, number, slot)
    assert page.status == 422
    assert "already" in page.complaint("number")


def test_two_accounts_may_share_a_phone(enrolled: Person) -> None:
    bob = Person(enrolled.app)
    bob.register("bob@example.com")
    assert bob.enrol(PHONE).path == "/profile/"


def test_changing_the_primary_takes_the_password_a_code_to_it_and_one_to_the_new_number(enrolled: Person) -> None:
    assert give(enrolled, OTHER).path == "/auth/confirm"
    enrolled.submit("/auth/confirm", {"password": GOOD_PASSWORD})
    assert "code to set your primary phone" in enrolled.texts(PHONE)[-1]
    assert enrolled.texts(OTHER) == []
    assert enrolled.type_code(enrolled.newest_code(PHONE)).path == "/profile/phones/primary/verify"
    assert "adds this phone" in enrolled.texts(OTHER)[-1]
    assert enrolled.type_code(enrolled.newest_code(OTHER)).path == "/profile/"
    assert slots(enrolled) == ["+1 ··· ··67", ""]
    enrolled.sign_out()
    assert "··67" in enrolled.sign_in().words
    assert enrolled.type_code(enrolled.newest_code(OTHER)).path == "/resources/"


def test_a_lost_primary_is_changed_with_a_code_to_the_backup(with_backup: Person) -> None:
    give(with_backup, OTHER)
    with_backup.submit("/auth/confirm", {"password": GOOD_PASSWORD})
    with_backup.send_code("backup")
    with_backup.type_code(with_backup.newest_code(BACKUP))
    with_backup.type_code(with_backup.newest_code(OTHER))
    assert slots(with_backup) == ["+1 ··· ··67", "+1 ··· ··45"]


def test_removing_the_backup_leaves_the_primary(with_backup: Person) -> None:
    page = with_backup.remove("backup")
    assert page.path == "/auth/confirm"
    assert "remove your backup phone" in page.words
    assert "The backup phone is removed." in with_backup.confirm().words
    assert slots(with_backup) == ["+1 ··· ··23", ""]


def test_removing_the_primary_puts_the_backup_in_its_place(with_backup: Person) -> None:
    with_backup.remove("primary")
    with_backup.confirm()
    assert slots(with_backup) == ["+1 ··· ··45", ""]
    with_backup.sign_out()
    assert "··45" in with_backup.sign_in().words
    assert with_backup.type_code(with_backup.newest_code(BACKUP)).path == "/resources/"


def test_removing_the_last_number_warns_and_turns_two_factor_sign_in_off(enrolled: Person) -> None:
    page = enrolled.open("/profile/")
    assert "If you remove it, sign-in codes stop" in page.words
    enrolled.remove()
    enrolled.confirm()
    assert "Sign-in codes are off" in enrolled.page.words
    assert slots(enrolled) == ["", ""]
    enrolled.sign_out()
    assert enrolled.sign_in().path == "/resources/"


def test_with_two_numbers_nothing_warns_of_that(with_backup: Person) -> None:
    assert "sign-in codes stop" not in with_backup.open("/profile/").words


def test_a_number_that_is_not_there_can_not_be_removed(enrolled: Person) -> None:
    enrolled.open("/profile/")
    assert enrolled.post("/profile/phones/backup/remove", {"csrf_token": enrolled.csrf()}).status == 404
    assert enrolled.post("/profile/phones/third/remove", {"csrf_token": "x"}).status == 404
