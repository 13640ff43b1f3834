"""The seams to the outside: a provider and a driver that keep what they are asked, and fail as they are told."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask

from portal.drivers.base import Done, Driver, Later, Task
from portal.kinds import Kind
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


class MemoryDriver(Driver):
    """Keeps every task, and answers as it is told."""

    name = "memory"

    def __init__(self, config: Mapping[str, Any]) -> None:
        del config
        self.tasks: list[Task] = []
        self.answer: Callable[[Task], Done | Later] = lambda task: Done()  # noqa: ARG005 - every task is done

    def carry_out(self, task: Task) -> Done | Later:
        self.tasks.append(task)
        return self.answer(task)


def driver(app: Flask, kind: Kind = Kind.VPS) -> MemoryDriver:
    found = app.config["DRIVERS"][kind]
    assert isinstance(found, MemoryDriver)
    return found
