"""How a customer asks for each act: over the forms that the pages really have. An act without a line fails a test."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.acts import Act
from portal.database import begin_read, begin_write
from portal.models import (
    DedicatedServer,
    DnsChange,
    DnsRecordSet,
    DnsZone,
    Domain,
    VirtualServer,
    WordPressSite,
)
from tests.person import Person
from tests.shelf import ZONE_SETS, add, add_domain, add_metal, add_server, add_site, add_zone

Form = tuple[str, dict[str, str]]
"""Where it is sent, and what is in it."""


@dataclass(frozen=True)
class Asking:
    page: str
    """Where the form stands; `{id}` is that of the thing."""
    action: str
    """Where the form leads."""
    add: Callable[..., int] = lambda person, **columns: 0  # noqa: ARG005 - the account itself has no number
    """Gives Alice a thing to ask about."""
    another: Mapping[str, Any] = field(default_factory=dict)
    """What is different about another such thing; nothing where there is only one."""
    columns: Mapping[str, Any] = field(default_factory=dict)
    """How things must be for the act to make sense."""
    hidden: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    go_on: Callable[[Person, int], str] | None = None
    """From the page to one that it leads to, where the form stands. Returns its path."""
    change: Callable[[Person, int], None] | None = None
    """Other hands change the thing."""

    def things(self, alice: Person) -> list[int]:
        """The one that is asked about, and another where there can be one."""
        kinds: list[Mapping[str, Any]] = [{}, self.another] if self.another else [{}]
        return [self.add(alice, **{**self.columns, **columns}) for columns in kinds]

    @property
    def sent_to(self) -> str:
        """Such an address as its form is sent to."""
        page = "/resources/dns/drafts/1" if self.go_on else self.page.format(id=1)
        return self.action.format(id=1, page=page).partition("?")[0]

    def form(self, alice: Person, thing: int) -> Form:
        """The form as she fills it in."""
        alice.open(self.page.format(id=thing))
        where = self.go_on(alice, thing) if self.go_on else self.page.format(id=thing)
        rendered = alice.page.form(self.action.format(id=thing, page=where), **self.hidden)
        return alice.filled_in(rendered, dict(self.typed))


def _touch(model: type[Any], **columns: Any) -> Callable[[Person, int], None]:
    def change(person: Person, thing: int) -> None:
        with person.app.app_context(), begin_write() as session:
            row = session.get_one(model, thing)
            for name, value in columns.items():
                setattr(row, name, value)

    return change


def _server(act: Act, **columns: Any) -> Asking:
    return Asking(
        "/resources/virtual-servers/{id}", "{page}/act", add_server, {"name": "web-2"}, columns, {"act": act},
        change=_touch(VirtualServer, address="203.0.113.99"),
    )  # fmt: skip


def _site(act: Act, **hidden: str) -> Asking:
    return Asking(
        "/resources/wordpress/{id}", "{page}/act", add_site, {"domain": "blog.example"}, {}, {"act": act} | hidden,
        change=_touch(WordPressSite, version="6.9.1"),
    )  # fmt: skip


def _domain(act: Act, **columns: Any) -> Asking:
    return Asking(
        "/resources/domains/{id}", "{page}/act", add_domain, {"name": "other.example"}, columns, {"act": act},
        change=_touch(Domain, name_servers=["ns1.else.example", "ns2.else.example"]),
    )  # fmt: skip


def _zone(page: str, action: str = "{page}", **more: Any) -> Asking:
    return Asking(page, action, add_zone, {"name": "example.org"}, **more)


def _change_records(name: str) -> Callable[[Person, int], None]:
    def change(person: Person, zone: int) -> None:
        with person.app.app_context(), begin_write() as session:
            its = DnsRecordSet.zone_id == zone, DnsRecordSet.name == name, DnsRecordSet.type == "A"
            session.scalars(select(DnsRecordSet).where(*its)).one().values = ["203.0.113.99"]

    return change


def _to_import(person: Person, zone: int) -> str:
    return person.submit(f"/resources/dns/{zone}/import", {"text": "www 3600 IN A 203.0.113.77\n"}).path


def _deleted_zone(person: Person, name: str = "example.com") -> int:
    """A zone that Alice deleted of late. Returns the number of that change."""
    gone = {"name": "www", "type": "A", "before": {"ttl": 3600, "values": ["203.0.113.2"]}, "after": None}
    kept = {
        "zone_name": name, "order_id": None, "act": Act.DELETE_ZONE, "by": "customer", "address": None,
        "proof": "code", "undoes_id": None, "serial": 1, "changes": [gone],
    }  # fmt: skip
    return add(person, DnsChange, "alice@example.com", at=clock.now(), **kept)


def _to_draft(person: Person, change: int) -> str:
    return person.submit(f"/resources/dns/changes/{change}/undo").path


def _make_zone_again(person: Person, change: int) -> None:
    del change
    add_zone(person)


def _changed_zone(record: str, was: str, act: Act) -> Callable[..., int]:
    """A zone of Alice in which she changed one address of late. Returns the number of the zone."""

    def make(person: Person, name: str = "example.com") -> int:
        zone = add_zone(person, name=name)
        _, _, now = next(found for found in ZONE_SETS if found[:2] == (record, "A"))
        sides = {"before": {"ttl": 3600, "values": [was]}, "after": {"ttl": 3600, "values": [*now]}}
        kept = {
            "zone_name": name, "order_id": None, "act": act, "by": "customer", "address": None, "proof": "code",
            "undoes_id": None, "serial": 1, "changes": [{"name": record, "type": "A"} | sides],
        }  # fmt: skip
        add(person, DnsChange, "alice@example.com", at=clock.now(), **kept)
        return zone

    return make


def _to_undo(person: Person, zone: int) -> str:
    with person.app.app_context(), begin_read() as session:
        name = session.get_one(DnsZone, zone).name
        change = session.scalars(select(DnsChange.id).where(DnsChange.zone_name == name)).one()
    return _to_draft(person, change)


def _deletion(name: str) -> Asking:
    return _zone(
        f"/resources/dns/{{id}}/records/A?name={name}",
        "/resources/dns/{id}/records/A/delete",
        change=_change_records(name),
    )


def _undo(name: str, act: Act) -> Asking:
    return Asking(
        "/resources/dns/{id}/history", "{page}/apply", _changed_zone(name, "203.0.113.55", act),
        {"name": "example.org"}, go_on=_to_undo, change=_change_records(name),
    )  # fmt: skip


ASKED: dict[Act, Asking] = {
    Act.START_SERVER: _server(Act.START_SERVER, state="stopped"),
    Act.STOP_SERVER: _server(Act.STOP_SERVER),
    Act.REBOOT_SERVER: Asking(
        "/resources/dedicated-servers/{id}", "{page}/act", add_metal, {"name": "metal-2"}, {},
        {"act": Act.REBOOT_SERVER}, change=_touch(DedicatedServer, address="203.0.113.99"),
    ),
    Act.FORCE_OFF_SERVER: _server(Act.FORCE_OFF_SERVER),
    Act.REINSTALL_SERVER: _server(Act.REINSTALL_SERVER),
    Act.RESET_ROOT: _server(Act.RESET_ROOT),
    Act.DELETE_SERVER: _server(Act.DELETE_SERVER),
    Act.UPDATE_SITE: _site(Act.UPDATE_SITE),
    Act.RESET_ADMIN: _site(Act.RESET_ADMIN, admin="editor"),
    Act.DELETE_SITE: _site(Act.DELETE_SITE),
    Act.LOCK_DOMAIN: _domain(Act.LOCK_DOMAIN, locked=False),
    Act.UNLOCK_DOMAIN: _domain(Act.UNLOCK_DOMAIN),
    Act.TRANSFER_DOMAIN: _domain(Act.TRANSFER_DOMAIN, locked=False),
    Act.AUTO_RENEW_ON: _domain(Act.AUTO_RENEW_ON, auto_renew=False),
    Act.AUTO_RENEW_OFF: _domain(Act.AUTO_RENEW_OFF),
    Act.SET_NAME_SERVERS: Asking(
        "/resources/domains/{id}/name-servers", "{page}", add_domain, {"name": "other.example"},
        typed={"name_servers": "ns1.new.example\nns2.new.example"}, change=_touch(Domain, locked=False),
    ),
    Act.CHANGE_RECORDS: _zone(
        "/resources/dns/{id}/records/A?name=www", typed={"values": "203.0.113.77"}, change=_change_records("www")
    ),
    Act.CHANGE_APEX: _zone(
        "/resources/dns/{id}/records/A?name=@", typed={"values": "203.0.113.77"}, change=_change_records("@")
    ),
    Act.IMPORT_ZONE: _zone(
        "/resources/dns/{id}/import", "{page}/apply", go_on=_to_import, change=_change_records("www")
    ),
    Act.DELETE_ZONE: _zone("/resources/dns/{id}/", "{page}delete", change=_touch(DnsZone, serial=2026112402)),
    Act.MAKE_ZONE: Asking(
        "/resources/dns/", "{page}/apply", _deleted_zone, {"name": "example.org"}, go_on=_to_draft,
        change=_make_zone_again,
    ),
    Act.CHANGE_BILLING: Asking(
        "/billing/details", "{page}",
        typed={"street": "1 High Street", "postcode": "10001", "city": "New York", "country": "US"},
    ),
}  # fmt: skip
BY_OTHER_ROUTES: list[tuple[Act, Asking]] = [
    (Act.CHANGE_RECORDS, _deletion("www")),
    (Act.CHANGE_APEX, _deletion("@")),
    (Act.CHANGE_RECORDS, _undo("www", Act.CHANGE_RECORDS)),
    (Act.CHANGE_APEX, _undo("@", Act.CHANGE_APEX)),
]
"""The same acts, asked for by the forms of other routes."""
WAYS = [*ASKED.items(), *BY_OTHER_ROUTES]
ELSEWHERE = {
    Act.SET_PHONE: "test_stolen_cookie.py",
    Act.REMOVE_PHONE: "test_stolen_cookie.py",
    Act.CHANGE_PASSWORD: "test_stolen_cookie.py",
    Act.SEE_PAGE: "test_fresh_pages.py",
}
"""Acts whose attacks stand in a file of their own."""
