"""Invoices, as the shop's billing system made them. Amounts are exact decimals."""

from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.database import Base, BigId, Exact
from portal.models.resources import Owned

Amount = Exact(16, 4)
"""No currency has more than four decimals (`portal/money.py`)."""


class Invoice(Owned, Base):
    __tablename__ = "invoices"
    __table_args__ = (UniqueConstraint("number"), *Owned.__table_args__)

    number: Mapped[str] = mapped_column(String(50))
    issued_on: Mapped[date]
    due_on: Mapped[date]
    paid_on: Mapped[date | None]
    currency: Mapped[str] = mapped_column(String(3))
    """ISO 4217."""
    net: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    tax: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    total: Mapped[Decimal] = mapped_column(Amount)
    """net + tax."""
    pay_url: Mapped[str | None] = mapped_column(String(500))
    """The shop's own payment page for it, https."""
    addressed_to: Mapped[str] = mapped_column(String(500), default="")
    """In lines, as on the shop's own; empty where it is whoever the billing details name."""

    lines: Mapped[list["InvoiceLine"]] = relationship(cascade="all, delete-orphan", order_by="InvoiceLine.position")


class InvoiceLine(Base):
    __tablename__ = "invoice_lines"
    __table_args__ = (UniqueConstraint("invoice_id", "position"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(300))
    quantity: Mapped[Decimal] = mapped_column(Exact(12, 4))
    unit_price: Mapped[Decimal] = mapped_column(Exact(16, 6))
    tax_percent: Mapped[Decimal] = mapped_column(Exact(6, 3))
    amount: Mapped[Decimal] = mapped_column(Amount)
    """Without tax."""
    tax: Mapped[Decimal | None] = mapped_column(Amount)
    """None where the shop gives only that of the whole invoice."""


class BillingDetails(Base):
    """Whom the shop addresses its invoices to."""

    __tablename__ = "billing_details"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    company: Mapped[str] = mapped_column(String(100), default="")
    street: Mapped[str] = mapped_column(String(200), default="")
    postcode: Mapped[str] = mapped_column(String(20), default="")
    city: Mapped[str] = mapped_column(String(100), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    """ISO 3166-1 alpha-2."""
    tax_id: Mapped[str] = mapped_column(String(50), default="")
