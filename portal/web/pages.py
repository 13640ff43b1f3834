"""Lists that stand on several pages: `?page=2`."""

from dataclasses import dataclass

from flask import request

LAST_PAGE = 100_000


@dataclass(frozen=True)
class Pages:
    """Which page of how many, to write the links to the others."""

    number: int
    count: int
    total: int
    """Rows on all of them."""
    size: int
    """Rows on one."""

    @property
    def skip(self) -> int:
        """Rows on those before."""
        return (self.number - 1) * self.size


def pages_of(total: int, size: int) -> Pages:
    """The page that is asked for, or the nearest one there is."""
    count = max(1, -(-total // size))
    return Pages(min(page_number(), count), count, total, size)


def page_number() -> int:
    return max(1, min(request.args.get("page", 1, type=int), LAST_PAGE))


def searched(field: str = "q") -> str:
    """What is typed into the search of a list. What can't be seen is in no name, and PostgreSQL refuses some of it."""
    return "".join(c for c in request.args.get(field, "")[:253] if c.isprintable()).strip()
