"""A provider in a server of its own process: it writes down each text it takes, and then hangs while it is told to."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from portal.sms_backends.base import Accepted, Setting, SmsBackend, SmsMessage


class FileBackend(SmsBackend):
    name = "file"
    settings = (Setting("TEXTS_FOLDER", "where the texts go", required=True),)

    def __init__(self, config: Mapping[str, Any]) -> None:
        folder = Path(config["TEXTS_FOLDER"])
        self._texts, self._hang = folder / "texts", folder / "hang"

    def send(self, message: SmsMessage) -> Accepted:
        with self._texts.open("a") as file:
            file.write(json.dumps({"to": message.to, "text": message.text}) + "\n")
        while self._hang.exists():
            time.sleep(0.02)
        return Accepted(None)
