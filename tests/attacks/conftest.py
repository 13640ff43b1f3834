import pytest
from flask import Flask

from tests.conftest import Clock
from tests.person import OTHER, Person


@pytest.fixture
def thief(app: Flask, time: Clock) -> Person:
    """Mallory's browser, elsewhere, with nothing in it."""
    del time
    return Person(app, "198.51.100.66")


@pytest.fixture
def mallory(thief: Person) -> Person:
    """Mallory as a customer with a phone of her own, signed in."""
    thief.register("mallory@example.com")
    thief.enrol(OTHER)
    return thief


@pytest.fixture
def half(enrolled: Person) -> Person:
    """Alice, who gave her password and still owes the code."""
    enrolled.sign_out()
    enrolled.sign_in()
    return enrolled
