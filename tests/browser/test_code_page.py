"""The page that asks for the code, while it is open: what changes by itself, and what must not."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import server
from tests.browser.customer import Customer
from tests.person import wrong

pytestmark = pytest.mark.browser


def test_the_status_changes_by_itself_and_does_not_disturb_typing(page: Page, customer: Customer) -> None:
    customer.enrol()
    customer.phone.hold_texts()
    customer.await_code_page()
    expect(customer.status).to_have_text(f"On its way to your phone ending {customer.phone.ending}.")
    expect(customer.status).to_have_attribute("role", "status")
    button = customer.button("Send the code again").element_handle()
    expect(customer.code_field).to_be_focused()
    page.keyboard.type("12")
    customer.phone.let_texts_through()
    expect(customer.status).to_have_text(f"Sent to your phone ending {customer.phone.ending}.")
    page.keyboard.type("34")
    expect(customer.code_field).to_be_focused()
    expect(customer.code_field).to_have_value("1234")
    # The page was not opened anew, and a button that is just being pressed is not swapped for its like.
    assert button.evaluate("element => element.isConnected")


def test_a_number_that_gets_no_texts_is_said_by_itself(customer: Customer) -> None:
    customer.register()
    customer.phone.hold_texts()
    customer.ask_for_phone()
    expect(customer.status).to_contain_text("On its way")
    customer.phone.refuse_texts()
    expect(customer.status).to_contain_text("the number is not in service. Check the number, or use another one.")


def test_the_wait_for_the_next_text_is_counted_down(page: Page, customer: Customer) -> None:
    customer.register()
    customer.ask_for_phone()
    expect(customer.status).to_contain_text("Sent")
    wait = page.locator("#code-sends time")
    first = int(wait.inner_text().removesuffix(" seconds"))
    lower = "|".join(str(seconds) for seconds in range(2, first))
    expect(wait).to_have_text(re.compile(rf"^(({lower}) seconds|1 second)$"))


def test_pressing_send_too_early_says_when_and_leaves_everything_usable(page: Page, customer: Customer) -> None:
    customer.register()
    customer.ask_for_phone()
    code = customer.phone.next_code()
    customer.button("Send the code again").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("You can send the next text at")
    expect(page).to_have_title("Error: Check your primary phone · Harbor Hosting")
    expect(customer.code_field).to_have_accessible_description(re.compile("You can send the next text at .* Sent to"))
    # A time that counts down inside it would be read aloud each second.
    expect(alert.locator("time")).to_have_count(0)
    expect(customer.code_field).to_be_focused()
    customer.type_code(code, "Save this number")
    expect(customer.heading("Profile")).to_be_visible()


def test_a_wrong_code_is_announced_and_the_next_one_can_be_typed_at_once(page: Page, customer: Customer) -> None:
    customer.enrol()
    customer.await_code_page()
    code = customer.phone.next_code()
    expect(customer.code_field).to_be_focused()
    page.keyboard.type(wrong(code))
    page.keyboard.press("Enter")
    error = page.get_by_role("alert")
    expect(error).to_have_text("That is not the code. Check the newest text; you have 4 tries left.")
    expect(customer.code_field).to_be_focused()
    expect(customer.code_field).to_have_accessible_description(re.compile("That is not the code"))
    expect(customer.code_field).to_have_attribute("aria-invalid", "true")
    page.wait_for_load_state()  # The script selects the wrong digits, so that typing replaces them.
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(customer.heading("Overview")).to_be_visible()


def test_a_dead_code_is_said_and_a_new_one_signs_in(page: Page, customer: Customer) -> None:
    customer.enrol()
    customer.await_code_page()
    customer.kill_code(customer.phone.next_code())
    expect(customer.heading("Get a new code")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("it was the last try")
    customer.button("Send a new code").click()
    expect(customer.heading("Enter your code")).to_be_visible()
    customer.type_code(customer.phone.next_code())
    expect(customer.heading("Overview")).to_be_visible()


def test_a_pasted_code_loses_its_spaces(page: Page, customer: Customer) -> None:
    customer.enrol()
    customer.await_code_page()
    expect(customer.code_field).to_be_focused()
    page.evaluate(
        """() => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text", " 123 456\\n");
            const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
            document.activeElement.dispatchEvent(paste);
        }"""
    )
    expect(customer.code_field).to_have_value("123456")


@pytest.fixture
def hurried(page: Page, tmp_path: Path) -> Iterator[Customer]:
    """A customer of a portal where a code lives a few seconds."""
    settings = {"CODE_TTL_SECONDS": "4", "CODE_RESEND_SECONDS": "2", "SMS_ALLOWED_REGIONS": "US"}
    with server.serve(tmp_path, **settings) as portal:
        yield Customer(page, portal)


def test_a_code_that_dies_while_its_page_is_open_is_said_by_itself(page: Page, hurried: Customer) -> None:
    hurried.register()
    hurried.ask_for_phone()
    expect(hurried.code_field).to_be_focused()
    page.keyboard.type("12")
    expect(hurried.status).to_have_text("This code has expired. Ask for a new one.")
    expect(hurried.code_field).to_have_value("12")
    expect(page.locator("main time")).to_have_count(0)
    expect(hurried.button("Send a new code")).not_to_have_class(re.compile("outline"))
    hurried.button("Send a new code").click()
    expect(hurried.status).to_contain_text("Sent")
