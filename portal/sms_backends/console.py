"""The console backend: for trying the portal out. It shows every code, so it is refused under https."""

import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from portal.sms_backends.base import Accepted, Setting, SmsBackend, SmsMessage, SmsUnavailable


class ConsoleBackend(SmsBackend):
    """Prints each text as one line, or appends it to SMS_CONSOLE_FILE as one line of JSON and prints nothing."""

    name = "console"
    settings = (
        Setting(
            "SMS_CONSOLE_FILE", "file that texts are appended to, one line of JSON each; without it they are printed"
        ),
    )

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._path = Path(config["SMS_CONSOLE_FILE"]) if config["SMS_CONSOLE_FILE"] else None
        self._lock = threading.Lock()

    def send(self, message: SmsMessage) -> Accepted:
        if self._path is None:
            print(f"SMS to {message.to}: {' '.join(message.text.split())}", flush=True)
        else:
            self._append(self._path, {"to": message.to, "body": message.text, "at": datetime.now(UTC).isoformat()})
        return Accepted(message.reference)

    def _append(self, path: Path, text: dict[str, str]) -> None:
        # One write to a file opened for appending: lines of several processes never mix.
        line = json.dumps(text) + "\n"
        try:
            with self._lock, path.open("ab", buffering=0) as file:
                file.write(line.encode())
        except OSError as error:
            raise SmsUnavailable(f"SMS_CONSOLE_FILE can't be written: {error.strerror}", possible=False) from error
