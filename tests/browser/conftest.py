import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import server
from tests.browser.customer import Customer
from tests.browser.inspecting import Inspector
from tests.browser.server import Portal
from tests.browser.watching import Watch

# A machine that runs other things too may be slow; a condition that holds is seen at once all the same.
expect.set_options(timeout=20_000)

QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]


@pytest.fixture(scope="session")
def chromium() -> str:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("there is no chromium on this machine: apt-get install chromium")
    return path


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], chromium: str) -> dict[str, Any]:
    args = ["--no-sandbox", "--disable-gpu", "--disable-quic", *QUIET]
    return browser_type_launch_args | {"executable_path": chromium, "args": args}


@pytest.fixture(scope="session")
def portal_server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal with the demo shop, for all tests: each signs up a customer of its own."""
    del chromium  # Without it there is nobody to serve.
    settings = {
        "SMS_BACKENDS": "tests.browser.provider:ObedientBackend",
        "SMS_ALLOWED_REGIONS": "US",
        "PORTAL_NAME": "Harbor Hosting",
        "SUPPORT_EMAIL": "help@harbor.example",
        "SUPPORT_PHONE": "+1 201 555 0100",
        "SUPPORT_URL": "https://harbor.example/support",
        **dict.fromkeys(
            ("LIMIT_REGISTER_ADDRESS", "LIMIT_TEXT_NEW_ADDRESS", "LIMIT_TEXT_NEW_PREFIX", "LIMIT_TEXT_NEW_ALL"), "off"
        ),
    }
    with server.serve(tmp_path_factory.mktemp("portal"), **settings) as portal:
        yield portal


@pytest.fixture(scope="session")
def base_url() -> None:
    """None for all: `context` says for each test what its paths begin with, since some files have their own portal."""


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    # Without motion a colour is what it will stay from the first moment.
    return browser_context_args | {"reduced_motion": "reduce"}


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def context(
    new_context: Callable[..., BrowserContext], portal_server: Portal, watch: Watch
) -> Iterator[BrowserContext]:
    """Paths lead to the portal of this test. Every page is watched; one complaint of the browser fails the test."""
    context = new_context(base_url=portal_server.url)
    context.set_default_timeout(20_000)
    watch.follow(context)
    yield context
    assert not watch.problems, watch.problems


@pytest.fixture
def inspector(page: Page) -> Iterator[Inspector]:
    inspector = Inspector(page)
    yield inspector
    assert not inspector.problems, "\n".join(inspector.problems)


@pytest.fixture
def customer(page: Page, portal_server: Portal) -> Customer:
    """A visitor with two phones, who has no account yet."""
    return Customer(page, portal_server)
