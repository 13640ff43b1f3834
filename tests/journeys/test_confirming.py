"""Proving it's you for one act: the password, then a code where there is a phone."""

import pytest

from tests.conftest import Clock
from tests.person import BACKUP, GOOD_PASSWORD, OTHER, PHONE, Person, wrong

NEW_PASSWORD = "five plain words put together"


def ask_for_backup(alice: Person) -> None:
    alice.open("/profile/phones/backup")
    alice.submit("/profile/phones/backup", {"number": BACKUP})


def test_a_recent_sign_in_does_not_count(enrolled: Person) -> None:
    enrolled.sign_out()
    enrolled.sign_in_with_code()
    ask_for_backup(enrolled)
    assert enrolled.page.path == "/auth/confirm"
    assert enrolled.page.has_field("password")


def test_the_right_password_sends_the_first_text_and_not_the_request_before_it(enrolled: Person) -> None:
    sent = len(enrolled.texts())
    ask_for_backup(enrolled)
    enrolled.open("/auth/confirm")
    assert len(enrolled.texts()) == sent
    enrolled.submit("/auth/confirm", {"password": GOOD_PASSWORD})
    assert enrolled.page.path == "/auth/confirm"
    assert len(enrolled.texts()) == sent + 1
    assert "code to set your backup phone" in enrolled.texts(PHONE)[-1]


def test_a_wrong_password_is_said_beside_the_field_and_sends_nothing(enrolled: Person) -> None:
    sent = len(enrolled.texts())
    ask_for_backup(enrolled)
    page = enrolled.submit("/auth/confirm", {"password": "not her password"})
    assert (page.status, page.path) == (422, "/auth/confirm")
    assert page.complaint("password") == "That is not your password."
    assert page.value("password") == ""
    assert "set your backup phone" in page.words
    assert len(enrolled.texts()) == sent
    assert enrolled.submit("/auth/confirm", {"password": ""}).complaint("password") == "Type your password."
    assert enrolled.submit("/auth/confirm", {"password": GOOD_PASSWORD}).has_field("code")


def test_a_newer_act_takes_the_place_of_an_older_one_and_kills_its_code(enrolled: Person) -> None:
    ask_for_backup(enrolled)
    enrolled.submit("/auth/confirm", {"password": GOOD_PASSWORD})
    older = enrolled.newest_code(PHONE)
    page = enrolled.remove("primary")
    assert page.has_field("password")
    assert "remove your primary phone" in page.words
    page = enrolled.submit("/auth/confirm", {"password": GOOD_PASSWORD})
    newer = enrolled.newest_code(PHONE)
    assert newer != older
    assert enrolled.type_code(older).status == 422
    assert "··23" in enrolled.open("/profile/").words
    enrolled.open("/auth/confirm")
    assert "The primary phone is removed." in enrolled.type_code(newer).words


def test_the_code_of_one_number_does_not_set_another(enrolled: Person) -> None:
    ask_for_backup(enrolled)
    enrolled.submit("/auth/confirm", {"password": GOOD_PASSWORD})
    older = enrolled.newest_code(PHONE)
    enrolled.open("/profile/phones/backup")
    enrolled.submit("/profile/phones/backup", {"number": OTHER})
    enrolled.submit("/auth/confirm", {"password": GOOD_PASSWORD})
    assert enrolled.type_code(older).status == 422
    assert enrolled.texts(OTHER) == []
    assert enrolled.texts(BACKUP) == []


def test_a_code_confirms_once(enrolled: Person) -> None:
    ask_for_backup(enrolled)
    enrolled.confirm()
    assert enrolled.page.path == "/profile/phones/backup/verify"
    assert enrolled.open("/auth/confirm").path == "/profile/"
    assert "Start again" in enrolled.page.words


def test_an_act_waits_15_minutes_for_the_password(enrolled: Person, time: Clock) -> None:
    ask_for_backup(enrolled)
    time.forward(minutes=14, seconds=59)
    assert enrolled.open("/auth/confirm").has_field("password")
    time.forward(seconds=1)
    sent = len(enrolled.texts())
    page = enrolled.submit("/auth/confirm", {"password": GOOD_PASSWORD})
    assert page.path == "/profile/"
    assert "Start again" in page.words
    assert len(enrolled.texts()) == sent


def test_after_the_password_an_act_waits_15_minutes_for_its_code(enrolled: Person, time: Clock) -> None:
    ask_for_backup(enrolled)
    time.forward(minutes=14)
    enrolled.submit("/auth/confirm", {"password": GOOD_PASSWORD})
    time.forward(minutes=14)
    enrolled.open("/auth/confirm")
    assert enrolled.send_code().path == "/auth/confirm"
    code = enrolled.newest_code(PHONE)
    time.forward(minutes=1)
    assert enrolled.type_code(code).path == "/profile/"
    assert enrolled.texts(BACKUP) == []


def test_with_nothing_to_confirm_the_page_leads_to_the_profile(enrolled: Person) -> None:
    assert enrolled.open("/auth/confirm").path == "/profile/"


def test_before_the_password_there_is_no_code_to_send_or_type(enrolled: Person) -> None:
    ask_for_backup(enrolled)
    sent = len(enrolled.texts())
    fields = {"csrf_token": enrolled.csrf(), "phone": "primary"}
    assert enrolled.post("/auth/confirm/send", fields).has_field("password")
    assert enrolled.post("/auth/confirm", {"csrf_token": enrolled.csrf(), "code": "123456"}).status == 422
    assert len(enrolled.texts()) == sent


@pytest.mark.parametrize("slot", ["primary", "backup"])
def test_a_stolen_browser_that_knows_no_password_adds_and_removes_nothing(enrolled: Person, slot: str) -> None:
    enrolled.open(f"/profile/phones/{slot}")
    enrolled.submit(f"/profile/phones/{slot}", {"number": OTHER})
    for path in (f"/profile/phones/{slot}/verify", "/auth/confirm"):
        enrolled.open("/profile/phones/primary")
        enrolled.post(path, {"csrf_token": enrolled.csrf(), "code": "123456"})
    assert enrolled.texts(OTHER) == []
    assert "··67" not in enrolled.open("/profile/").words


def test_the_session_has_a_new_token_after_each_step(enrolled: Person) -> None:
    tokens = set()
    ask_for_backup(enrolled)
    for number in (None, PHONE, BACKUP):
        if number is None:
            enrolled.submit("/auth/confirm", {"password": GOOD_PASSWORD})
        else:
            enrolled.type_code(enrolled.newest_code(number))
        with enrolled.client.session_transaction() as session:
            tokens.add(session["_user_id"])
    assert len(tokens) == 3


def test_a_wrong_confirm_code_counts_and_the_right_one_still_works(enrolled: Person) -> None:
    enrolled.change_password(NEW_PASSWORD)
    code = enrolled.newest_code(PHONE)
    assert "4 tries left" in enrolled.type_code(wrong(code)).complaint("code")
    assert enrolled.type_code(code).path == "/profile/"
