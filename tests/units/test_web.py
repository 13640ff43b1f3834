"""What all pages share: how values are written, where `next` may lead, how refusals are said."""

import ast
import inspect
import pkgutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from flask import Flask

from portal import clock, create_app
from portal.limits import LIMITS, LimitReachedError
from portal.orders.effects import NotNowError
from portal.web import filters, refusals
from portal.web.gate import LONGEST_PATH, safe_path
from tests.conftest import SETTINGS, Clock

NOW = datetime(2026, 11, 24, 9, 5, 7, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """Without a database: what is asked here needs none."""
    return create_app(tmp_path, SETTINGS)


def test_a_day_and_a_time_are_written_out() -> None:
    assert filters.day(NOW) == filters.day(date(2026, 11, 24)) == "24 November 2026"
    assert filters.day(date(2026, 3, 1)) == "1 March 2026"
    assert filters.clock_time(NOW) == "09:05 UTC"


def test_a_machine_reads_the_exact_time() -> None:
    assert filters.iso(NOW + timedelta(microseconds=9)) == "2026-11-24T09:05:07+00:00"
    assert filters.iso(date(2026, 11, 24)) == "2026-11-24"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 seconds"),
        (0, "0 seconds"),
        (1, "1 second"),
        (28.4, "28 seconds"),
        (99, "99 seconds"),
        (100, "2 minutes"),
        (300, "5 minutes"),
        (3600, "60 minutes"),
        (7199, "120 minutes"),
        (7200, "2 hours"),
        (86400, "24 hours"),
    ],
)
def test_a_countdown_is_in_words(seconds: float, words: str, time: Clock) -> None:
    time.at = NOW
    assert filters.countdown(clock.now() + timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    "path", ["/", "/resources/", "/a?b=c&d=//e", "/a#b", "/a:b", "/%2F%2Fevil.example", "/" + "a" * 499]
)
def test_next_may_lead_to_a_path_of_this_site(path: str) -> None:
    assert safe_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None, "", "resources/", "evil.example", "https://evil.example/", "//evil.example", "///evil.example",
        "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/\t/evil.example", "/\n/evil.example",
        "/\r/evil.example", "\t//evil.example", " //evil.example", "/\x00/evil.example", "/\x7f/evil.example",
        "javascript:alert(1)", "http:/evil.example", "http:evil.example", "/a\r\nSet-Cookie: a=b",
        "/" + "a" * LONGEST_PATH,
    ],
)  # fmt: skip
def test_next_leads_nowhere_else(path: str | None) -> None:
    assert safe_path(path) is None


@pytest.mark.parametrize("name", [limit.name for limit in LIMITS if limit.name != "HOOK_ADDRESS"])
def test_every_limit_is_explained_with_the_time_when_it_ends(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    with refusals.refusals() as caught:
        raise LimitReachedError(name, NOW)
    assert caught.refusal
    assert (caught.refusal.status, caught.refusal.retry_at) == (429, NOW)
    assert caught.refusal.sentence.startswith("Too many ")
    assert caught.refusal.sentence.endswith("Try again at 09:06 UTC.")


def test_a_moment_is_never_said_too_early_and_with_its_day_when_that_is_not_today(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 24, 23, 0, tzinfo=UTC))
    assert clock.in_words(datetime(2026, 11, 24, 23, 5, 1, tzinfo=UTC)) == "23:06 UTC"
    assert clock.in_words(datetime(2026, 11, 25, 9, 0, tzinfo=UTC)) == "09:00 UTC on 25 November"


def test_a_limit_that_only_the_shop_can_open_says_so() -> None:
    with refusals.refusals() as caught:
        raise LimitReachedError("CODE_ACCOUNT_RUN", None)
    assert caught.refusal
    assert (caught.refusal.status, caught.refusal.retry_at) == (429, None)
    assert "Contact support" in caught.refusal.sentence


def test_what_is_no_refusal_passes() -> None:
    with pytest.raises(ZeroDivisionError), refusals.refusals():
        raise ZeroDivisionError


def named_errors() -> Iterator[type[Exception]]:
    """Every exception class of the parts that journeys are made of."""
    for name in ("accounts", "codes", "sessions", "limits", "numbers", "passwords"):
        module = import_module(f"portal.{name}")
        paths = getattr(module, "__path__", None)
        modules = [import_module(i.name) for i in pkgutil.iter_modules(paths, f"portal.{name}.")] if paths else []
        for part in [module, *modules]:
            for found in vars(part).values():
                if inspect.isclass(found) and issubclass(found, Exception) and found.__module__ == part.__name__:
                    yield found


def test_every_named_error_of_a_journey_is_explained_on_its_form_or_has_a_page(app: Flask) -> None:
    handled = {error for by_code in app.error_handler_spec[None].values() for error in by_code}
    of_the_shop = {error for error in named_errors() if error.__module__ == "portal.accounts.staff"}
    errors = set(named_errors()) - of_the_shop
    assert len(errors) >= 13
    assert errors - set(refusals._EXPLAIN) - handled == set()
    assert set(refusals._EXPLAIN) <= errors | {NotNowError}


def test_every_view_that_calls_a_journey_shows_its_refusals() -> None:
    """`form.refusals()` stands around each call in a form's `if`: a refusal elsewhere would be a 500."""
    for part in ("auth", "profile"):
        for info in pkgutil.iter_modules(import_module(f"portal.{part}").__path__, f"portal.{part}."):
            tree = ast.parse(inspect.getsource(import_module(info.name)))
            for node in ast.walk(tree):
                if isinstance(node, ast.If) and "validate_on_submit" in ast.unparse(node.test):
                    assert isinstance(node.body[0], ast.With), f"{info.name}: {ast.unparse(node.test)}"
                    assert ast.unparse(node.body[0].items[0].context_expr) == "form.refusals()"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST:1"])
def test_this_machine_s_own_names_are_trusted_on_loopback(app: Flask, host: str) -> None:
    assert app.test_client().get("/help", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.", "localhost:x", "[::2]", "[::1", ""]
)
def test_another_host_is_refused(app: Flask, host: str) -> None:
    assert app.test_client().get("/help", headers={"Host": host}).status_code == 400
    assert app.test_client().get("/no-such-page", headers={"Host": host}).status_code == 400
    assert app.test_client().get("/healthz", headers={"Host": host}).status_code in {200, 400}
