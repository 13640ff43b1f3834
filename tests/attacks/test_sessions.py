"""A cookie opens what it opened only as long as its session lives, and none can be made up."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask_login.utils import encode_cookie
from sqlalchemy import select

from portal.accounts import staff
from portal.audit import Actor
from portal.database import begin_read
from portal.models import BrowserSession
from tests.conftest import SETTINGS, Clock
from tests.person import BACKUP, GOOD_PASSWORD, OTHER, Person

ALICE = "alice@example.com"
KEY = SETTINGS["SECRET_KEY"]
STAFF = Actor("staff:test")


def cookie_of(person: Person) -> str:
    cookie = person.client.get_cookie("portal")
    assert cookie is not None
    return cookie.value


def inside(person: Person) -> dict[str, Any]:
    """What a cookie says to whoever reads it: it is signed, not encrypted."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(person.app)
    assert serializer is not None
    held: dict[str, Any] = serializer.loads(cookie_of(person))
    return held


def forged(app: Flask, **held: Any) -> str:
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    signed = serializer.dumps(held)
    return signed if isinstance(signed, str) else signed.decode()


def with_cookies(app: Flask, **cookies: str) -> Person:
    person = Person(app, "198.51.100.66")
    for name, value in cookies.items():
        person.client.set_cookie(name, value)
    return person


def is_signed_in(person: Person) -> bool:
    path = person.open("/resources/").path
    assert path in {"/resources/", "/auth/login", "/auth/verify"}
    return path == "/resources/"


def test_the_cookie_of_before_sign_in_is_not_good_after(enrolled: Person) -> None:
    enrolled.sign_out()
    enrolled.open("/auth/login")
    planted, token = enrolled.copy(), enrolled.csrf()
    enrolled.sign_in()
    half = enrolled.copy()
    assert cookie_of(half) != cookie_of(planted)
    assert not is_signed_in(planted)
    assert planted.open("/auth/verify").path == "/auth/login"
    assert half.post("/auth/verify/send", {"csrf_token": token}).status == 400
    enrolled.type_code(enrolled.newest_code())
    assert is_signed_in(enrolled)
    assert not is_signed_in(half)
    assert half.page.path == "/auth/login"
    assert half.post("/auth/verify", {"csrf_token": token}).path == "/auth/login"


def test_a_planted_session_of_another_customer_leaves_nothing_behind(enrolled: Person, mallory: Person) -> None:
    enrolled.sign_out()
    victim = mallory.copy(enrolled.address)
    victim.open("/profile/")
    victim.sign_out()
    victim.open("/auth/login?next=/profile/password")
    mallory.sign_in("mallory@example.com")
    mallory_half = mallory.copy(enrolled.address)
    mallory_half.open("/auth/login")
    mallory_half.submit("/auth/login", {"email": ALICE, "password": GOOD_PASSWORD})
    mallory_half.type_code(enrolled.newest_code())
    assert set(inside(mallory_half)) <= {"_user_id", "_fresh", "_id", "csrf_token"}
    assert "Alice" in mallory_half.open("/resources/").html
    assert not is_signed_in(mallory)


def with_app(person: Person, act: Callable[[], object]) -> None:
    """What the shop's people do, outside any request."""
    with person.app.app_context():
        act()


def _ends() -> Iterator[tuple[str, Callable[[Person], object]]]:
    new_password = "five other words this time"
    yield "password", lambda p: p.change_password(new_password) and p.type_code(p.newest_code())
    yield "backup", lambda p: p.enrol(BACKUP, "backup")
    yield "removal", lambda p: p.remove() and p.confirm()
    yield "change", lambda p: p.enrol(OTHER)
    yield "disabling", lambda p: with_app(p, lambda: staff.disable(ALICE, "asked", STAFF))
    yield "enabling", lambda p: with_app(p, lambda: staff.enable(ALICE, "asked", STAFF))
    yield "reset", lambda p: with_app(p, lambda: staff.reset_password(ALICE, "asked", STAFF))
    yield "lost phone", lambda p: with_app(p, lambda: staff.remove_phone(ALICE, "asked", STAFF, ("primary",)))
    yield "unlocking", lambda p: with_app(p, lambda: staff.unlock(ALICE, "asked", STAFF))


@pytest.mark.parametrize("end", [end for _, end in _ends()], ids=[name for name, _ in _ends()])
def test_a_copied_cookie_is_dead_after(enrolled: Person, end: Callable[[Person], object]) -> None:
    stolen = enrolled.copy("198.51.100.66")
    half = Person(enrolled.app, "203.0.113.8")
    half.sign_in()
    assert is_signed_in(stolen)
    end(enrolled)
    assert not is_signed_in(stolen)
    assert stolen.page.path == "/auth/login"
    assert half.open("/auth/verify").path == "/auth/login", "nor may a sign-in go on that began before"


