"""Faults that a test brings about, for the pages that say so."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from portal import passwords


def break_page(app: Flask, endpoint: str) -> None:
    """From now on the page fails with an error that nobody expects."""

    def be_broken() -> str:
        raise RuntimeError("the inner workings")

    app.view_functions[endpoint] = be_broken


@contextmanager
def busy_hashing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The one thread that hashes passwords is held up, and nobody waits long for it."""
    done = threading.Event()
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.01)
    passwords._thread.submit(done.wait)
    try:
        yield
    finally:
        done.set()
        monkeypatch.undo()
        passwords._thread.submit(int).result()  # The thread is free again.
