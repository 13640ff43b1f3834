"""What must not be guessed comes from the system's randomness, in 128 bits or more (ASVS 5.0, 7.2.3 and 11.5.1)."""

import ast
import base64
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import ROOT, settings
from portal.database import begin_read
from portal.models import Challenge, TextMessage
from tests.attacks.test_sessions import inside
from tests.person import Person

GUESSABLE = {"random", "uuid", "numpy"}
BITS = 128


def imports(path: Path) -> set[str]:
    """The packages that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def test_the_portal_takes_no_randomness_that_can_be_guessed() -> None:
    modules = {path: imports(path) for path in (ROOT / "portal").rglob("*.py")}
    assert sum("secrets" in names for names in modules.values()) >= 5
    assert [path.name for path, names in modules.items() if names & GUESSABLE] == []


def unlike(values: list[bytes]) -> bool:
    """Whether all differ, and no byte is the same in all of them: six random ones fail that once in 10^10 times."""
    return len(set(values)) == len(values) and all(len(set(place)) > 1 for place in zip(*values, strict=True))


def from_url(token: str) -> bytes:
    return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))


def rows(app: Flask, column: Any) -> list[Any]:
    with app.app_context(), begin_read() as session:
        return list(session.scalars(select(column)))


@pytest.mark.parametrize("settings", [{"LIMIT_TEXT_NUMBER": "off", "LIMIT_TEXT_ACCOUNT": "off"}])
def test_each_token_id_and_salt_has_128_random_bits_and_a_session_s_token_256(enrolled: Person) -> None:
    sessions, known = [], []
    for _ in range(6):
        enrolled.sign_out()
        enrolled.sign_in()
        sessions.append(from_url(inside(enrolled)["half"]))
        enrolled.type_code(enrolled.newest_code())
        sessions.append(from_url(inside(enrolled)["_user_id"]))
        cookie = enrolled.client.get_cookie("portal-known")
        assert cookie
        known.append(from_url(cookie.value))
    challenges = [bytes.fromhex(value) for value in rows(enrolled.app, Challenge.id)]
    salts = rows(enrolled.app, Challenge.salt)
    texts = [bytes.fromhex(value) for value in rows(enrolled.app, TextMessage.id)]
    assert len(sessions) == 12
    assert all(8 * len(token) == 2 * BITS for token in sessions)
    for values in (sessions, known, challenges, salts, texts):
        assert len(values) >= 6
        assert all(8 * len(value) >= BITS for value in values)
        assert unlike(values)


def test_a_secret_key_that_the_portal_makes_has_256_bits(tmp_path: Path) -> None:
    made = [settings.load(tmp_path / str(n), {})["SECRET_KEY"] for n in range(6)]
    keys = [bytes.fromhex(key) for key in made]
    assert all(8 * len(key) == 2 * BITS for key in keys)
    assert unlike(keys)
