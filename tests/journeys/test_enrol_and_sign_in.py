"""The main job: enrol a phone, and from then on every sign-in takes a code."""

from tests.person import BACKUP, PHONE, Person, wrong


def test_a_customer_signs_up_enrols_a_phone_and_signs_in_with_a_code(alice: Person) -> None:
    assert alice.register().path == "/resources/"
    assert "Add a phone" in alice.page.html

    alice.open("/profile/phones/primary")
    assert (
        alice.submit("/profile/phones/primary", {"number": "(201) 555-0123"}).path == "/profile/phones/primary/verify"
    )
    assert "··23" in alice.page.words
    assert alice.type_code(alice.newest_code(PHONE)).path == "/profile/"
    assert "+1 ··· ··23" in alice.page.words

    assert alice.sign_out().path == "/auth/login"
    assert alice.sign_in().path == "/auth/verify"
    assert alice.type_code(alice.newest_code(PHONE)).path == "/resources/"
    assert "Add a phone" not in alice.page.html


def test_a_wrong_code_says_how_many_tries_are_left_and_sends_nothing(enrolled: Person) -> None:
    enrolled.sign_out()
    enrolled.sign_in()
    code = enrolled.newest_code()
    sent = len(enrolled.texts())
    page = enrolled.type_code(wrong(code))
    assert page.status == 422
    assert "4 tries left" in page.words
    assert len(enrolled.texts()) == sent
    assert enrolled.type_code(code).path == "/resources/"


def test_a_backup_number_takes_the_password_and_a_code_to_the_primary(enrolled: Person) -> None:
    assert enrolled.enrol(BACKUP, "backup").path == "/profile/"
    assert "··45" in enrolled.page.words
    assert "backup phone was added" in enrolled.texts(PHONE)[-1]
