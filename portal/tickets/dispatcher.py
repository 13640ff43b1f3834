"""Hands what is written to the help desk, if the shop has one.

What it does not take is tried again after 2, 4, 8 ... 300 seconds for as long as it takes: no message is lost, and one
may arrive twice, with the same id. Until then it waits, and no page waits for it.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Protocol

from flask import Flask

from portal import clock
from portal.database import begin_read, begin_write
from portal.models import Account, Ticket, TicketMessage
from portal.tickets import queue
from portal.workers import Workers

log = logging.getLogger("portal.tickets")

WORKERS = 2
SHORTEST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=5)
LEASE = timedelta(seconds=30)
"""Longer than an attempt may take."""


class NotTakenError(Exception):
    """The help desk does not have it, or nobody can tell. The message is for the shop and holds no secret."""


class Desk(Protocol):
    """`portal.tickets.desk`, which is imported only where a shop has a help desk."""

    def take(self, ticket: Ticket, account: Account, message: TicketMessage) -> None:
        """Raises NotTakenError."""


class TicketDispatcher:
    def __init__(self, app: Flask, desk: Desk, wake: Callable[[], None]) -> None:
        self._app = app
        self._desk = desk
        self._workers = Workers("ticket", WORKERS, wake)

    def run_due(self) -> None:
        """Hand what is due to free workers and return."""
        for message in self._claim(self._workers.free):
            self._workers.do(partial(self._hand_over, message))

    def drain(self) -> int:
        """Hand over all that is due now, in this thread. Returns how many attempts that were."""
        count = 0
        while claimed := self._claim(1):
            self._hand_over(claimed[0])
            count += 1
        return count

    def _claim(self, most: int) -> list[TicketMessage]:
        with self._app.app_context():
            now = clock.now()
            with begin_read() as session:
                if most < 1 or not queue.is_due(session, now):
                    return []
            with begin_write() as session:
                return queue.claim(session, now, LEASE, most)

    def _hand_over(self, message: TicketMessage) -> None:
        with self._app.app_context():
            with begin_read() as session:
                ticket = session.get_one(Ticket, message.ticket_id)
                account = session.get_one(Account, ticket.account_id)
            trouble = self._try(ticket, account, message)
            with begin_write() as session:
                if trouble:
                    wait = min(SHORTEST_WAIT * 2 ** min(message.attempts - 1, 10), LONGEST_WAIT)
                    queue.put_back(session, message, clock.now() + wait, trouble)
                else:
                    queue.settle_taken(session, clock.now(), message)

    def _try(self, ticket: Ticket, account: Account, message: TicketMessage) -> str:
        """Why it was not taken; empty when it was."""
        try:
            self._desk.take(ticket, account, message)
        except NotTakenError as error:
            trouble = str(error)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, the message stays
            # Its words may hold what was written; its class can't.
            trouble = f"broke with {type(error).__name__}"
        else:
            trouble = ""
        if trouble:
            log.warning("ticket %s: message %s at attempt %s: %s", ticket.id, message.id, message.attempts, trouble)
        else:
            log.info("ticket %s: the help desk has message %s", ticket.id, message.id)
        return trouble
