"""Orders for the shop's people, from the customer's form to what they say: nothing completes them by itself."""

import pytest

from tests.cli.conftest import Run
from tests.conftest import Clock
from tests.person import Person
from tests.shelf import add_metal, orders

PAGE = "/resources/dedicated-servers/1"


@pytest.fixture
def waiting(enrolled: Person) -> Person:
    """Alice, who has asked for a reboot of the server on `PAGE`."""
    add_metal(enrolled)
    enrolled.open(PAGE)
    enrolled.submit(f"{PAGE}/act", act="reboot server")
    assert orders(enrolled)[0].driver == "local"
    return enrolled


def test_it_waits_however_long_and_its_page_says_so(waiting: Person, time: Clock) -> None:
    for hours in (0, 1, 24 * 30):
        time.forward(hours=hours)
        assert waiting.carry_out() == 0
        assert (orders(waiting)[0].outcome, orders(waiting)[0].attempts) == (None, 0)
    waiting.sign_in_with_code()
    page = waiting.open(PAGE)
    assert "Reboot Asked for" in page.words
    assert page.status == 200


@pytest.mark.parametrize(("command", "state"), [("done", "Done"), ("fail", "Failed")])
def test_its_page_follows_what_they_say(waiting: Person, portal: Run, command: str, state: str) -> None:
    number = str(orders(waiting)[0].id)
    assert f"{number}\twaits for you\t" in portal("orders", "list").output
    assert portal("orders", command, number, "--note", "The technician was there.").exit_code == 0
    assert f"Reboot {state} The technician was there." in waiting.open(PAGE).words
    assert "Support" in waiting.open("/profile/activity").words
    assert "sam" not in waiting.page.words.split()
    assert portal("orders", "list").output == ""
