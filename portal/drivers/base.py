"""What carries out orders is: one class with one `carry_out`.

This file knows neither Flask nor the database, so a driver can be written and tested on its own. How to write one:
docs/drivers.md.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from portal.dns.records import RecordSet, ZoneContent
from portal.kinds import Kind
from portal.sms_backends.base import Setting

__all__ = [
    "Done",
    "Driver",
    "DriverConfigError",
    "DriverRefusedError",
    "DriverUnavailableError",
    "Kind",
    "Later",
    "RecordSet",
    "Setting",
    "Task",
    "ZoneContent",
]


@dataclass(frozen=True)
class Task:
    """One order, as a driver sees it."""

    id: int
    """The same at every attempt: what was done for it once must not be done again."""
    attempt: int
    """1 for the first."""
    kind: Kind
    act: str
    """As in `portal/acts.py`: "reboot server"."""
    name: str
    """Of the object: a server's name, a domain, a zone without its last dot."""
    external_id: str | None
    """The shop's own id of the object, where an import gave one."""
    customer: str
    """The account's email."""
    values: Mapping[str, Any]
    """What the act needs besides, such as the new name servers.

    For a zone: "changes", a list of {"name", "type", "before", "after"}, where before and after are {"ttl", "values"}
    or None, in the form of `RecordSet`; and "serial", what the portal believes the zone is at.
    """
    asked_at: datetime
    secret: str | None = field(default=None, repr=False)
    """A new password to set."""


@dataclass(frozen=True)
class Done:
    """It is carried out."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    """What is now different from what the act says by itself, by column: {"version": "7.0"}."""
    secret: str | None = field(default=None, repr=False)
    """What the customer asked to see, once: a transfer code."""
    note: str = ""
    """A sentence for the customer."""


@dataclass(frozen=True)
class Later:
    """It was taken over, and how it ends is said later: by an answer of the shop, or by its people."""


class DriverRefusedError(Exception):
    """It will never be carried out. The message is a sentence that the customer may read."""


class DriverUnavailableError(Exception):
    """Anything else that went wrong.

    `possible` says that it may have been carried out all the same: no answer, a dropped connection, an answer nobody
    understands. The message is for the shop's log and holds no secret.
    """

    def __init__(self, message: str, *, possible: bool) -> None:
        super().__init__(message)
        self.possible = possible


class DriverConfigError(Exception):
    """The settings can't work. Raised by `__init__` alone; the message names the setting and the fix."""


class Driver(ABC):
    """What carries out the orders of some kinds. One object serves a whole process, called from several threads."""

    name: ClassVar[str]
    """Lower-case, in `DRIVER_<KIND>` and on the row of each order."""
    kinds: ClassVar[frozenset[Kind]] = frozenset(Kind)
    settings: ClassVar[tuple[Setting, ...]] = ()
    """Its own settings, read and parsed before `__init__` sees them."""
    knows_repeats: ClassVar[bool] = False
    """Whether a Task with an id it has seen before is answered, and not carried out twice.

    Without it, an order that can't be carried out twice and may have been once waits for people.
    """

    @abstractmethod
    def __init__(self, config: Mapping[str, Any]) -> None:
        """Take the declared settings, and the portal's `DRIVER_TIMEOUT_SECONDS`. Raises DriverConfigError.

        Connects to nothing.
        """

    @abstractmethod
    def carry_out(self, task: Task) -> Done | Later:
        """Make one attempt and be back within DRIVER_TIMEOUT_SECONDS.

        Raises DriverRefusedError or DriverUnavailableError, and nothing else.
        """

    def read_zone(self, name: str) -> ZoneContent | None:
        """What the name server has for a zone now; None where it has no such zone, which its customer is told.

        Leave it out where the name server can't be asked. Raises DriverUnavailableError.
        """
        del name
        return None