def test_a_copied_cookie_is_dead_after_sign_out_and_other_browsers_live(enrolled: Person) -> None:
    stolen, other = enrolled.copy("198.51.100.66"), Person(enrolled.app, "203.0.113.8")
    other.sign_in_with_code()
    enrolled.open("/resources/")
    enrolled.sign_out()
    assert not is_signed_in(stolen)
    assert is_signed_in(other)


def test_a_copy_of_the_password_only_cookie_is_dead_after_sign_out_and_after_the_code(half: Person) -> None:
    stolen = half.copy()
    half.type_code(half.newest_code())
    assert stolen.open("/auth/verify").path == "/auth/login"
    half.sign_out()
    half.sign_in()
    stolen = half.copy()
    half.sign_out()
    assert stolen.open("/auth/verify").path == "/auth/login"


def test_a_copied_cookie_is_dead_after_an_hour_without_use(enrolled: Person, time: Clock) -> None:
    stolen = enrolled.copy()
    time.forward(minutes=59)
    assert is_signed_in(stolen)
    time.forward(minutes=60)
    assert not is_signed_in(stolen)
    assert not is_signed_in(enrolled)


def test_use_does_not_keep_a_session_past_a_day(enrolled: Person, time: Clock) -> None:
    for _ in range(28):
        assert is_signed_in(enrolled)
        time.forward(minutes=50)
    time.forward(minutes=45)
    assert not is_signed_in(enrolled)


def test_a_new_token_does_not_make_a_session_younger(enrolled: Person, time: Clock) -> None:
    for _ in range(25):
        assert is_signed_in(enrolled)
        time.forward(minutes=55)
    enrolled.remove()
    enrolled.submit("/auth/confirm", {"password": GOOD_PASSWORD})
    time.forward(minutes=50)
    enrolled.open("/resources/")
    time.forward(minutes=20)
    assert not is_signed_in(enrolled)


def test_the_cookie_of_the_password_alone_can_t_be_turned_into_a_signed_in_one(half: Person) -> None:
    """Not even by someone who has the key that signs cookies."""
    token = inside(half)["half"]
    assert not is_signed_in(with_cookies(half.app, portal=forged(half.app, _user_id=token, _fresh=True)))
    assert not is_signed_in(with_cookies(half.app, remember_token=encode_cookie(token, KEY)))


def test_the_key_alone_makes_no_session(enrolled: Person) -> None:
    with enrolled.app.app_context(), begin_read() as session:
        rows = list(session.scalars(select(BrowserSession.id)))
    for guess in ("1", ALICE, "", "None", *rows):
        assert not is_signed_in(with_cookies(enrolled.app, portal=forged(enrolled.app, _user_id=guess, _fresh=True)))
        assert not is_signed_in(with_cookies(enrolled.app, portal=forged(enrolled.app, half=guess)))
        assert not is_signed_in(with_cookies(enrolled.app, remember_token=encode_cookie(guess, KEY)))


def test_a_remembering_cookie_is_never_set_and_dies_with_the_session(enrolled: Person) -> None:
    token = inside(enrolled)["_user_id"]
    assert enrolled.client.get_cookie("remember_token") is None
    enrolled.open("/resources/")
    enrolled.sign_out()
    assert not is_signed_in(with_cookies(enrolled.app, remember_token=encode_cookie(token, KEY)))


def test_a_cookie_signed_with_another_key_is_no_cookie(enrolled: Person) -> None:
    other = Flask("other")
    other.secret_key = "x" * 32
    held = inside(enrolled)
    assert not is_signed_in(with_cookies(enrolled.app, portal=forged(other, **held)))
    assert is_signed_in(with_cookies(enrolled.app, portal=forged(enrolled.app, **held))), "it is the key that counts"


def test_a_garbage_cookie_is_a_stranger(alice: Person) -> None:
    garbage = ["", "x", "a.b.c", ".eJw.x.y", "\xff\xfe", "%00", "null", "[]", '"; portal=x', "." * 3000, "é" * 500]
    for value in garbage:
        for name in ("portal", "remember_token"):
            assert not is_signed_in(with_cookies(alice.app, **{name: value})), value
    assert with_cookies(alice.app, portal=garbage[-1]).sign_in().status == 422, "it is no obstacle either"
