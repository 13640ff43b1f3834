"""What an attempt must have come to."""

from portal.drivers.base import Driver, DriverRefusedError, DriverUnavailableError, Task
from portal.drivers.contract import carry_out


def refused(driver: Driver, task: Task) -> str:
    """What the customer reads."""
    outcome = carry_out(driver, task)
    assert isinstance(outcome, DriverRefusedError), repr(outcome)
    return str(outcome)


def unavailable(driver: Driver, task: Task, *, possible: bool) -> str:
    """What the shop's log says."""
    outcome = carry_out(driver, task)
    assert isinstance(outcome, DriverUnavailableError), repr(outcome)
    assert outcome.possible == possible, str(outcome)
    return str(outcome)
