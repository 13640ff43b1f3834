"""Acts on virtual and dedicated servers."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from portal.acts import Act
from portal.models import DedicatedServer, Order
from portal.orders.effects import Effect, forget

_FACTS = {"state": str, "address": str, "more_addresses": list}


def _runs(session: Session, order: Order, server: Any, facts: Mapping[str, Any]) -> None:
    del session, order, facts
    server.state = "on" if isinstance(server, DedicatedServer) else "running"


def _rests(session: Session, order: Order, server: Any, facts: Mapping[str, Any]) -> None:
    del session, order, facts
    server.state = "off" if isinstance(server, DedicatedServer) else "stopped"


EFFECTS = {
    Act.START_SERVER: Effect(_runs, _FACTS),
    Act.STOP_SERVER: Effect(_rests, _FACTS),
    Act.REBOOT_SERVER: Effect(_runs, _FACTS),
    Act.FORCE_OFF_SERVER: Effect(_rests, _FACTS),
    Act.REINSTALL_SERVER: Effect(_runs, _FACTS, makes_password=True),
    Act.RESET_ROOT: Effect(makes_password=True),
    Act.DELETE_SERVER: Effect(forget),
}
