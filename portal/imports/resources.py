"""What customers have: one line each, of any kind."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from portal.imports import cells
from portal.imports.owners import Owners
from portal.imports.plan import Entry, Kept, Table
from portal.imports.sheet import Column, Row
from portal.kinds import Kind
from portal.models import DedicatedServer, DnsZone, Domain, VirtualServer, WordPressSite

_TEXT = cells.text(100)
_MOST_GB = 1_000_000
_LARGEST_SERIAL = 2**32 - 1
_ADDRESSES = (
    Column("address", cells.address, "address"),
    Column("more_addresses", cells.list_of(cells.address), "more_addresses", needed=False, empty=[]),
)
_MEMORY = Column("memory_gb", cells.whole_number(1, _MOST_GB), "memory_gb")
OF_ALL = (Column("id", _TEXT, "external_id"),)
OF_KIND: dict[Kind, tuple[Column, ...]] = {
    Kind.VPS: (
        Column("name", _TEXT, "name"),
        Column("location", _TEXT, "location"),
        Column("state", cells.one_of("running", "stopped", "rebooting"), "state"),
        Column("vcpus", cells.whole_number(1, 10_000), "vcpus"),
        _MEMORY,
        Column("disk_gb", cells.whole_number(1, _MOST_GB), "disk_gb"),
        *_ADDRESSES,
    ),
    Kind.DEDICATED: (
        Column("name", _TEXT, "name"),
        Column("location", _TEXT, "location"),
        Column("state", cells.one_of("on", "off"), "state"),
        Column("processor", _TEXT, "processor"),
        _MEMORY,
        *_ADDRESSES,
    ),
    Kind.WORDPRESS: (
        Column("name", cells.host, "domain"),
        Column("version", cells.text(20), "version"),
        Column("new_version", cells.text(20), "new_version", needed=False, empty=None),
        Column("admin", _TEXT, "admin"),
        Column("more_admins", cells.list_of(_TEXT), "more_admins", needed=False, empty=[]),
    ),
    Kind.DOMAIN: (
        Column("name", cells.host, "name"),
        Column("expires_on", cells.day, "expires_on"),
        Column("locked", cells.flag, "locked"),
        Column("auto_renew", cells.flag, "auto_renew"),
        Column("name_servers", cells.list_of(cells.host), "name_servers", needed=False, empty=[]),
    ),
    Kind.DNS: (
        Column("name", cells.host, "name"),
        Column("serial", cells.whole_number(1, _LARGEST_SERIAL), "serial", needed=False, empty=1),
    ),
}
COLUMNS = ("kind", "id", "customer", *dict.fromkeys(c.name for columns in OF_KIND.values() for c in columns))
_COMMON = frozenset({"kind", "id", "customer"})
_NAME = frozenset({"name"})


def tables() -> dict[Kind, Table]:
    return {
        Kind.VPS: _table(Kind.VPS, "virtual server", VirtualServer),
        Kind.DEDICATED: _table(Kind.DEDICATED, "dedicated server", DedicatedServer),
        Kind.WORDPRESS: _table(Kind.WORDPRESS, "WordPress site", WordPressSite, label="domain"),
        Kind.DOMAIN: _table(Kind.DOMAIN, "domain", Domain, natural="name", fixed=_NAME),
        # Its serial and records are the name server's: what was changed here since must not be undone.
        Kind.DNS: _table(Kind.DNS, "DNS zone", DnsZone, natural="name", fixed=_NAME, only_new=frozenset({"serial"})),
    }


def _table(kind: Kind, what: str, model: type[Any], label: str = "name", **options: Any) -> Table:
    def follow(session: Session, kept: Kept) -> dict[str, Any]:
        del session
        return {
            "account_id": kept.account_id,
            "event": "changed by import" if kept.changed else "added by import",
            "kind": kind,
            "object_id": kept.id,
            "detail": {"name": kept.label} | ({"fields": ", ".join(kept.changed)} if kept.changed else {}),
        }

    defaults = {column.to: column.empty for column in OF_KIND[kind] if not column.needed}
    return Table(what, model, label, defaults=defaults, follow=follow, **options)


def entries(rows: Iterable[Row], owners: Owners) -> dict[Kind, list[Entry]]:
    """By kind; of the kinds that the file has."""
    read_kind = cells.one_of(*Kind)
    kind_column = (Column("kind", read_kind, "kind"),)
    columns = {
        kind: (*OF_ALL, Column("customer", owners.find, "account_id"), *of_kind) for kind, of_kind in OF_KIND.items()
    }
    called = {kind: {column.to: column.name for column in of_kind} for kind, of_kind in columns.items()}
    found: dict[Kind, list[Entry]] = {}
    for row in rows:
        word = row.read(kind_column).get("kind")
        if word is None:
            continue
        kind = Kind(word)
        _refuse_strangers(row, kind)
        found.setdefault(kind, []).append(Entry(row.line, row.read(columns[kind]), called[kind]))
    return found


def _refuse_strangers(row: Row, kind: Kind) -> None:
    its_own = _COMMON | {column.name for column in OF_KIND[kind]}
    for name, cell in row.cells.items():
        if cell and name not in its_own:
            row.refuse(name, f"This must be empty: it says nothing about a {kind}.")
