"""What is checked in passing on every page is noticed when it is wrong."""

import pytest
from bs4 import BeautifulSoup

from tests.linting import lint

FIELD = '<input name="{0}" aria-label="{0}"{1}>'
WRONG = ' aria-invalid="true" aria-describedby="{0}-error"'


def page(*fields: str, title: str = "Error: Sign in") -> BeautifulSoup:
    head = f'<html lang="en"><title>{title} · Shop</title><h1>Sign in</h1>'
    return BeautifulSoup(f"{head}{''.join(fields)}", "html.parser")


def field(name: str, attributes: str = "") -> str:
    return FIELD.format(name, attributes)


def wrong(name: str, attributes: str = "", sentence: str = "That is wrong.") -> str:
    return field(name, WRONG.format(name) + attributes) + f'<p id="{name}-error" role="alert">{sentence}</p>'


ABOVE = '<p id="form-error" role="alert">Too often.</p>'
FOCUS = " autofocus"
DESCRIBED = ' autofocus aria-describedby="form-error"'


@pytest.mark.parametrize(
    "soup",
    [
        page(field("email"), wrong("password", FOCUS)),
        page(wrong("email", FOCUS), wrong("password")),
        page(ABOVE, field("email", DESCRIBED)),
        page(f'<div tabindex="-1" autofocus>{ABOVE}</div>', field("email")),
        page(ABOVE, field("email"), wrong("password", FOCUS)),
        page("<details open>", wrong("code", FOCUS), "</details>"),
    ],
)
def test_a_refused_form_that_begins_where_something_is_wrong_is_fine(soup: BeautifulSoup) -> None:
    lint(soup, "/", 422)


@pytest.mark.parametrize(
    ("soup", "noticed"),
    [
        (page(wrong("email", FOCUS), title="Sign in"), "the title says"),
        (page(wrong("email")), "0 with autofocus"),
        (page(wrong("email", FOCUS), wrong("password", FOCUS)), "2 with autofocus"),
        (page(wrong("email"), wrong("password", FOCUS)), "begins at password"),
        (page(field("email", FOCUS), wrong("password")), "begins at email"),
        (page(wrong("email", FOCUS, sentence=" ")), "no sentence at email"),
        (page(ABOVE, field("email", FOCUS)), "does not say what is wrong"),
        (page(field("email", FOCUS)), "an alert"),
        (page("<details>", wrong("code", FOCUS), "</details>"), "folded away"),
    ],
)
def test_a_refused_form_that_does_not_is_noticed(soup: BeautifulSoup, noticed: str) -> None:
    with pytest.raises(AssertionError, match=noticed):
        lint(soup, "/", 429)


@pytest.mark.parametrize(
    ("soup", "noticed"),
    [
        (page(field("email", FOCUS)), "the title says"),
        (page(ABOVE, field("email", FOCUS), title="Sign in"), "an alert"),
        (page(field("email", FOCUS), field("password", FOCUS), title="Sign in"), "2 with autofocus"),
    ],
)
def test_a_page_that_speaks_of_errors_when_there_are_none_is_noticed(soup: BeautifulSoup, noticed: str) -> None:
    with pytest.raises(AssertionError, match=noticed):
        lint(soup, "/")
