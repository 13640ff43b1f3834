"""Whose things are: customers by the shop's id for them, or by their email."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.signing_in import fold
from portal.imports.sheet import CellError
from portal.models import Account


class Owners:
    def __init__(self, session: Session) -> None:
        self._ids: dict[str, int] = {}
        self._emails: dict[str, int] = {}
        for account_id, external_id, email in session.execute(select(Account.id, Account.external_id, Account.email)):
            self._emails[email] = account_id
            if external_id:
                self._ids[external_id] = account_id

    def find(self, cell: str) -> int:
        """The account. Raises CellError."""
        found = self._ids.get(cell) or self._emails.get(fold(cell))
        if found is None:
            raise CellError(f"There is no customer with the id or email {cell}. Import customers first.")
        return found

    def emails(self) -> dict[int, str]:
        return {account_id: email for email, account_id in self._emails.items()}
