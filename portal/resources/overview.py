"""Everything the account controls, on one page: /resources/."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from portal import clock
from portal.database import begin_read
from portal.models import DedicatedServer, DnsZone, Domain, VirtualServer, WordPressSite
from portal.resources import bp
from portal.web import gate
from portal.web.filters import day

EXPIRES_SOON = timedelta(days=30)
T = TypeVar("T", bound=Any)


@dataclass(frozen=True)
class Cell:
    text: str
    tone: str | None = None
    """Of a badge: good, warn, bad or plain."""
    sub: str | None = None
    """A second, smaller line."""
    code: bool = False
    date: dt.date | None = None


@dataclass(frozen=True)
class Group:
    id: str
    title: str
    columns: list[str]
    rows: list[list[Cell]]
    summary: str
    empty: str

    @property
    def count(self) -> int:
        return len(self.rows)


@bp.get("/")
def index() -> str:
    account = gate.signed_in().account
    today = clock.now().date()
    with begin_read() as session:
        groups = [
            _virtual_servers(_own(session, VirtualServer, account.id)),
            _dedicated_servers(_own(session, DedicatedServer, account.id)),
            _wordpress(_own(session, WordPressSite, account.id)),
            _domains(_own(session, Domain, account.id), today),
            _zones(session.scalars(_select(DnsZone, account.id).options(selectinload(DnsZone.record_sets))).all()),
        ]
    return render_template("resources/index.html", groups=groups, account=account)


def _select(model: Any, account_id: int) -> Any:
    return select(model).where(model.account_id == account_id).order_by(model.id)


def _own(session: Session, model: type[T], account_id: int) -> Sequence[T]:
    """The customer's own rows, and no others."""
    rows: Sequence[T] = session.scalars(_select(model, account_id)).all()
    return rows


_STATES = {"running": "good", "on": "good", "rebooting": "warn"}


def _state(state: str) -> Cell:
    return Cell(state.capitalize(), _STATES.get(state, "plain"))


def _virtual_servers(servers: Sequence[VirtualServer]) -> Group:
    rows = [
        [
            Cell(s.name, sub=s.location),
            _state(s.state),
            Cell(f"{s.vcpus} vCPU / {s.memory_gb} GB", sub=f"{s.disk_gb} GB disk"),
            Cell(s.address, code=True),
        ]
        for s in servers
    ]
    running = sum(s.state == "running" for s in servers)
    columns = ["Name", "State", "Size", "Address"]
    empty = "Your virtual servers will be listed here, with their state, size and address."
    return Group("virtual-servers", "Virtual servers", columns, rows, f"{running} running", empty)


def _dedicated_servers(servers: Sequence[DedicatedServer]) -> Group:
    rows = [
        [
            Cell(s.name, sub=s.location),
            _state(s.state),
            Cell(s.processor, sub=f"{s.memory_gb} GB memory"),
            Cell(s.address, code=True),
        ]
        for s in servers
    ]
    on = sum(s.state == "on" for s in servers)
    columns = ["Name", "State", "Hardware", "Address"]
    empty = "Your dedicated servers will be listed here, with their state, hardware and address."
    return Group("dedicated-servers", "Dedicated servers", columns, rows, f"{on} on", empty)


def _wordpress(sites: Sequence[WordPressSite]) -> Group:
    rows = [
        [
            Cell(s.domain),
            Cell(s.version),
            Cell(f"{s.new_version} is out", "warn") if s.new_version else Cell("Up to date", "good"),
            Cell(s.admin),
        ]
        for s in sites
    ]
    updates = sum(s.new_version is not None for s in sites)
    columns = ["Site", "Version", "Update", "Admin"]
    empty = "Your WordPress sites will be listed here, with their version and what can be updated."
    summary = "1 update" if updates == 1 else f"{updates} updates"
    return Group("wordpress", "WordPress", columns, rows, summary, empty)


def _domains(domains: Sequence[Domain], today: date) -> Group:
    rows = [
        [
            Cell(d.name),
            _expiry(d.expires_on, today),
            Cell(day(d.expires_on), date=d.expires_on),
            Cell("Locked" if d.locked else "Unlocked", "good" if d.locked else "warn"),
            Cell("On" if d.auto_renew else "Off"),
        ]
        for d in domains
    ]
    soon = sum(d.expires_on - today <= EXPIRES_SOON for d in domains)
    columns = ["Domain", "State", "Expires", "Transfer lock", "Auto-renew"]
    empty = "Your domains will be listed here, with the day they expire and their transfer lock."
    return Group("domains", "Domains", columns, rows, "1 expires soon" if soon == 1 else f"{soon} expire soon", empty)


def _expiry(expires_on: date, today: date) -> Cell:
    left = (expires_on - today).days
    if left < 0:
        return Cell("Expired", "bad")
    if left <= EXPIRES_SOON.days:
        return Cell("Expires today" if left == 0 else f"Expires in {left} day{'s' * (left != 1)}", "bad")
    return Cell("Active", "good")


def _zones(zones: Sequence[DnsZone]) -> Group:
    rows = [[Cell(z.name), Cell(str(len(z.record_sets))), Cell(str(z.serial), code=True)] for z in zones]
    records = sum(len(z.record_sets) for z in zones)
    empty = "Your DNS zones will be listed here, with their records."
    return Group("dns", "DNS", ["Zone", "Record sets", "Serial"], rows, f"{records} record sets", empty)
