"""Acts on virtual and dedicated servers."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from portal.acts import Act
from portal.kinds import Kind
from portal.models import DedicatedServer, Order
from portal.orders.ahead import orders_ahead
from portal.orders.effects import Effect, NotNowError, forget

_FACTS = {"state": str, "address": str, "more_addresses": list}
_RUNNING = frozenset({"running", "on", "rebooting"})
_ENDS_RUNNING = {
    Act.START_SERVER: True,
    Act.REBOOT_SERVER: True,
    Act.REINSTALL_SERVER: True,
    Act.STOP_SERVER: False,
    Act.FORCE_OFF_SERVER: False,
}


def runs(server: Any, ahead: Sequence[Order] = ()) -> bool:
    """Whether it runs; or will, once the orders ahead are done."""
    running = server.state in _RUNNING
    for order in ahead:
        running = _ENDS_RUNNING.get(Act(order.act), running)
    return running


def _makes_sense(session: Session, order: Order, server: Any) -> None:
    running = runs(server, orders_ahead(session, Kind(order.kind), server.id))
    if running and order.act == Act.START_SERVER:
        raise NotNowError(f"{server.name} runs already, or will when the last order is done.")
    if not running and order.act != Act.START_SERVER:
        raise NotNowError(f"{server.name} is off, or will be when the last order is done. Start it first.")


def _started(session: Session, order: Order, server: Any, facts: Mapping[str, Any]) -> None:
    del session, order, facts
    server.state = "on" if isinstance(server, DedicatedServer) else "running"


def _stopped(session: Session, order: Order, server: Any, facts: Mapping[str, Any]) -> None:
    del session, order, facts
    server.state = "off" if isinstance(server, DedicatedServer) else "stopped"


EFFECTS = {
    Act.START_SERVER: Effect(_started, _FACTS, _makes_sense),
    Act.STOP_SERVER: Effect(_stopped, _FACTS, _makes_sense),
    Act.REBOOT_SERVER: Effect(_started, _FACTS, _makes_sense),
    Act.FORCE_OFF_SERVER: Effect(_stopped, _FACTS, _makes_sense),
    Act.REINSTALL_SERVER: Effect(_started, _FACTS, makes_password=True),
    Act.RESET_ROOT: Effect(makes_password=True),
    Act.DELETE_SERVER: Effect(forget, removes=True),
}
