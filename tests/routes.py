"""The paths of every route of the app, found in its own map."""

from collections.abc import Iterator
from itertools import product

from flask import Flask
from werkzeug.routing import Rule

VALUES = {
    "slot": ("primary", "backup"),
    "which": ("virtual-servers", "dedicated-servers"),
    "type": ("A", "MX"),
    "filename": ("portal.css",),
}
"""What the parts of paths can be; every other part is a number."""


def paths(app: Flask, method: str) -> list[str]:
    """Every path that answers to the method, with all that its parts can be."""
    return sorted({path for rule in app.url_map.iter_rules() if method in _methods(rule) for path in built(app, rule)})


HOOKS = "/hooks/"
"""What the shop's own machines send is signed, and no form: tests/orders/test_hook.py, tests/tickets/test_hook.py."""


def forms(app: Flask) -> list[str]:
    """Every path that takes a form."""
    return [path for path in paths(app, "POST") if not path.startswith(HOOKS)]


def built(app: Flask, rule: Rule) -> Iterator[str]:
    adapter = app.url_map.bind("localhost")
    names = sorted(rule.arguments)
    for values in product(*(VALUES.get(name, (1,)) for name in names)):
        yield adapter.build(rule.endpoint, dict(zip(names, values, strict=True)), method=min(_methods(rule)))


def _methods(rule: Rule) -> set[str]:
    return set(rule.methods or ())
