"""All things of one kind, searched by name, some on a page: /resources/virtual-servers/ and its like."""

from flask import render_template, request

from portal import clock
from portal.database import begin_read
from portal.resources import bp, tables
from portal.resources.groups import group
from portal.resources.tables import DEDICATED_SERVERS, DOMAINS, SITES, VIRTUAL_SERVERS, Table
from portal.web import gate

ON_A_PAGE = 50
LONGEST_NAME = 253
"""Characters that are searched for."""


@bp.get("/virtual-servers/")
def virtual_servers() -> str:
    return _list(VIRTUAL_SERVERS)


@bp.get("/dedicated-servers/")
def dedicated_servers() -> str:
    return _list(DEDICATED_SERVERS)


@bp.get("/wordpress/")
def sites() -> str:
    return _list(SITES)


@bp.get("/domains/")
def domains() -> str:
    return _list(DOMAINS)


def _list(table: Table) -> str:
    account, today, name = gate.signed_in().account, clock.now().date(), _wanted_name()
    with begin_read() as session:
        [totals] = tables.totals(session, [table], account.id, today)
        found = tables.found(session, table, account.id, name)
        pages = max(1, -(-found // ON_A_PAGE))
        page = min(_wanted_page(), pages)
        rows = tables.rows(session, table, account.id, ON_A_PAGE, name=name, skip=(page - 1) * ON_A_PAGE)
    return render_template(
        "resources/list.html", group=group(table, totals, rows, today), name=name, found=found, page=page, pages=pages
    )


def _wanted_name() -> str:
    """What cannot be seen is in no name, and PostgreSQL refuses some of it."""
    return "".join(c for c in request.args.get("name", "") if c.isprintable()).strip()[:LONGEST_NAME]


def _wanted_page() -> int:
    """The first for what is no number."""
    typed = request.args.get("page", "")
    return max(1, int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 1  # noqa: PLR2004 - no account has so many
