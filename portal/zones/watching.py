"""Notices what other hands have changed on the name server: it is taken over and shown, never overwritten."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import About, Actor
from portal.database import begin_read, begin_write
from portal.dns import difference
from portal.drivers.base import Driver, DriverUnavailableError, ZoneContent
from portal.kinds import Kind
from portal.models import AuditEvent, DnsChange, DnsZone, Order
from portal.zones import content, history

log = logging.getLogger("portal.zones")

LOOK_EVERY = timedelta(minutes=10)
AT_ONCE = 20
"""Zones looked at in one go."""


@dataclass(frozen=True)
class _Due:
    """A zone as it was before the name server was asked."""

    id: int
    name: str
    revision: int


class Watcher:
    def __init__(self, app: Flask) -> None:
        self._app = app
        self._driver: Driver = app.config["DRIVERS"][Kind.DNS]

    def look(self) -> bool:
        """Ask the name server for the zones that were not looked at for longest. Returns whether there are more."""
        if type(self._driver).read_zone is Driver.read_zone:
            return False
        with self._app.app_context():
            due = self._due(clock.now())
            for zone in due:
                try:
                    found = self._driver.read_zone(zone.name)
                except DriverUnavailableError as error:
                    log.warning("zone %s: the name server can't be asked: %s", zone.id, error)
                    self._pass_over(zone)
                    return False
                self._compare(zone, found)
        return len(due) == AT_ONCE

    def _due(self, now: datetime) -> list[_Due]:
        with begin_read() as session:
            rows = session.execute(
                select(DnsZone.id, DnsZone.name, DnsZone.revision)
                .where(or_(DnsZone.look_at.is_(None), DnsZone.look_at <= now))
                .order_by(DnsZone.look_at.is_not(None), DnsZone.look_at)
                .limit(AT_ONCE)
            )
            return [_Due(*row) for row in rows]

    def _pass_over(self, zone: _Due) -> None:
        """It may be this one alone that can't be read: the others have their turn before it is asked for again."""
        with begin_write() as session:
            _note(session, zone, look_at=clock.now() + LOOK_EVERY)

    def _compare(self, due: _Due, found: ZoneContent | None) -> None:
        now = clock.now()
        with begin_write() as session:
            zone = session.scalar(
                select(DnsZone).where(DnsZone.id == due.id).with_for_update().execution_options(populate_existing=True)
            )
            on_its_way = select(Order.id).where(
                Order.kind == Kind.DNS, Order.object_id == due.id, Order.settled_at.is_(None)
            )
            if zone is None:
                return
            if session.scalar(on_its_way.limit(1)) is not None:
                _note(session, due, look_at=now + LOOK_EVERY)
                return
            if zone.revision != due.revision:
                return  # An order was carried out between the look and now: what was seen is older than what is known.
            _note(session, due, looked_at=now, look_at=now + LOOK_EVERY)
            actor = Actor(f"driver:{self._driver.name}"[:100])
            if found is None:
                _note_missing(session, now, zone, actor)
                return
            changes = difference.between(content.read(session, zone.id), found.record_sets)
            if not changes:
                if found.serial != zone.serial:
                    zone.serial = found.serial
                return
            content.put(session, zone.id, changes)
            zone.serial = found.serial
            session.add(
                DnsChange(
                    account_id=zone.account_id,
                    zone_name=zone.name,
                    at=now,
                    act=history.OTHER_HANDS,
                    by=actor.by,
                    serial=found.serial,
                    changes=changes,
                )
            )
            audit.record_about(
                session, now, actor, "zone changed by other hands", zone.account_id, About(Kind.DNS, zone.id),
                name=zone.name,
            )  # fmt: skip


def _note(session: Session, zone: _Due, **columns: datetime) -> None:
    # Without the unit of work: looking changes no revision.
    session.execute(update(DnsZone).where(DnsZone.id == zone.id).values(columns))


def _note_missing(session: Session, now: datetime, zone: DnsZone, actor: Actor) -> None:
    """Told once. Its records stay here: the server may be another than the shop meant, or be filled again."""
    event = "zone missing on the name server"
    last = (
        select(AuditEvent.event)
        .where(
            AuditEvent.account_id == zone.account_id,
            AuditEvent.kind == Kind.DNS,
            AuditEvent.object_id == zone.id,
        )
        .order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
    )
    if session.scalar(last.limit(1)) != event:
        log.warning("zone %s: the name server doesn't have it", zone.id)
        audit.record_about(
            session, now, actor, event, zone.account_id, About(Kind.DNS, zone.id),
            name=zone.name,
        )  # fmt: skip
