"""The demo shop of a first start: three customers, each with a few of everything they could have."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit, clock, passwords
from portal.accounts import staff
from portal.acts import Act
from portal.audit import About, Actor
from portal.database import begin_read, begin_write
from portal.kinds import Kind
from portal.models import (
    Account,
    AccountType,
    BillingDetails,
    DedicatedServer,
    DnsRecordSet,
    DnsZone,
    Domain,
    Invoice,
    InvoiceLine,
    Order,
    Ticket,
    TicketMessage,
    VirtualServer,
    WordPressSite,
)
from portal.orders.recording import record_event

_CUSTOMERS = (
    ("alice@demo.example", "Alice Archer", AccountType.PERSONAL),
    ("bob@demo.example", "Bob Baker Ltd", AccountType.BUSINESS),
    ("carol@demo.example", "Carol Cloud Hosting", AccountType.RESELLER),
)
_TAX_PERCENT = Decimal(19)
_STAFF = Actor("staff:demo")
_QUESTION = "I would like to change the database on web-1 tonight.\n\nIs there a backup from before, and how far back?"
_ANSWER = "Yes: every night at 02:00, kept for 14 days.\n\nTell us here if you want one back, and we restore it."


def make() -> dict[str, str]:
    """Make the demo customers. Returns the password of each email; of none when there are accounts already."""
    with begin_read() as session:
        if _has_accounts(session):
            return {}
    made = {email: staff.make_password() for email, _, _ in _CUSTOMERS}
    hashes = {email: passwords.make_hash(password) for email, password in made.items()}
    with _unlogged(), begin_write() as session:
        if _has_accounts(session):  # Another start was faster.
            return {}
        for size, (email, name, account_type) in enumerate(_CUSTOMERS, start=1):
            account = Account(
                email=email, name=name, account_type=account_type.value, password_hash=hashes[email], epoch=0,
                made_at=clock.now(),
            )  # fmt: skip
            session.add(account)
            session.flush()
            _add_resources(session, account.id, email.partition("@")[0], size)
            _add_details(session, account.id, name, size)
            _add_ticket(session, account.id)
    return made


@contextmanager
def _unlogged() -> Iterator[None]:
    """What never happened is in the customers' history; in the log it would hide the passwords from who starts this."""
    audit.log.disabled = True
    try:
        yield
    finally:
        audit.log.disabled = False


def _has_accounts(session: Session) -> bool:
    return session.scalar(select(Account.id).limit(1)) is not None


def _add_resources(session: Session, account_id: int, who: str, size: int) -> None:
    today = clock.now().date()
    for n in range(1, size + 2):
        _add_servers(session, account_id, size, n)
        site = f"{who}-{n}.example"
        _add_site(session, account_id, site, n, today)
        _add_invoice(session, account_id, f"{1000 * size + n}", n, today)
    _add_orders(session, account_id)


def _add_orders(session: Session, account_id: int) -> None:
    """On the first virtual server: one that was carried out, and one that could not be."""
    server = session.scalars(
        select(VirtualServer).where(VirtualServer.account_id == account_id).order_by(VirtualServer.id).limit(1)
    ).one()
    yesterday = clock.now() - timedelta(days=1)
    for act, outcome, note in (
        (Act.REBOOT_SERVER, "done", None),
        (Act.REINSTALL_SERVER, "failed", "This system does not fit the server's disk. Choose another one."),
    ):
        order = Order(
            account_id=account_id, once=secrets.token_hex(16), kind=Kind.VPS, object_id=server.id,
            object_name=server.name, act=act,
            values={"image": "AlmaLinux 10"} if act is Act.REINSTALL_SERVER else {}, asked_at=yesterday,
            by="customer", proof="password", driver="local", settled_at=yesterday + timedelta(minutes=20),
            outcome=outcome, settled_by=_STAFF.by, note=note,
        )  # fmt: skip
        session.add(order)
        session.flush()
        record_event(session, yesterday, Actor("customer"), order.act, order, order.proof)
        record_event(session, yesterday + timedelta(minutes=20), _STAFF, f"{order.act}: {outcome}", order)


