"""A provider that does with each number what the test says: `server.Phone` leaves its orders in a file."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from portal.sms_backends.base import Accepted, SmsMessage, SmsRejected, SmsUnavailable
from portal.sms_backends.console import ConsoleBackend

LONGEST_HOLD_SECONDS = 10


class ObedientBackend(ConsoleBackend):
    name = "obedient"

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__(config)
        self._folder = Path(config["SMS_CONSOLE_FILE"]).parent

    def send(self, message: SmsMessage) -> Accepted:
        deadline = time.monotonic() + LONGEST_HOLD_SECONDS
        while (order := self._order(message.to)) == "hold":
            if time.monotonic() > deadline:
                raise SmsUnavailable("no answer", possible=False)
            time.sleep(0.02)
        if order == "refuse":
            raise SmsRejected("the number is not in service")
        return super().send(message)

    def _order(self, number: str) -> str:
        try:
            return (self._folder / number).read_text()
        except FileNotFoundError:
            return ""
