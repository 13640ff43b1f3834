"""Files to import, and what became of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import Result
from flask import Flask
from sqlalchemy import select

from portal import ROOT
from portal.database import begin_read
from tests.person import Person

SAMPLES = ROOT / "docs" / "import"
SAMPLE_NAMES = ("customers", "resources", "invoices")


class Sheets:
    """A file to import, written anew each time. Returns its path."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, *lines: str) -> str:
        return self.bytes("".join(f"{line}\n" for line in lines).encode())

    def bytes(self, content: bytes) -> str:
        self.path.write_bytes(content)
        return str(self.path)


def found(app: Flask, model: type[Any], *where: Any) -> list[Any]:
    with app.app_context(), begin_read() as session:
        return list(session.scalars(select(model).where(*where).order_by(model.id)))


def import_samples(portal: Callable[..., Result]) -> None:
    for name in SAMPLE_NAMES:
        assert portal("import", name, str(SAMPLES / f"{name}.csv"), "--apply").exit_code == 0


def sign_in_first_time(portal: Callable[..., Result], person: Person, email: str) -> None:
    """As a customer who was imported: the shop hands out the first password."""
    password = portal("users", "reset-password", email, "--reason", "first sign-in").output.split()[-1]
    assert person.sign_in(email, password).path == "/resources/"
