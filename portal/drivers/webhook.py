"""Orders as signed JSON to an address of the shop, so that any panel or script can carry them out.

docs/drivers.md shows both ways, and examples/acme_panel has a receiver.
"""

import json
from collections.abc import Mapping
from typing import Any

from portal import clock, signing
from portal.drivers.answers import AnswerError, order_named, parse_answer
from portal.drivers.base import Done, Driver, DriverRefusedError, DriverUnavailableError, Later, Setting, Task
from portal.drivers.http import Answer, Client, Request, address
from portal.parsing import long_secret

MOST_BYTES = 64 * 1024
ANSWERED = frozenset({200, 202})
NOT_DONE = {
    400: "the order could not be read there",
    401: "WEBHOOK_SECRET is not the one it knows, or a clock is wrong",
    403: "it is not allowed there",
    404: "WEBHOOK_URL leads to nothing",
    405: "nothing at WEBHOOK_URL takes a POST",
    413: "the order is too large for it",
    415: "it takes no JSON",
    429: "it has too much to do",
}
"""These say that nobody began. Behind any other status, a 500 or a redirect above all, the work may be done."""


class WebhookDriver(Driver):
    name = "webhook"
    settings = (
        Setting(
            "WEBHOOK_URL",
            "where orders are posted to, e.g. https://panel.example.com/orders; http only to this machine",
            required=True,
            parse=address,
        ),
        Setting(
            "WEBHOOK_SECRET",
            "signs orders and their answers; 32 characters or more, known to the portal and the receiver alone",
            required=True,
            secret=True,
            parse=long_secret,
        ),
    )
    # By agreement: the receiver answers an id that it has seen with what became of it.
    knows_repeats = True

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._url: str = config["WEBHOOK_URL"]
        self._secret: str = config["WEBHOOK_SECRET"]
        self._client = Client("webhook", config["DRIVER_TIMEOUT_SECONDS"], most_bytes=MOST_BYTES)

    def carry_out(self, task: Task) -> Done | Later:
        body = order(task)
        headers = {
            "Content-Type": "application/json",
            signing.HEADER: signing.sign(self._secret, body, clock.now()),
        }
        answer = self._client.ask(Request("POST", self._url, headers, body))
        if answer.status not in ANSWERED:
            words = NOT_DONE.get(answer.status, "that is no answer to an order")
            possible = answer.status not in NOT_DONE
            raise DriverUnavailableError(f"webhook: {words} (HTTP {answer.status})", possible=possible)
        outcome = self._understood(answer, task)
        if isinstance(outcome, DriverRefusedError):
            raise outcome
        return outcome

    def _understood(self, answer: Answer, task: Task) -> Done | Later | DriverRefusedError:
        """What a signed answer says. Nothing else is believed, and the order may have been carried out."""
        try:
            signing.check(self._secret, answer.body, answer.headers.get(signing.HEADER), clock.now())
            if order_named(answer.body) in {None, task.id}:
                return parse_answer(answer.body)
            problem = "is about another order"
        except (signing.SignatureError, AnswerError) as error:
            problem = str(error)
        raise DriverUnavailableError(f"webhook: the answer {problem}", possible=True)


def order(task: Task) -> bytes:
    """What is posted. It has no "outcome", so that nobody can send it back as an answer that the portal signed."""
    fields = {
        "id": task.id,
        "attempt": task.attempt,
        "kind": task.kind,
        "act": task.act,
        "name": task.name,
        "external_id": task.external_id,
        "customer": task.customer,
        "values": dict(task.values),
        "asked_at": task.asked_at.isoformat(timespec="seconds"),
    }
    if task.secret is not None:
        fields["secret"] = task.secret
    return json.dumps(fields).encode()
