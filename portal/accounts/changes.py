"""What the changes of password and phones share: they kill every other session, and they tell every proven phone."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal import audit, sessions
from portal.audit import About, Client
from portal.delivery import outbox
from portal.models import Account, BrowserSession
from portal.texts import Notice


@dataclass(frozen=True)
class Change:
    """A change being made, in the transaction of the proof that allowed it."""

    session: Session
    now: datetime
    row: BrowserSession
    client: Client
    password_at: datetime
    """When the password that allows it was typed."""
    token: str = ""
    """The browser's, after the proof."""
    proof: str = "code"
    """What allows it, as in Order."""

    @property
    def account(self) -> Account:
        return self.row.account

    @property
    def numbers(self) -> list[str]:
        """Every number that is proven now. Read it before the change: the one that goes is told too."""
        return [phone.number for phone in self.account.phones]

    def record(self, event: str, **detail: str) -> None:
        actor, about = audit.customer(self.client), About(proof=self.proof)
        audit.record_about(self.session, self.now, actor, event, self.account.id, about, **detail)

    def end_others(self, **proved: datetime) -> str:
        """Sign every other browser out and kill all open codes. Returns the new token of this browser."""
        sessions.raise_epoch(self.session, self.account)
        return sessions.renew(self.row, epoch=self.account.epoch, **proved)

    def tell(self, numbers: list[str], notice: Notice, slot: str = "") -> None:
        outbox.queue_notices(self.session, self.now, self.account, notice, numbers, slot)


@dataclass(frozen=True)
class Done:
    """A step that worked."""

    token: str
    """The browser's new token."""
    act: dict[str, Any] | None = field(default=None)
    """What was carried out; None while a code is still needed."""
    refused: str = ""
    """Why it could not be carried out after all: a sentence. The proof counts all the same."""
