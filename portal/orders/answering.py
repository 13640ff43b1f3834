"""What the shop's own system says later about an order that it took over."""

from flask import current_app

from portal import clock
from portal.audit import Actor
from portal.database import begin_write
from portal.drivers.base import Done, DriverRefusedError
from portal.metrics import ORDERS
from portal.models import Order
from portal.orders import queue, settling
from portal.orders.settling import NoSuchOrderError, Outcome, SettledError

SECRET = "WEBHOOK_SECRET"  # noqa: S105 - names a setting
"""Signs those answers. A driver whose settings have it lets its orders be answered later."""


def key() -> str | None:
    """None where no driver is in use whose orders are answered later."""
    key: str | None = current_app.config.get(SECRET)
    return key if _answered() else None


def take(order_id: int, answer: Done | DriverRefusedError) -> Order:
    """End the order. Raises NoSuchOrderError, also for one that this system was never asked; SettledError."""
    with begin_write() as session:
        order = queue.hold(session, order_id)
        if order is None or order.driver not in _answered() or order.attempts == 0:
            raise NoSuchOrderError
        if order.settled_at is not None:
            raise SettledError(order)
        actor = Actor(f"driver:{order.driver}"[:100])
        if isinstance(answer, Done):
            settling.settle_done(session, clock.now(), order, answer, actor)
        else:
            settling.settle_failed(session, clock.now(), order, str(answer), actor)
    ORDERS.labels(order.kind, order.outcome).inc()
    return order


def says(answer: Done | DriverRefusedError) -> Outcome:
    return Outcome.DONE if isinstance(answer, Done) else Outcome.FAILED


def _answered() -> set[str]:
    """The drivers in use whose orders are answered later."""
    drivers = current_app.config["DRIVERS"].values()
    return {driver.name for driver in drivers if any(setting.name == SECRET for setting in driver.settings)}
