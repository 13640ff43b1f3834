"""Ids in paths."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**63 - 1
"""That a column of ids holds: what asks for a larger one is a page that isn't there, and not a fault."""


class IdConverter(IntegerConverter):
    """`<int:id>` in every path of the portal."""

    def __init__(self, map: Map, **options: Any) -> None:  # noqa: A002 - werkzeug's name
        super().__init__(map, **({"max": LARGEST} | options))


def init_app(app: Flask) -> None:
    app.url_map.converters["int"] = IdConverter
