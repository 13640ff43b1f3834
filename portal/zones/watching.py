"""Notices what other hands have changed on the name server: it is taken over and shown, never overwritten."""

import logging
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import or_, select, update

from portal import audit, clock
from portal.audit import About, Actor
from portal.database import begin_read, begin_write
from portal.dns import difference
from portal.drivers.base import Driver, DriverUnavailableError, ZoneContent
from portal.kinds import Kind
from portal.models import DnsChange, DnsZone, Order
from portal.zones import content, history

log = logging.getLogger("portal.zones")

LOOK_EVERY = timedelta(minutes=10)
AT_ONCE = 20
"""Zones looked at in one go."""


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
            for zone_id, name in due:
                try:
                    found = self._driver.read_zone(name)
                except DriverUnavailableError as error:
                    log.warning("zone %s: the name server can't be asked: %s", zone_id, error)
                    return False
                self._compare(zone_id, found)
        return len(due) == AT_ONCE

    def _due(self, now: datetime) -> list[tuple[int, str]]:
        with begin_read() as session:
            rows = session.execute(
                select(DnsZone.id, DnsZone.name)
                .where(or_(DnsZone.looked_at.is_(None), DnsZone.looked_at <= now - LOOK_EVERY))
                .order_by(DnsZone.looked_at.is_not(None), DnsZone.looked_at)
                .limit(AT_ONCE)
            )
            return [(zone_id, name) for zone_id, name in rows]

    def _compare(self, zone_id: int, found: ZoneContent | None) -> None:
        now = clock.now()
        with begin_write() as session:
            zone = session.scalar(
                select(DnsZone).where(DnsZone.id == zone_id).with_for_update().execution_options(populate_existing=True)
            )
            on_its_way = select(Order.id).where(
                Order.kind == Kind.DNS, Order.object_id == zone_id, Order.settled_at.is_(None)
            )
            if zone is None or session.scalar(on_its_way.limit(1)) is not None:
                return  # Looked at again when the order is settled.
            # Without the unit of work: looking changes no revision.
            session.execute(update(DnsZone).where(DnsZone.id == zone_id).values(looked_at=now))
            if found is None:
                return
            changes = difference.between(content.read(session, zone_id), found.record_sets)
            if not changes:
                if found.serial != zone.serial:
                    zone.serial = found.serial
                return
            content.put(session, zone_id, changes)
            zone.serial = found.serial
            actor = Actor(f"driver:{self._driver.name}"[:100])
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
                session, now, actor, "zone changed by other hands", zone.account_id, About(Kind.DNS, zone_id),
                name=zone.name,
            )  # fmt: skip
