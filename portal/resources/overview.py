"""The first few of everything the account controls, and how many there are: /resources/.

Of billing it shows nothing: this page opens with a session alone, which may be a stolen one.
"""

from flask import render_template

from portal import clock
from portal.database import begin_read
from portal.resources import bp, tables
from portal.resources.groups import group
from portal.resources.tables import TABLES
from portal.web import gate

FIRST = 5
"""How many of each kind it shows."""


@bp.get("/")
def index() -> str:
    account, today = gate.signed_in().account, clock.now().date()
    with begin_read() as session:
        totals = tables.totals(session, TABLES, account.id, today)
        rows = [
            tables.rows(session, table, account.id, FIRST) if total.count else []
            for table, total in zip(TABLES, totals, strict=True)
        ]
    groups = [group(*each, today) for each in zip(TABLES, totals, rows, strict=True)]
    return render_template("resources/index.html", groups=groups)
