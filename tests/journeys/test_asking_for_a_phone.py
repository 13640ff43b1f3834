"""The notice that leads to enrolment, and shops that require a phone."""

import pytest

from tests.person import OTHER, PHONE, Page, Person

WORDS = {
    "personal": "get into your account",
    "business": "your company's servers and domains",
    "reseller": "all of your customers' services",
}
ENROLMENT = "/profile/phones/primary"


def notice(page: Page) -> str:
    found = page.soup.find("aside", attrs={"aria-label": "Notice"})
    return " ".join(found.get_text(" ").split()) if found else ""


@pytest.mark.parametrize("account_type", list(WORDS))
def test_without_a_phone_every_page_carries_a_notice_in_the_words_of_the_account_type(
    alice: Person, account_type: str
) -> None:
    alice.register(account_type=account_type)
    for path in ("/resources/", "/profile/", "/profile/password", "/help"):
        assert WORDS[account_type] in notice(alice.open(path)), path
        link = alice.page.soup.select_one("aside a")
        assert link is not None
        assert link["href"] == ENROLMENT
    for others in WORDS.keys() - {account_type}:
        assert WORDS[others] not in alice.page.html


def test_the_pages_that_enrol_a_phone_do_not_ask_for_it_again(alice: Person) -> None:
    alice.register()
    assert not notice(alice.open(ENROLMENT))
    assert not notice(alice.submit(ENROLMENT, {"number": PHONE}))


def test_with_a_phone_there_is_no_notice_and_after_removing_it_there_is(enrolled: Person) -> None:
    assert not notice(enrolled.open("/resources/"))
    enrolled.remove()
    enrolled.confirm()
    assert notice(enrolled.open("/resources/"))


@pytest.mark.parametrize("settings", [{"REQUIRE_TWO_FACTOR": "reseller,business"}])
class TestRequiredOfCompanies:
    def test_nothing_but_enrolment_help_and_sign_out_opens_until_a_phone_is_proven(self, alice: Person) -> None:
        assert alice.register(account_type="business").path == ENROLMENT
        for path in (
            "/",
            "/resources/",
            "/profile/",
            "/profile/password",
            "/profile/phones/backup",
            "/auth/login",
            "/auth/register",
            "/auth/verify",
            "/auth/confirm",
            "/profile/phones/primary/verify",
        ):
            assert alice.open(path).path == ENROLMENT, path
        assert alice.open("/help").path == "/help"
        alice.open(ENROLMENT)
        alice.submit(ENROLMENT, {"number": PHONE})
        assert alice.open("/resources/").path == ENROLMENT
        alice.open("/profile/phones/primary/verify")
        alice.type_code(alice.newest_code(PHONE))
        for path in ("/resources/", "/profile/", "/profile/password", "/profile/phones/backup"):
            assert alice.open(path).path == path

    def test_the_page_says_so_and_offers_no_way_round(self, alice: Person) -> None:
        assert "Your account needs a phone before you can go on." in alice.register(account_type="business").words
        assert "Cancel" not in alice.page.words
        assert "Cancel" not in alice.submit(ENROLMENT, {"number": PHONE}).words

    def test_a_form_that_was_open_before_does_nothing_either(self, alice: Person) -> None:
        alice.register(account_type="reseller")
        fields = {"csrf_token": alice.csrf(), "current_password": "x", "password": "five plain words put together"}
        assert alice.post("/profile/password", fields).path == ENROLMENT

    def test_sign_out_works(self, alice: Person) -> None:
        alice.register(account_type="reseller")
        assert alice.sign_out().path == "/auth/login"
        assert alice.sign_in().path == ENROLMENT

    def test_with_the_password_typed_long_ago_enrolment_asks_for_it(self, alice: Person) -> None:
        alice.register(account_type="reseller")
        alice.sign_out()
        alice.open("/profile/password")
        fields = {"email": "alice@example.com", "password": "four plain words together"}
        assert alice.submit("/auth/login", fields).path == ENROLMENT

    def test_removing_the_last_number_leads_back_to_enrolment(self, alice: Person) -> None:
        alice.register(account_type="business")
        alice.enrol()
        alice.remove()
        alice.confirm()
        assert alice.page.path == ENROLMENT
        assert "The primary phone is removed." in alice.page.words
        alice.enrol(OTHER)
        assert alice.open("/resources/").path == "/resources/"

    def test_it_is_not_required_of_the_other_types(self, alice: Person) -> None:
        assert alice.register(account_type="personal").path == "/resources/"
        assert notice(alice.page)
        assert "needs a phone" not in alice.open(ENROLMENT).words
        assert "Cancel" in alice.page.words


@pytest.mark.parametrize("settings", [{"REQUIRE_TWO_FACTOR": "all"}])
@pytest.mark.parametrize("account_type", list(WORDS))
def test_it_can_be_required_of_all(alice: Person, account_type: str) -> None:
    assert alice.register(account_type=account_type).path == ENROLMENT
