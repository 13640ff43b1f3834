"""Two web hosts and a sender on one database are one portal: what one counts, all count; what is sent, is sent once."""

import signal
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, update

from portal import clock
from portal.database import begin_write
from portal.delivery.dispatcher import SENDERS
from portal.limits import Count
from portal.models import BrowserSession, Challenge, LimitHit, TextMessage
from tests import postgres
from tests.hosts.shop import Answer, Browser, Customer, Host, Shop, open_shop
from tests.person import wrong
from tests.serving.processes import Session, wait_until
from tests.storms.parallel import at_once

pytestmark = pytest.mark.long


@dataclass
class Two:
    """The shop, its hosts A and B, and the one that only sends."""

    shop: Shop
    a: Host
    b: Host
    sender: Session

    def spread(self, count: int) -> list[Host]:
        """As a load balancer does it."""
        return [(self.a, self.b)[n % 2] for n in range(count)]

    def tries(self, customer: Customer) -> int:
        """Wrong codes, as the account's limit has counted them."""
        return self.shop.count(LimitHit, LimitHit.key == Count("CODE_ACCOUNT", str(customer.id)).key)


@pytest.fixture(scope="module")
def running(postgres_server: URL, postgres_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    """Shared by the tests that end nothing; each brings its own customers."""
    yield from _running(postgres_server, postgres_template, tmp_path_factory.mktemp("hosts"))


@pytest.fixture
def mortal(postgres_server: URL, postgres_template: str, tmp_path: Path) -> Iterator[Two]:
    yield from _running(postgres_server, postgres_template, tmp_path)


def _running(server: URL, template: str, folder: Path) -> Iterator[Two]:
    name = f"hosts_{folder.name}"
    url = postgres.make_database(server, name, template).render_as_string(hide_password=False)
    with open_shop(folder, url) as shop:
        yield Two(shop, *shop.start())
    postgres.drop_database(server, name)


def post_everywhere(two: Two, browser: Browser, count: int, path: str, **fields: str) -> list[Answer]:
    """The same form at the same moment from copies of one browser, over both hosts."""

    def posting(host: Host) -> Callable[[], Answer]:
        copy = browser.copy()
        return lambda: copy.post(host, path, **fields)

    return at_once([posting(host) for host in two.spread(count)])


def test_a_sign_in_begun_at_one_host_ends_at_the_other(running: Two) -> None:
    customer, browser = running.shop.customer(), Browser()
    assert browser.sign_in(running.a, customer).location == "/auth/verify"
    assert customer.number[-2:] in browser.get(running.b, "/auth/verify").page
    answer = browser.post(running.b, "/auth/verify", code=running.shop.code(customer))
    assert (answer.status, answer.location) == (303, "/resources/")
    for host in (running.a, running.b):
        assert browser.get(host, "/resources/").status == 200
    left_open = browser.copy()
    assert browser.post(running.b, "/auth/logout").location == "/auth/login"
    assert left_open.get(running.a, "/resources/").status == 302, "signed out at one host is signed out at all"


def test_wrong_codes_at_both_hosts_are_counted_together(running: Two) -> None:
    customer, browser = running.shop.customer(), Browser()
    browser.sign_in(running.a, customer)
    code = running.shop.code(customer)
    answers = post_everywhere(running, browser, 24, "/auth/verify", code=wrong(code))
    assert {answer.status for answer in answers} == {422}
    assert sum("That is not the code" in answer.page for answer in answers) == 5
    assert running.tries(customer) == 5
    for host in (running.a, running.b):
        assert browser.post(host, "/auth/verify", code=code).status == 422, "the code is dead at either"
    # Five more tries in a second browser, and the account's ten are spent at both.
    second = Browser()
    second.sign_in(running.b, customer)
    answers = post_everywhere(running, second, 24, "/auth/verify", code=wrong(code))
    assert running.tries(customer) == 10
    third = Browser()
    third.sign_in(running.b, customer)
    for host in (running.a, running.b):
        assert third.post(host, "/auth/verify", code="000000").status == 429


def test_wrong_passwords_at_both_hosts_are_counted_together(running: Two) -> None:
    customer = running.shop.customer()
    for host in running.spread(10):
        assert Browser().sign_in(host, customer, "a wrong password").status == 422
    for host in (running.a, running.b):
        assert Browser().sign_in(host, customer).status == 429, "the right one is refused too"


def test_64_redeems_over_both_hosts_are_one_session(running: Two) -> None:
    customer, browser = running.shop.customer(), Browser()
    browser.sign_in(running.a, customer)
    answers = post_everywhere(running, browser, 64, "/auth/verify", code=running.shop.code(customer))
    assert Counter(answer.location for answer in answers)["/resources/"] == 1
    assert {answer.status for answer in answers} <= {302, 303, 422}
    mine = BrowserSession.account_id == customer.id
    assert running.shop.count(BrowserSession, mine) == running.shop.count(
        BrowserSession, mine, BrowserSession.signed_in
    )
    assert running.shop.count(BrowserSession, mine) == 1
    assert running.shop.count(Challenge, Challenge.account_id == customer.id, Challenge.used_at.is_not(None)) == 1
    assert running.tries(customer) == 0


def test_20_resends_over_both_hosts_send_one_text(running: Two) -> None:
    customer, browser = running.shop.customer(), Browser()
    browser.sign_in(running.a, customer)
    first = running.shop.code(customer)
    mine = TextMessage.account_id == customer.id
    with running.shop.app.app_context(), begin_write() as session:
        # The wait is over.
        session.execute(update(TextMessage).where(mine).values(queued_at=clock.now() - timedelta(seconds=40)))
    answers = post_everywhere(running, browser, 20, "/auth/verify/send", phone="primary")
    assert Counter(answer.status for answer in answers) == {303: 1, 429: 19}
    wait_until(lambda: running.shop.count(TextMessage, mine, TextMessage.settled_at.is_not(None)) == 2)
    assert running.shop.codes()[customer.number] == [first, first]
    assert running.shop.count(TextMessage, mine) == 2


def test_each_text_is_sent_once_whoever_claims_it(running: Two) -> None:
    customers = [running.shop.customer() for _ in range(30)]
    for customer, host in zip(customers, running.spread(30), strict=True):
        assert Browser().sign_in(host, customer).location == "/auth/verify"
    wait_until(lambda: running.shop.count(TextMessage, TextMessage.settled_at.is_(None)) == 0)
    codes = running.shop.codes()
    assert [len(codes[customer.number]) for customer in customers] == [1] * 30


def test_a_host_that_is_killed_loses_no_text(mortal: Two) -> None:
    shop = mortal.shop
    hang = shop.folder / "hang"
    hang.touch()
    customers = [shop.customer() for _ in range(40)]
    browsers = [Browser() for _ in customers]
    for n, (browser, customer) in enumerate(zip(browsers, customers, strict=True)):
        # The last ones sign in at A, which dies with their texts in its hands or just queued.
        host = mortal.b if n < 20 else mortal.a
        assert browser.sign_in(host, customer).location == "/auth/verify"
    wait_until(lambda: len(shop.texts()) == 3 * SENDERS)
    dead = set(mortal.a.session.members())
    held = [text["to"] for text in shop.texts() if text["by"] in dead]
    assert len(held) == SENDERS
    mortal.a.session.end()
    hang.unlink()
    wait_until(lambda: shop.count(TextMessage, TextMessage.settled_at.is_(None)) == 0, 90)

    codes = shop.codes()
    for customer in customers:
        sent = codes[customer.number]
        assert len(set(sent)) == 1, "a text that is sent again carries the same code"
        assert len(sent) == 1 + (customer.number in held), "only those in the dead host's hands are sent twice"
    answer = browsers[-1].post(mortal.b, "/auth/verify", code=codes[customers[-1].number][0])
    assert (answer.status, answer.location) == (303, "/resources/")
    mortal.sender.send(signal.SIGTERM)
    assert mortal.sender.ended(10) == 0
