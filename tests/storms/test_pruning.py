"""Each web process prunes by itself: several at once erase each thing once, and none of them fails."""

import secrets
from datetime import timedelta

from flask import Flask

from portal import clock
from portal.acts import Act
from portal.database import begin_write
from portal.kinds import Kind
from portal.models import Account, DnsDraft, LimitHit, Order
from portal.prune import prune
from tests.storms.parallel import at_once

CROWD, ROWS = 6, 300


def test_six_that_prune_at_once_take_each_row_once(app: Flask) -> None:
    now = clock.now()
    long_ago = now - timedelta(days=30)
    with app.app_context(), begin_write() as session:
        session.add(
            Account(
                id=1, email="alice@example.com", name="Alice", account_type="personal", password_hash="-",
                made_at=long_ago,
            )
        )  # fmt: skip
        session.flush()
        for n in range(ROWS):
            session.add(LimitHit(key=str(n), at=long_ago, until=long_ago))
            session.add(DnsDraft(account_id=1, zone_name=f"{n}.example", made_at=long_ago, changes=[]))
            session.add(
                Order(
                    account_id=1, once=secrets.token_hex(16), kind=Kind.DOMAIN, object_name="x", values={},
                    act=Act.TRANSFER_DOMAIN, secret=b"sealed", asked_at=long_ago, by="customer", proof="code",
                    driver="local", settled_at=long_ago, outcome="done",
                )
            )  # fmt: skip

    def run() -> dict[str, int]:
        with app.app_context():
            return prune(now)

    counts = at_once([run] * CROWD)
    for kind in ("limits", "drafts", "secrets"):
        assert sum(count[kind] for count in counts) == ROWS
