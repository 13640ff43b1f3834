"""A new password or a transfer code is shown once: to one signed-in browser, which may look again for a minute."""

import pytest

from portal.drivers.base import Done
from portal.kinds import Kind
from portal.models import Order
from portal.prune import prune
from tests.conftest import Clock
from tests.fakes import driver
from tests.person import Page, Person
from tests.shelf import add_domain, add_server, read
from tests.storms.parallel import copies, post_at_once

SECRET = "Xy7-transfer-code"
ORDER = "/resources/orders/1"


@pytest.fixture
def settings() -> dict[str, str]:
    return {"DRIVER_VPS": "tests.fakes:MemoryDriver", "DRIVER_DOMAIN": "tests.fakes:MemoryDriver"}


@pytest.fixture
def owner(enrolled: Person, time: Clock) -> Person:
    """Looks at the order of a transfer code that waits to be shown."""
    del time  # Stands still.
    domain = add_domain(enrolled, locked=False)
    driver(enrolled.app, Kind.DOMAIN).answer = lambda _: Done(secret=SECRET)
    enrolled.open(f"/resources/domains/{domain}")
    enrolled.submit(f"/resources/domains/{domain}/act", act="transfer domain")
    enrolled.type_code(enrolled.newest_code())
    enrolled.carry_out()
    enrolled.open(ORDER)
    return enrolled


def look(person: Person) -> Page:
    """As the button does it, also where the page has none."""
    return person.post(f"{ORDER}/secret", {"csrf_token": person.csrf()})


def signed_in_elsewhere(person: Person) -> Person:
    """Another browser of the same customer, with a proof as fresh as can be."""
    other = Person(person.app, "198.51.100.7")
    other.sign_in_with_code()
    other.open(ORDER)
    return other


def order(person: Person) -> Order:
    found = read(person, Order, 1)
    assert found is not None
    return found


def prune_now(person: Person, time: Clock) -> int:
    with person.app.app_context():
        return prune(time.now())["secrets"]


def test_the_second_answer_to_a_double_click_shows_it_too(owner: Person) -> None:
    first, second = post_at_once(copies(owner, 2), f"{ORDER}/secret", {})
    assert SECRET in first.text
    assert SECRET in second.text
    owner.open("/profile/activity")
    assert owner.page.words.count("Was shown the new password or transfer code of 'shop.example'") == 1


def test_whoever_lost_the_answer_is_offered_it_again_for_a_minute(owner: Person, time: Clock) -> None:
    owner.submit(f"{ORDER}/secret")  # Its answer never came.
    shown_at = order(owner).shown_at
    time.forward(seconds=30)
    page = owner.open(ORDER)
    assert SECRET not in page.html
    assert "It was shown in this browser just now. If you did not see it, look again. You can for 30 seconds." in (
        page.words
    )
    assert SECRET in owner.submit(f"{ORDER}/secret").html
    assert order(owner).shown_at == shown_at, "a second look makes the minute no longer"
    time.forward(seconds=29)
    assert SECRET in look(owner).html, "as a reload does it"


def test_after_the_minute_the_same_browser_sees_nothing_and_reads_why(owner: Person, time: Clock) -> None:
    owner.submit(f"{ORDER}/secret")
    time.forward(seconds=60)
    page = look(owner)
    assert page.status == 200
    assert SECRET not in page.html
    assert "was shown" in page.words
    assert "If you did not keep it, ask for another." in page.words
    assert not page.soup.select(f"form[action='{ORDER}/secret']")
    assert order(owner).secret is not None, "pruning did not come by yet"


def test_another_session_of_the_same_customer_sees_nothing_within_the_minute(owner: Person) -> None:
    owner.submit(f"{ORDER}/secret")
    other = signed_in_elsewhere(owner)
    assert not other.page.soup.select(f"form[action='{ORDER}/secret']")
    assert "was shown" in other.page.words
    assert SECRET not in look(other).html
    owner.open(ORDER)
    assert SECRET in look(owner).html, "whose minute goes on"


def test_signing_out_and_in_again_is_another_session(owner: Person) -> None:
    owner.submit(f"{ORDER}/secret")
    owner.sign_out()
    owner.sign_in_with_code()
    owner.open(ORDER)
    assert SECRET not in look(owner).html


def test_of_two_sessions_that_ask_at_once_one_is_shown_it(owner: Person) -> None:
    other = signed_in_elsewhere(owner)
    answers = post_at_once([owner, other], f"{ORDER}/secret", {})
    assert [SECRET in answer.text for answer in answers].count(True) == 1


def test_another_customer_finds_no_such_order_within_the_minute(owner: Person) -> None:
    owner.submit(f"{ORDER}/secret")
    mallory = Person(owner.app, "198.51.100.9")
    mallory.register("mallory@example.com")
    page = look(mallory)
    assert page.status == 404
    assert SECRET not in page.html


def test_the_minute_is_no_proof_for_a_session_that_is_not_fresh(owner: Person, time: Clock) -> None:
    time.forward(minutes=9, seconds=45)
    owner.submit(f"{ORDER}/secret")
    time.forward(seconds=30)
    assert look(owner).path == "/auth/confirm"
    assert SECRET not in owner.page.html


def test_a_transfer_code_that_was_looked_at_is_erased_after_the_minute(owner: Person, time: Clock) -> None:
    owner.submit(f"{ORDER}/secret")
    time.forward(seconds=59)
    assert prune_now(owner, time) == 0
    assert SECRET in look(owner).html
    time.forward(seconds=1)
    assert prune_now(owner, time) == 1
    assert (order(owner).secret, order(owner).shown_to) == (None, None)
    assert "was shown" in owner.open(ORDER).words


def ask_for_password(person: Person) -> None:
    server = add_server(person)
    person.open(f"/resources/virtual-servers/{server}")
    person.submit(f"/resources/virtual-servers/{server}/act", act="reset root password")
    person.type_code(person.newest_code())
    assert person.page.path == ORDER


def test_a_password_that_is_set_within_the_minute_can_still_be_looked_at_again(enrolled: Person, time: Clock) -> None:
    ask_for_password(enrolled)
    enrolled.submit(f"{ORDER}/secret")
    enrolled.carry_out()
    password = driver(enrolled.app).tasks[0].secret
    assert password
    enrolled.open(ORDER)
    assert password in enrolled.submit(f"{ORDER}/secret").html
    time.forward(seconds=60)
    assert prune_now(enrolled, time) == 1
    assert order(enrolled).secret is None


def test_a_password_that_was_looked_at_waits_for_its_order_and_goes_with_it(enrolled: Person, time: Clock) -> None:
    ask_for_password(enrolled)
    enrolled.submit(f"{ORDER}/secret")
    time.forward(minutes=2)
    assert prune_now(enrolled, time) == 0, "it is not set yet"
    enrolled.carry_out()
    assert driver(enrolled.app).tasks[0].secret
    assert order(enrolled).secret is None


def test_a_day_after_the_order_was_over_it_is_shown_no_more_also_where_nothing_was_pruned(
    owner: Person, time: Clock
) -> None:
    settled_at = order(owner).settled_at
    assert settled_at is not None
    time.at = settled_at
    time.forward(hours=23, minutes=59)
    owner.sign_in_with_code()
    assert "Show it" in owner.open(ORDER).words
    time.forward(minutes=1)
    page = owner.open(ORDER)
    assert "The transfer code can't be shown any more." in page.words
    assert "Show it" not in page.words
    assert SECRET not in look(owner).html
    assert (order(owner).secret is None, order(owner).shown_at) == (False, None)
    assert prune_now(owner, time) == 1
