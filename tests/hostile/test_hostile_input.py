"""Whatever is sent to whichever page by whoever: no fault of ours, nothing changed, nothing sent."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import make_url
from werkzeug.test import TestResponse

from portal import passwords
from portal.limits import LIMITS, RUNS
from portal.web.sizes import LARGE
from tests.attacks.rows import rows_of
from tests.conftest import Clock
from tests.hostile.odd import (
    CONTENT_TYPES,
    FIELDS,
    FORM,
    HARMLESS,
    HEADERS,
    LIST,
    PATHS,
    QUERIES,
    TOKEN,
    Body,
    Shot,
    shots,
    texts,
)
from tests.hostile.sending import Target
from tests.person import GOOD_PASSWORD, PHONE, Person
from tests.routes import paths

UNLIMITED = {f"LIMIT_{limit.name}": "999999999" if limit.name in RUNS else "999999999/day" for limit in LIMITS}
"""Counted all the same, and never refused."""
WHO = ("stranger", "password only", "signed in")
POSTS = 100
LONG_POSTS = 10_000
"""That Hypothesis makes up in the long run, on both engines together."""
PARTS = 5
"""Of these posts on each engine: so that every core has some, and no table of counts grows long."""
ENGINES = 2
ALL_POSTS = 20_000
"""In the long run, with those of the list."""

storable = texts.filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text))
"""What UTF-8 has bytes for."""

unlimited = pytest.mark.parametrize("settings", [UNLIMITED], ids=["unlimited"])


def many(most: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return hypothesis_settings(
        max_examples=most,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        # No shrinking: once something has changed, each smaller example would be blamed for it too.
        phases=[Phase.explicit, Phase.generate],
    )


@pytest.fixture(autouse=True)
def _cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hash at the least cost: ten thousand of the real ones would take half an hour."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", hasher)
    monkeypatch.setattr(passwords, "NOBODYS_HASH", hasher.hash("nobody's"))
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 60.0)


@pytest.fixture
def target(enrolled: Person) -> Target:
    return Target(enrolled)


def fuzz(target: Target, most: int) -> None:
    targets = paths(target.app, "POST")

    @many(most)
    @given(st.sampled_from(WHO), st.sampled_from(targets), shots)
    def post(who: str, path: str, shot: Shot) -> None:
        target.fire(who, "POST", path, shot)
        target.changed_nothing()

    post()
    target.is_unchanged()
    assert target.posts >= most


def test_a_post_that_changes_something_is_noticed(target: Target) -> None:
    target.browsers["stranger"].register("bob@example.com")
    with pytest.raises(AssertionError):
        target.changed_nothing()
    with pytest.raises(AssertionError):
        target.is_unchanged()


@unlimited
def test_posts_of_all_kinds_break_and_change_nothing(target: Target) -> None:
    fuzz(target, POSTS)


class Tally:
    """The posts of all long tests here, also of those that another process of the same run made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)

    def add(self, test: str, posts: int) -> None:
        """Whoever comes last adds up."""
        (self._folder / f"{posts}-{test}").touch()
        counts = [int(file.name.partition("-")[0]) for file in self._folder.iterdir()]
        if len(counts) == ENGINES * (PARTS + len(WHO)):
            assert sum(counts) >= ALL_POSTS


