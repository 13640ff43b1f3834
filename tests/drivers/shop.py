"""A shop's own system, which takes the portal's signed orders over TLS and does as it is told.

`answer` says what becomes of an order: `done`, `later`, `failed`, or what every server of the tests knows. `reply`, if
set, makes the answer instead. Each failing answer repeats the order, so that a leak into a log shows.
"""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

from portal import clock, signing
from portal.drivers.base import Kind, Task
from portal.drivers.contract import PASSWORD, Case
from tests.sms_backends.servers import Answer, Request, TlsServer

Reply = Callable[[Any], Answer]
SECRET = "a-secret-of-the-webhook-and-the-shop"


class Shop(TlsServer):
    ANSWERS: ClassVar[dict[Case, str]] = {
        Case.DONE: "done",
        Case.LATER: "later",
        Case.FAILED: "failed",
        Case.BUSY: "http:429",
        Case.HANG: "hang",
        Case.DRIP: "drip",
        Case.DROP: "drop",
        Case.LOST: "lost",
        Case.GARBAGE: "html",
    }

    def __init__(self) -> None:
        super().__init__()
        self.answer = "done"
        self.orders: list[Any] = []
        """Each that came, as it came."""
        self.requests: list[Request] = []
        self.reply: Reply | None = None
        self._answers: dict[int, bytes] = {}
        self._done: Counter[int] = Counter()

    @property
    def url(self) -> str:
        return f"https://{self.host}/orders"

    @property
    def settings(self) -> dict[str, str]:
        return {"WEBHOOK_URL": self.url, "WEBHOOK_SECRET": SECRET}

    @property
    def env(self) -> dict[str, str]:
        return {**self.settings, "REQUESTS_CA_BUNDLE": str(self.certificate)}

    def task(self, number: int) -> Task:
        return task(number)

    def bring_about(self, case: Case) -> None:
        if case == Case.REFUSED:
            self.stop()
        else:
            self.answer = self.ANSWERS[case]

    def received(self) -> int:
        return len(self.orders)

    def carried_out(self, task: Task) -> int:
        return self._done[task.id]

    def fate(self, request: Request) -> str:
        self.requests.append(request)
        self.orders.append(json.loads(request.body))
        return self.answer

    def respond(self, request: Request) -> Answer:
        order = json.loads(request.body)
        if self.reply:
            return self.reply(order)
        kind, _, detail = self.answer.partition(":")
        if kind in {"html", "http"}:
            # A page, as a proxy shows one when what is behind it fails.
            return Answer(int(detail or 200), {"Content-Type": "text/html"}, b"<html>" + request.body + b"</html>")
        if kind == "failed":
            return signed({"outcome": "failed", "note": "The server can't be restarted while it is being moved."})
        if kind == "later":
            return signed({"outcome": "later"}, status=202)
        if order["id"] not in self._answers:
            self._done[order["id"]] += 1
            self._answers[order["id"]] = json.dumps({"outcome": "done", "id": order["id"]}).encode()
        return signed(self._answers[order["id"]])


def signed(answer: object, *, status: int = 200, secret: str = SECRET) -> Answer:
    """An answer as the documents say; one that is bytes is sent as it is."""
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return Answer(status, {signing.HEADER: signing.sign(secret, body, clock.now())}, body)


def task(number: int = 1, **more: Any) -> Task:
    fields: dict[str, Any] = {
        "id": number,
        "attempt": 1,
        "kind": Kind.VPS,
        "act": "reset root password",
        "name": "web-1",
        "external_id": "vm-1001",
        "customer": "alice@example.com",
        "values": {},
        "asked_at": clock.now(),
        "secret": PASSWORD,
    }
    return Task(**(fields | more))
