"""The help desk that a shop has: each message is posted to it as signed JSON. docs/tickets.md says how."""

import json
from datetime import datetime
from typing import Any

from portal import clock, signing
from portal.drivers.base import DriverUnavailableError
from portal.drivers.http import Answer, Client, Request
from portal.models import Account, Ticket, TicketMessage
from portal.tickets.dispatcher import NotTakenError

SECONDS = 10.0
"""That one attempt may take."""
MOST_BYTES = 64 * 1024
"""Of its answer."""
TAKEN = frozenset({200, 201, 202})


class HelpDesk:
    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._secret = secret
        self._client = Client("help desk", SECONDS, most_bytes=MOST_BYTES)

    def take(self, ticket: Ticket, account: Account, message: TicketMessage) -> None:
        """Hand a message over. Raises NotTakenError."""
        body = json.dumps(said(ticket, account, message)).encode()
        headers = {
            "Content-Type": "application/json",
            signing.HEADER: signing.sign(self._secret, body, clock.now()),
        }
        try:
            answer = self._client.ask(Request("POST", self._url, headers, body))
        except DriverUnavailableError as error:
            raise NotTakenError(str(error)) from error
        if answer.status not in TAKEN:
            raise NotTakenError(f"help desk: did not take it (HTTP {answer.status})")
        if _named(answer) != id_of(ticket, message):
            # Whatever answers with a 200, such as a page for maintenance, has not kept the message.
            raise NotTakenError('help desk: did not say {"taken": the id of the message}')


def id_of(ticket: Ticket, message: TicketMessage) -> str:
    """The same at every attempt, and of no other message: also not after a backup was restored."""
    return f"{ticket.id}-{message.once}"


def said(ticket: Ticket, account: Account, message: TicketMessage) -> dict[str, Any]:
    """What is posted. Its "id" and "ticket" are not as in what the help desk sends, so nobody can send it back."""
    return {
        "event": "ticket message",
        "id": id_of(ticket, message),
        "ticket": {
            "ref": ticket.ref,
            "number": ticket.id,
            "subject": ticket.subject,
            "opened_at": _written(ticket.opened_at),
            "customer": {"email": account.email, "name": account.name},
        },
        "by": message.by,
        "at": _written(message.at),
        "message": message.body,
        "closes": message.closes,
    }


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _named(answer: Answer) -> Any:
    try:
        said_back = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return said_back.get("taken") if isinstance(said_back, dict) else None
