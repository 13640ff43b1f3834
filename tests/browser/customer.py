"""A customer who gets through the portal's pages the quick way, to the page that a test is about."""

import itertools

from playwright.sync_api import Locator, Page, expect

from tests.browser.server import Portal
from tests.person import wrong

PASSWORD = "four plain words together"

_AFTER_A_WRONG_CODE = ("4 tries left", "3 tries left", "2 tries left", "1 try left", "the last try")

_numbers = itertools.count(100)
"""(201) 555-0100 to 0199 are nobody's, and each phone here has a number of its own."""


class Customer:
    def __init__(self, page: Page, portal: Portal) -> None:
        self.page = page
        self.portal = portal
        self.phone, self.backup = (portal.phone(f"+1201555{next(_numbers):04d}") for _ in range(2))
        self.email = f"customer-{self.phone.number[-4:]}@example.com"

    # What stands on the pages

    def heading(self, words: str) -> Locator:
        return self.page.get_by_role("heading", level=1, name=words, exact=True)

    def button(self, words: str) -> Locator:
        return self.page.get_by_role("button", name=words, exact=True)

    @property
    def code_field(self) -> Locator:
        return self.page.get_by_label("Code", exact=True)

    @property
    def status(self) -> Locator:
        """What became of the text."""
        return self.page.locator("#code-status")

    # Ways to a page

    def open(self, path: str) -> None:
        self.page.goto(f"{self.portal.url}{path}")

    def register(self) -> None:
        """To the overview, without a phone."""
        self.open("/auth/register")
        self.page.get_by_label("Name").fill("Casey Customer")
        self.page.get_by_label("Email").fill(self.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.button("Create account").click()
        expect(self.heading("Overview")).to_be_visible()

    def ask_for_phone(self) -> None:
        """To the page that asks for the code which went to the new primary phone."""
        self.open("/profile/phones/primary")
        self.page.get_by_label("Mobile number").fill(self.phone.national)
        self.button("Text me a code").click()
        expect(self.heading("Check your primary phone")).to_be_visible()

    def enrol(self) -> None:
        """To the profile, with a primary phone."""
        self.register()
        self.ask_for_phone()
        self.type_code(self.phone.next_code(), "Save this number")
        expect(self.heading("Profile")).to_be_visible()

    def add_backup(self) -> None:
        """To the profile, with both phones."""
        self.open("/profile/phones/backup")
        self.page.get_by_label("Mobile number").fill(self.backup.national)
        self.button("Text me a code").click()
        self.type_password()
        self.prove_backup()

    def prove_backup(self) -> None:
        """Type the code that confirms it, then the one that went to the backup phone."""
        self.type_code(self.phone.next_code(), "Confirm")
        expect(self.heading("Check your backup phone")).to_be_visible()
        self.type_code(self.backup.next_code(), "Save this number")
        expect(self.heading("Profile")).to_be_visible()

    def sign_out(self) -> None:
        self.page.locator("summary", has_text="Account").click()
        self.button("Sign out").click()
        expect(self.heading("Sign in")).to_be_visible()

    def give_password(self) -> None:
        """From the sign-in page to the one that asks for the code, if there is a phone."""
        self.page.get_by_label("Email").fill(self.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.button("Sign in").click()

    def await_code_page(self) -> None:
        """To the page that asks for the code of a sign-in."""
        self.sign_out()
        self.give_password()
        expect(self.heading("Enter your code")).to_be_visible()

    def type_password(self) -> None:
        expect(self.heading("Confirm it's you")).to_be_visible()
        self.page.get_by_label("Password").fill(PASSWORD)
        self.button("Continue").click()

    def type_code(self, code: str, button: str = "Sign in") -> None:
        self.code_field.fill(code)
        self.button(button).click()

    def kill_code(self, code: str, button: str = "Sign in", tries: int = 5) -> None:
        """Type wrong codes until the right one, which has so many tries, is dead."""
        for left in _AFTER_A_WRONG_CODE[-tries:]:
            self.type_code(wrong(code), button)
            expect(self.page.get_by_role("alert")).to_contain_text(left)
