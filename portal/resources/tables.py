"""Each kind of thing that an account has, as the overview and its own list show it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.models import DedicatedServer, DnsRecordSet, DnsZone, Domain, VirtualServer, WordPressSite
from portal.resources.cells import EXPIRES_SOON, Cell, expiry, lock, state, update
from portal.web.filters import day


@dataclass(frozen=True)
class Table:
    id: str
    title: str
    model: type[Any]
    name: InstrumentedAttribute[str]
    """What is searched."""
    columns: tuple[str, ...]
    cells: Callable[..., list[Cell]]
    """Of one thing, what is read `beside` it, and today."""
    noted: Callable[[int, date], ScalarSelect[int]]
    """How many of an account's deserve a line under their number."""
    noted_words: Callable[[int], str]
    """That line: "3 running"."""
    empty: str
    order: tuple[Any, ...] = ()
    """By name where nothing is said."""
    beside: tuple[ColumnElement[Any], ...] = ()
    list_endpoint: str | None = None
    page_endpoint: str | None = None
    """Of one thing."""


@dataclass(frozen=True)
class Totals:
    count: int
    noted: int


def totals(session: Session, tables: Sequence[Table], account_id: int, today: date) -> list[Totals]:
    """Of each table, all in one statement."""
    asked = [(how_many(table.model, account_id), table.noted(account_id, today)) for table in tables]
    answer = iter(session.execute(select(*(column for pair in asked for column in pair))).one())
    return [Totals(count, next(answer)) for count in answer]


def found(session: Session, table: Table, account_id: int, name: str) -> int:
    """How many of the account's things have this in their name."""
    return session.scalar(select(how_many(table.model, account_id, _has(table, name)))) or 0


def rows(session: Session, table: Table, account_id: int, most: int, *, name: str = "", skip: int = 0) -> Sequence[Any]:
    """The account's own things that have this in their name, each with what is read beside it."""
    statement = (
        select(table.model, *table.beside)
        .where(table.model.account_id == account_id, _has(table, name))
        .order_by(*(table.order or (table.name,)), table.model.id)
        .offset(skip)
        .limit(most)
    )
    return session.execute(statement).all()


def how_many(model: type[Any], account_id: int, *where: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).where(model.account_id == account_id, *where).scalar_subquery()


def _has(table: Table, name: str) -> ColumnElement[bool]:
    return table.name.icontains(name, autoescape=True)


def _virtual_server(server: VirtualServer, _: date) -> list[Cell]:
    return [
        Cell(server.name, sub=server.location),
        state(server.state),
        Cell(f"{server.vcpus} vCPU / {server.memory_gb} GB", sub=f"{server.disk_gb} GB disk"),
        Cell(server.address, code=True),
    ]


def _dedicated_server(server: DedicatedServer, _: date) -> list[Cell]:
    return [
        Cell(server.name, sub=server.location),
        state(server.state),
        Cell(server.processor, sub=f"{server.memory_gb} GB memory"),
        Cell(server.address, code=True),
    ]


def _site(site: WordPressSite, _: date) -> list[Cell]:
    return [Cell(site.domain), Cell(site.version), update(site.new_version), Cell(site.admin)]


def _domain(domain: Domain, today: date) -> list[Cell]:
    return [
        Cell(domain.name),
        expiry(domain.expires_on, today),
        Cell(day(domain.expires_on), date=domain.expires_on),
        lock(locked=domain.locked),
        Cell("On" if domain.auto_renew else "Off"),
    ]


def _zone(zone: DnsZone, record_sets: int, _: date) -> list[Cell]:
    return [Cell(zone.name), Cell(str(record_sets)), Cell(str(zone.serial), code=True)]


VIRTUAL_SERVERS = Table(
    id="virtual-servers",
    title="Virtual servers",
    model=VirtualServer,
    name=VirtualServer.name,
    columns=("Name", "State", "Size", "Address"),
    cells=_virtual_server,
    noted=lambda account_id, _: how_many(VirtualServer, account_id, VirtualServer.state == "running"),
    noted_words=lambda running: f"{running} running",
    empty="Your virtual servers will be listed here, with their state, size and address.",
    list_endpoint="resources.virtual_servers",
    page_endpoint="resources.virtual_server",
)
DEDICATED_SERVERS = Table(
    id="dedicated-servers",
    title="Dedicated servers",
    model=DedicatedServer,
    name=DedicatedServer.name,
    columns=("Name", "State", "Hardware", "Address"),
    cells=_dedicated_server,
    noted=lambda account_id, _: how_many(DedicatedServer, account_id, DedicatedServer.state == "on"),
    noted_words=lambda on: f"{on} on",
    empty="Your dedicated servers will be listed here, with their state, hardware and address.",
    list_endpoint="resources.dedicated_servers",
    page_endpoint="resources.dedicated_server",
)
SITES = Table(
    id="wordpress",
    title="WordPress",
    model=WordPressSite,
    name=WordPressSite.domain,
    columns=("Site", "Version", "Update", "Admin"),
    cells=_site,
    noted=lambda account_id, _: how_many(WordPressSite, account_id, WordPressSite.new_version.is_not(None)),
    noted_words=lambda updates: "1 update" if updates == 1 else f"{updates} updates",
    empty="Your WordPress sites will be listed here, with their version and what can be updated.",
    order=(WordPressSite.new_version.is_(None), WordPressSite.domain),
    list_endpoint="resources.sites",
    page_endpoint="resources.site",
)
DOMAINS = Table(
    id="domains",
    title="Domains",
    model=Domain,
    name=Domain.name,
    columns=("Domain", "State", "Expires", "Transfer lock", "Auto-renew"),
    cells=_domain,
    noted=lambda account_id, today: how_many(Domain, account_id, Domain.expires_on <= today + EXPIRES_SOON),
    noted_words=lambda soon: "1 expires soon" if soon == 1 else f"{soon} expire soon",
    empty="Your domains will be listed here, with the day they expire and their transfer lock.",
    order=(Domain.expires_on, Domain.name),
    list_endpoint="resources.domains",
    page_endpoint="resources.domain",
)
ZONES = Table(
    id="dns",
    title="DNS",
    model=DnsZone,
    name=DnsZone.name,
    columns=("Zone", "Record sets", "Serial"),
    cells=_zone,
    noted=lambda account_id, _: (
        select(func.count()).select_from(DnsRecordSet).join(DnsZone).where(DnsZone.account_id == account_id)
    ).scalar_subquery(),
    noted_words=lambda record_sets: f"{record_sets} record sets",
    empty="Your DNS zones will be listed here, with their records.",
    list_endpoint="resources.zones",
    page_endpoint="resources.zone",
    beside=(select(func.count()).where(DnsRecordSet.zone_id == DnsZone.id).correlate(DnsZone).scalar_subquery(),),
)
TABLES = (VIRTUAL_SERVERS, DEDICATED_SERVERS, SITES, DOMAINS, ZONES)
"""Of the overview."""