def _add_ticket(session: Session, account_id: int) -> None:
    """A question, and an answer that the customer has not seen yet."""
    asked, answered = (clock.now() - timedelta(hours=hours) for hours in (5, 3))
    ticket = Ticket(
        account_id=account_id, once=secrets.token_hex(16), subject="Is web-1 backed up at night?", opened_at=asked,
        changed_at=answered, asked_at=asked, answered_at=answered,
        messages=[
            TicketMessage(at=at, by=by, body=body, once=secrets.token_hex(16))
            for at, by, body in ((asked, "customer", _QUESTION), (answered, _STAFF.by, _ANSWER))
        ],
    )  # fmt: skip
    session.add(ticket)
    session.flush()
    about = About("ticket", ticket.id)
    audit.record_about(session, asked, Actor("customer"), "ticket opened", account_id, about)
    audit.record_about(session, answered, _STAFF, "ticket answered", account_id, about)


def _add_servers(session: Session, account_id: int, size: int, n: int) -> None:
    session.add(
        VirtualServer(
            account_id=account_id, name=f"web-{n}", location="Frankfurt" if n % 2 else "Dallas",
            state="stopped" if n == 3 else "running", vcpus=2 * n, memory_gb=4 * n, disk_gb=80 * n,
            address=f"203.0.113.{10 * size + n}", more_addresses=[f"2001:db8:{size}::{n}"],
        )
    )  # fmt: skip
    if n <= size:
        session.add(
            DedicatedServer(
                account_id=account_id, name=f"metal-{n}", location="Frankfurt", state="on",
                processor="AMD EPYC 9354P", memory_gb=128 * n, address=f"198.51.100.{10 * size + n}",
            )
        )  # fmt: skip


def _add_site(session: Session, account_id: int, name: str, n: int, today: date) -> None:
    session.add(
        WordPressSite(
            account_id=account_id, domain=name, version="6.9", new_version="7.0" if n == 1 else None, admin="admin",
            more_admins=["editor"] if n == 1 else [],
        )
    )  # fmt: skip
    expires = today + timedelta(days=9 if n == 2 else 200 * n)
    session.add(
        Domain(
            account_id=account_id, name=name, expires_on=expires, locked=n != 2, auto_renew=n % 2 == 1,
            name_servers=["ns1.demo.example", "ns2.demo.example"],
        )
    )  # fmt: skip
    records = [
        ("@", "NS", ["ns1.example.net.", "ns2.example.net."]),
        ("@", "A", [f"203.0.113.{n}"]),
        ("www", "CNAME", [f"{name}."]),
        ("@", "MX", [f"10 mail.{name}."]),
    ]
    session.add(
        DnsZone(
            account_id=account_id, name=name, serial=int(f"{today:%Y%m%d}01"),
            record_sets=[DnsRecordSet(name=r, type=t, ttl=3600, values=v) for r, t, v in records],
        )
    )  # fmt: skip


def _add_details(session: Session, account_id: int, name: str, size: int) -> None:
    session.add(
        BillingDetails(
            account_id=account_id, company=name if size > 1 else "", street=f"{size} Harbor Street",
            postcode=f"2045{size}", city="Hamburg", country="DE", tax_id=f"DE12345678{size}" if size > 1 else "",
        )
    )  # fmt: skip


def _add_invoice(session: Session, account_id: int, number: str, n: int, today: date) -> None:
    """One of the last months: the first is open, a second customer's second one overdue."""
    issued = today - timedelta(days=30 * n - 20)
    is_paid = n > 2 or (n == 2 and number.startswith("1"))
    lines = [
        _line(1, f"Virtual server web-{n}, {issued:%B %Y}", "1", "18.50"),
        _line(2, "Backup, per GB", f"{80 * n}", "0.035"),
        _line(3, "Domain, per year", f"{n}", "12.00"),
    ]
    net = sum((line.amount for line in lines), Decimal(0))
    tax = (net * _TAX_PERCENT / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    session.add(
        Invoice(
            account_id=account_id, number=number, issued_on=issued, due_on=issued + timedelta(days=14),
            paid_on=issued + timedelta(days=3) if is_paid else None, currency="EUR", net=net, tax=tax, total=net + tax,
            pay_url=f"https://pay.demo.example/{number}", lines=lines,
        )
    )  # fmt: skip


def _line(position: int, text: str, quantity: str, unit_price: str) -> InvoiceLine:
    amount = Decimal(quantity) * Decimal(unit_price)
    return InvoiceLine(
        position=position, text=text, quantity=Decimal(quantity), unit_price=Decimal(unit_price),
        tax_percent=_TAX_PERCENT, amount=amount,
    )  # fmt: skip
