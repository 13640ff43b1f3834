"""All things of one kind, searched by name, some on a page: /resources/virtual-servers/ and its like."""

from flask import render_template

from portal import clock
from portal.database import begin_read
from portal.resources import bp, tables
from portal.resources.groups import group
from portal.resources.tables import DEDICATED_SERVERS, DOMAINS, SITES, VIRTUAL_SERVERS, Table
from portal.web import gate
from portal.web.pages import pages_of, searched

ON_A_PAGE = 50


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
    account, today, name = gate.signed_in().account, clock.now().date(), searched()
    with begin_read() as session:
        [totals] = tables.totals(session, [table], account.id, today)
        pages = pages_of(tables.found(session, table, account.id, name), ON_A_PAGE)
        rows = tables.rows(session, table, account.id, ON_A_PAGE, name=name, skip=pages.skip)
    return render_template("resources/list.html", group=group(table, totals, rows, today), name=name, pages=pages)
