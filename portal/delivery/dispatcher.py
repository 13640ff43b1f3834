"""Sends what is due, several texts at once, from one provider to the next.

Accepted ends it. A possible send (no answer, a dropped connection, an answer nobody understands) may have reached the
phone, so a text gets two accepted or possible sends at most. Everything else is tried again, after 2, 4, 8 ... 30
seconds, while the text is wanted.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select

from portal import clock, otp, texts
from portal.acts import does, what
from portal.database import begin_read, begin_write
from portal.delivery import outbox
from portal.delivery.outbox import Outcome
from portal.metrics import SEND_SECONDS, TEXTS
from portal.models import Account, Challenge, Purpose, TextMessage
from portal.sms_backends.base import Accepted, SmsBackend, SmsMessage, SmsRejected, SmsUnavailable

log = logging.getLogger("portal.delivery")

SENDERS = 8
"""Texts sent at once by one process, so that one slow call holds up no other."""
MOST_SENDS = 2
SHORTEST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(seconds=30)
LEASE_MARGIN = timedelta(seconds=10)


class Dispatcher:
    def __init__(self, app: Flask, wake: Callable[[], None]) -> None:
        """`wake` is called when a sender has become free."""
        self._app = app
        self._wake = wake
        self._backends: tuple[SmsBackend, ...] = app.config["SMS_BACKEND_OBJECTS"]
        self._lease = LEASE_MARGIN + timedelta(seconds=len(self._backends) * app.config["SMS_TIMEOUT_SECONDS"])
        self._pool = ThreadPoolExecutor(SENDERS, thread_name_prefix="sender")
        self._free = SENDERS
        self._lock = threading.Lock()

    def run_due(self) -> None:
        """Hand what is due to free senders and return."""
        for text in self._claim(self._free):
            with self._lock:
                self._free -= 1
            self._pool.submit(self._send_and_free, text)

    def drain(self) -> int:
        """Send all that is due now, in this thread. Returns how many texts that were."""
        count = 0
        while claimed := self._claim(1):
            self._send(claimed[0])
            count += 1
        return count

    def _claim(self, most: int) -> list[TextMessage]:
        with self._app.app_context():
            now = clock.now()
            with begin_read() as session:
                if most < 1 or not outbox.is_due(session, now):
                    return []
            with begin_write() as session:
                return outbox.claim(session, now, self._lease, most)

    def _send_and_free(self, text: TextMessage) -> None:
        try:
            self._send(text)
        except Exception:
            log.exception("text %s: could not be settled; its lease will end", text.id)
        finally:
            with self._lock:
                self._free += 1
            self._wake()

    def _send(self, text: TextMessage) -> None:
        with self._app.app_context():
            message = self._message(text)
            if message is None:
                self._settle(text, Outcome.DROPPED)
            else:
                self._try_each(text, message)

    def _message(self, text: TextMessage) -> SmsMessage | None:
        """What to send, or None when nobody wants it any more."""
        now = clock.now()
        if now >= text.dies_at:
            return None
        body = self._body(text, now)
        if body is None:
            return None
        seconds = int((text.dies_at - now).total_seconds())
        return SmsMessage(text.number, body, text.id, self._app.config["SMS_SENDER"], max(seconds, 1))

    def _body(self, text: TextMessage, now: datetime) -> str | None:
        sender: texts.Sender = self._app.config["SMS_FROM"]
        if text.kind != outbox.CODE:
            return texts.notice(sender, texts.Notice(text.kind), text.slot)
        with begin_read() as session:
            wanted = select(Challenge, Account.epoch).join(Account, Account.id == Challenge.account_id)
            challenge, epoch = session.execute(wanted.where(Challenge.id == text.challenge_id)).one()
        if not challenge.is_open(now, self._app.config["CODE_MAX_ATTEMPTS"], epoch):
            return None
        code = otp.derive(self._app.config["CODE_KEY"], challenge.purpose, challenge.id, challenge.salt)
        seconds = int((challenge.expires_at - now).total_seconds())
        if challenge.purpose != Purpose.CONFIRM:
            return texts.code(sender, challenge.purpose, code, seconds)
        if pays_for := does(challenge.subject):
            return texts.approval(sender, code, seconds, pays_for)
        return texts.code(sender, challenge.purpose, code, seconds, what(challenge.subject))

    def _try_each(self, text: TextMessage, message: SmsMessage) -> None:
        """One pass over the providers, in order of preference."""
        possible = text.possible
        failures: list[SmsRejected | SmsUnavailable] = []
        for backend in self._backends:
            if possible >= MOST_SENDS:
                self._settle(text, Outcome.POSSIBLE)
                return
            answer = _ask(backend, message)
            if isinstance(answer, Accepted):
                self._settle(text, Outcome.ACCEPTED, provider=backend.name, provider_id=answer.provider_id)
                return
            log.warning("text %s: %s failed: %s: %s", text.id, backend.name, type(answer).__name__, answer)
            failures.append(answer)
            if isinstance(answer, SmsRejected) and not text.proven:
                break
            if isinstance(answer, SmsUnavailable) and answer.possible:
                possible += 1
                if not self._note_possible(text, possible, backend.name):
                    return
        rejected = isinstance(failures[-1], SmsRejected)
        if possible >= MOST_SENDS or (rejected and not text.proven and possible):
            self._settle(text, Outcome.POSSIBLE)
        elif isinstance(failures[-1], SmsRejected) and (not text.proven or _all_rejected(failures)):
            self._settle(text, Outcome.REJECTED, reason=str(failures[-1]))
        else:
            self._put_back(text, is_new_possible=possible > text.possible)

    def _settle(self, text: TextMessage, outcome: Outcome, **facts: str | None) -> None:
        with begin_write() as session:
            kept = outbox.settle(session, clock.now(), text, outcome, **facts)
        if kept:
            TEXTS.labels(facts.get("provider") or "none", outcome.value).inc()
            if outcome is Outcome.ACCEPTED:
                SEND_SECONDS.observe((clock.now() - text.queued_at).total_seconds())
        log.info("text %s: %s%s", text.id, outcome, "" if kept else ", too late: another sender holds it")

    def _note_possible(self, text: TextMessage, possible: int, provider: str) -> bool:
        with begin_write() as session:
            return outbox.note_possible(session, text, possible, provider)

    def _put_back(self, text: TextMessage, *, is_new_possible: bool) -> None:
        # A text that may have gone out is tried once more, soon: whoever waits for it waits for nothing else.
        wait = SHORTEST_WAIT if is_new_possible else min(SHORTEST_WAIT * 2 ** min(text.passes, 10), LONGEST_WAIT)
        with begin_write() as session:
            outbox.put_back(session, text, clock.now() + wait)


def _ask(backend: SmsBackend, message: SmsMessage) -> Accepted | SmsRejected | SmsUnavailable:
    try:
        accepted = backend.send(message)
        return Accepted(str(accepted.provider_id or ""))
    except (SmsRejected, SmsUnavailable) as error:
        return error
    except Exception as error:  # noqa: BLE001 - a backend that breaks its contract is an unknown answer
        # Its words may hold the number or the code; its class can't.
        return SmsUnavailable(f"broke with {type(error).__name__}", possible=True)


def _all_rejected(failures: list[SmsRejected | SmsUnavailable]) -> bool:
    return all(isinstance(failure, SmsRejected) for failure in failures)