@pytest.fixture
def tally(tmp_path_factory: pytest.TempPathFactory) -> Tally:
    own = tmp_path_factory.getbasetemp()
    return Tally((own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "posts")


@pytest.mark.long
@unlimited
@pytest.mark.parametrize("part", range(PARTS))
def test_ten_thousand_posts_of_all_kinds_break_and_change_nothing(
    target: Target, part: int, tally: Tally, database_url: str
) -> None:
    fuzz(target, LONG_POSTS // (ENGINES * PARTS))
    tally.add(f"{make_url(database_url).get_backend_name()}-part-{part}", target.posts)


def test_posts_of_all_kinds_break_and_change_nothing_while_limits_refuse_them(target: Target) -> None:
    fuzz(target, POSTS)


def _filled(odd: str) -> list[tuple[tuple[str, str], ...]]:
    """Forms that hold it: in all fields at once, or where that is more than a body may be, in one after the other."""
    token = ("csrf_token", TOKEN)
    if len(odd) < 1000:
        return [(*((name, odd) for name in FIELDS if name != "csrf_token"), token)]
    return [(*(HARMLESS | {name: odd}).items(), token) for name in HARMLESS]


@pytest.mark.long
@unlimited
@pytest.mark.parametrize("who", WHO)
def test_each_thing_of_the_list_is_refused_on_every_page(
    target: Target, who: str, tally: Tally, database_url: str
) -> None:
    for path in paths(target.app, "POST"):
        for odd in LIST:
            for fields in _filled(odd):
                response = target.fire(who, "POST", path, Shot(Body(None, fields), "", ()))
                assert response.status_code in {302, 303, 400, 404, 422, 429}, (path, odd)
                target.changed_nothing()
    target.is_unchanged()
    tally.add(f"{make_url(database_url).get_backend_name()}-{who}", target.posts)


@pytest.mark.parametrize("who", WHO)
def test_reading_odd_addresses_breaks_and_changes_nothing(target: Target, who: str) -> None:
    nothing = Body("")
    for path in (*PATHS, *paths(target.app, "GET")):
        target.fire(who, "GET", path, Shot(nothing, "", ()))
    for path in paths(target.app, "GET"):
        for query in QUERIES:
            target.fire(who, "GET", path, Shot(nothing, query, ()))
    target.is_unchanged()

    @many(POSTS)
    @given(st.sampled_from([*PATHS, *paths(target.app, "GET")]), shots)
    def get(path: str, shot: Shot) -> None:
        target.fire(who, "GET", path, shot)

    get()
    target.is_unchanged()


@unlimited
@pytest.mark.parametrize("who", WHO)
def test_forged_headers_and_cookies_and_wrong_content_types_open_nothing(target: Target, who: str) -> None:
    form = Body(None, (*HARMLESS.items(), ("csrf_token", TOKEN)))
    for path in ("/auth/login", "/auth/verify", "/profile/", "/profile/password"):
        for name, values in HEADERS.items():
            for value in values:
                for method in ("GET", "POST"):
                    response = target.fire(who, method, path, Shot(form, "", ((name, value),)))
                    if name == "Cookie" and path.startswith("/profile/"):
                        assert response.status_code in {302, 405}
                        assert not (response.location or "").startswith("/profile/")
        for content_type in CONTENT_TYPES:
            target.fire(who, "POST", path, Shot(Body(content_type, raw=b"email=x&code=123456"), "", ()))
    target.is_unchanged()


@pytest.mark.parametrize("who", WHO)
def test_a_field_without_a_name_is_no_fault_of_ours(target: Target, who: str) -> None:
    nameless = Body(
        "multipart/form-data; boundary=x", raw=b"--x\r\nContent-Disposition: form-data\r\n\r\nx\r\n--x--\r\n"
    )
    for path in paths(target.app, "POST"):
        assert target.fire(who, "POST", path, Shot(nameless, "", ())).status_code in {302, 400, 404}
    target.is_unchanged()


@pytest.mark.parametrize("who", WHO)
def test_a_body_over_the_limit_is_refused(target: Target, who: str) -> None:
    usual = target.app.config["MAX_CONTENT_LENGTH"]
    adapter = target.app.url_map.bind("localhost")
    for path in paths(target.app, "POST"):
        most = LARGE.get(adapter.match(path, "POST")[0], usual)
        for shot in (_big(most), Shot(Body(FORM, raw=b"email=x"), "", (("Content-Length", str(most + 1)),))):
            response = target.fire(who, "POST", path, shot)
            assert response.status_code in {302, 404, 413}, path
    assert target.send(who, "POST", "/auth/login", _big(usual)).status_code in {303, 413}
    target.is_unchanged()


def _big(most: int) -> Shot:
    return Shot(Body(FORM, raw=b"email=" + b"x" * most), "", ())


def test_the_cookies_of_a_session_that_has_ended_open_nothing(enrolled: Person, time: Clock) -> None:
    enrolled.open("/profile/")
    signed_out = enrolled.copy()
    enrolled.sign_out()
    enrolled.sign_in_with_code()
    time.forward(hours=25)
    idle = enrolled.copy()
    for old in (signed_out, idle):
        assert old.open("/profile/").path == "/auth/login"


@pytest.mark.parametrize("zero", ["\uff10", "\u0660", "\u06f0", "\u0966", "\u09e6", "\U0001d7ce"])
def test_digits_of_other_scripts_are_digits(alice: Person, zero: str) -> None:
    """Full-width, Arabic-Indic, Persian, Devanagari, Bengali and mathematical bold ones."""

    def written(digits: str) -> str:
        return "".join(chr(ord(zero) + int(c)) if c.isdigit() else c for c in digits)

    alice.register()
    alice.open("/profile/phones/primary")
    alice.submit("/profile/phones/primary", {"number": written(PHONE)})
    assert alice.type_code(written(alice.newest_code(PHONE))).path == "/profile/"
    alice.sign_out()
    alice.sign_in()
    assert alice.type_code(written(alice.newest_code(PHONE))).path == "/resources/"


@unlimited
def test_a_name_is_stored_as_it_was_typed_or_refused(alice: Person) -> None:
    """Whatever gets into the database is there as text: nothing of it was read as SQL, as a page or as markup."""
    made = 0

    @many(60)
    @given(storable, storable.map(lambda text: f"{text}@example.com"))
    def register(name: str, email: str) -> None:
        nonlocal made
        visitor = Person(alice.app, f"2001:db8:0:{made:x}::1")
        visitor.open("/auth/register")
        fields = (("name", name), ("email", email), ("password", GOOD_PASSWORD), ("csrf_token", TOKEN))
        response = Sender(visitor).post("/auth/register", fields)
        assert response.status_code in {303, 422}
        if response.status_code == 303:
            made += 1
            (account,) = rows_of(alice.app, email.strip().casefold())["accounts"]
            assert name.strip() in account

    register()


class Sender(Target):
    """One browser, with the form that it shows."""

    def __init__(self, person: Person) -> None:
        self.app, self.browsers, self._tokens = person.app, {"visitor": person}, {"visitor": person.csrf()}

    def post(self, path: str, fields: tuple[tuple[str, str], ...]) -> TestResponse:
        return self.fire("visitor", "POST", path, Shot(Body(None, fields), "", ()))
