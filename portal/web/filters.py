"""How values are written on pages."""

from datetime import date, datetime

from flask import Flask

from portal import clock, money
from portal.acts import TERMS, Act
from portal.dns import ttl
from portal.models import Order
from portal.orders.listing import status


def init_app(app: Flask) -> None:
    app.jinja_env.filters |= {"order_name": order_name, "order_status": status, "ttl": ttl.spoken}
    app.jinja_env.filters |= {"day": day, "clock": clock_time, "iso": iso, "countdown": countdown}
    app.jinja_env.filters |= {"money": money.written, "plain": money.plain}


def day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


def clock_time(value: datetime) -> str:
    return f"{value:%H:%M} UTC"


def iso(value: date) -> str:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def countdown(value: datetime) -> str:
    """The time from now until then: "28 seconds" or "4 minutes"."""
    seconds = max(0, round((value - clock.now()).total_seconds()))
    if seconds < 100:  # noqa: PLR2004 - below that, seconds are what one waits for
        return f"{seconds} second{'s' * (seconds != 1)}"
    if seconds < 2 * 3600:
        return f"{round(seconds / 60)} minutes"
    return f"{round(seconds / 3600)} hours"


def order_name(order: Order) -> str:
    """What was asked for, as a title: "Delete server"."""
    return TERMS[Act(order.act)].title
