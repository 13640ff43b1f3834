"""Many people at once: real threads against one app and one real database."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from werkzeug.test import TestResponse

from tests.person import Person

T = TypeVar("T")
PATIENCE = 60.0
"""Seconds until a storm that hangs has failed."""


def at_once(acts: Sequence[Callable[[], T]]) -> list[T]:
    """Start all at the same moment, each in a thread of its own; what each returns, in order."""
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], T]) -> T:
        ready.wait(PATIENCE)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(PATIENCE) for future in [pool.submit(run, act) for act in acts]]


def copies(person: Person, count: int) -> list[Person]:
    """Browsers that hold the same cookies, and show the same page."""
    browsers = [person.copy() for _ in range(count)]
    for browser in browsers:
        browser.page = person.page
    return browsers


def post_at_once(browsers: Sequence[Person], path: str, fields: dict[str, str]) -> list[TestResponse]:
    """The same form from each browser, with the token of the page it shows."""

    def sending(browser: Person) -> Callable[[], TestResponse]:
        data = fields | {"csrf_token": browser.csrf()}
        return lambda: browser.client.post(path, data=data, environ_overrides={"REMOTE_ADDR": browser.address})

    return at_once([sending(browser) for browser in browsers])
