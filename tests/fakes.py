"""The one seam to the phone network: a provider that keeps its texts, and fails as it is told."""

from collections.abc import Callable, Mapping
from typing import Any

from portal.sms_backends.base import Accepted, SmsBackend, SmsMessage

Answer = Callable[[SmsMessage], None]
"""Raises what the provider shall raise; returns for a yes."""


def accept(message: SmsMessage) -> None:
    del message


class MemoryBackend(SmsBackend):
    """Keeps every text that it accepted, and counts what it was asked."""

    name = "memory"

    def __init__(self, config: Mapping[str, Any]) -> None:
        del config
        self.texts: list[SmsMessage] = []
        self.asked: list[SmsMessage] = []
        self.answer: Answer = accept

    def send(self, message: SmsMessage) -> Accepted:
        self.asked.append(message)
        self.answer(message)
        self.texts.append(message)
        return Accepted(f"memory-{len(self.texts)}")


class SecondBackend(MemoryBackend):
    name = "second"
