"""What a text message provider is: one class with one `send`.

This file knows neither Flask nor the database, so a provider can be written and tested on its own. How to write
one: docs/providers.md.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True)
class Setting:
    """A setting read from the environment (`NAME`, or for a secret also the file that `NAME_FILE` names).

    `default` and what the environment holds are both text and go through `parse`, which raises ValueError with
    half a sentence ("must be a whole number") for what it can't take. No default and nothing set gives None.
    """

    name: str
    help: str
    default: str | None = None
    parse: Callable[[str], Any] = str
    required: bool = False
    secret: bool = False


@dataclass(frozen=True)
class SmsMessage:
    """One text for one phone."""

    to: str = field(repr=False)
    """The number in E.164, with its `+`."""
    text: str = field(repr=False)
    """One GSM-7 segment."""
    reference: str
    """Names this text to the provider and in logs. It opens nothing."""
    sender: str | None
    """SMS_SENDER: a number, or 1 to 11 letters and digits; None lets the provider choose."""
    ttl_seconds: int
    """After this the text is worthless and the provider may drop it."""


@dataclass(frozen=True)
class Accepted:
    """The provider took the text over. It may still never arrive."""

    provider_id: str | None
    """The provider's own name for the text."""


class SmsRejected(Exception):
    """No text of this provider will ever reach the number: barred, not reachable, opted out.

    The message is half a sentence that the customer may read: "the number is barred". It holds neither the number
    nor the text.
    """


class SmsUnavailable(Exception):
    """Anything else that went wrong: the next provider is tried.

    `possible` says that the text may have gone out all the same: no answer, a dropped connection, an answer nobody
    understands. The message is for the shop's log and holds neither the number nor the text.
    """

    def __init__(self, message: str, *, possible: bool) -> None:
        super().__init__(message)
        self.possible = possible


class SmsConfigError(Exception):
    """The settings can't work. Raised by `__init__` alone; the message names the setting and the fix."""


class SmsBackend(ABC):
    """A provider. One object serves a whole process, called from about 8 threads at once."""

    name: ClassVar[str]
    """Lower-case, in SMS_BACKENDS and on the row of each text."""
    settings: ClassVar[tuple[Setting, ...]] = ()
    """Its own settings, read and parsed before `__init__` sees them."""

    @abstractmethod
    def __init__(self, config: Mapping[str, Any]) -> None:
        """Take the declared settings, and the portal's `SMS_SENDER` and `SMS_TIMEOUT_SECONDS` (a whole number).

        Raises SmsConfigError. Connects to nothing.
        """

    @abstractmethod
    def send(self, message: SmsMessage) -> Accepted:
        """Make one request, without a retry, and be back within SMS_TIMEOUT_SECONDS.

        Raises SmsRejected or SmsUnavailable, and nothing else.
        """
