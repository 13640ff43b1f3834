"""A GET changes nothing but when a browser was last seen, and never sends a text."""

import pytest

from tests.attacks.rows import all_rows
from tests.attacks.test_routes import ROUTES
from tests.conftest import Clock
from tests.person import BACKUP, GOOD_PASSWORD, Person, provider

PATHS = [route.path for route in ROUTES.values()] + [
    "/nothing", "/profile", "/profile/phones/backup", "/profile/phones/backup/verify", "/static/nothing.css",
    "/auth/login?email=alice@example.com&password=four+plain+words+together&code=123456&phone=primary",
    "/auth/verify?code={code}&phone=primary", "/auth/confirm?password=four+plain+words+together&code={code}",
    "/profile/phones/primary?number=%2B12015550199", "/profile/phones/backup/verify?code={code}",
]  # fmt: skip
EVERYBODY = ["stranger", "half", "signed in", "about to confirm", "with a code to confirm", "with a phone to prove"]


def bring(alice: Person, state: str) -> None:
    """Bring Alice, who is signed in and has a phone, to where the state says."""
    if state in {"stranger", "half"}:
        alice.sign_out()
    if state == "half":
        alice.sign_in()
    if state == "about to confirm":
        alice.remove()
    if state in {"with a code to confirm", "with a phone to prove"}:
        alice.open("/profile/phones/backup")
        alice.submit("/profile/phones/backup", {"number": BACKUP})
        alice.submit("/auth/confirm", {"password": GOOD_PASSWORD})
    if state == "with a phone to prove":
        alice.type_code(alice.newest_code())


@pytest.mark.parametrize("state", EVERYBODY)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_any_page_changes_nothing_and_sends_nothing(
    enrolled: Person, time: Clock, state: str, method: str
) -> None:
    bring(enrolled, state)
    code = enrolled.newest_code()
    time.forward(minutes=2)
    before, sent = all_rows(enrolled.app), len(provider(enrolled.app).asked)
    for path in PATHS:
        response = enrolled.client.open(path.format(code=code), method=method, buffered=True)
        assert response.status_code < 500, path
        assert all_rows(enrolled.app) == before, path
    enrolled.texts()
    assert len(provider(enrolled.app).asked) == sent


def test_prefetching_the_code_page_over_and_over_sends_nothing_and_costs_no_try(half: Person, time: Clock) -> None:
    half.texts()
    before = all_rows(half.app)
    for _ in range(20):
        time.forward(seconds=40)
        half.client.get("/auth/verify", headers={"Sec-Purpose": "prefetch", "Purpose": "prefetch"})
    assert all_rows(half.app) == before
