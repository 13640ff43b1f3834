"""Invoices, as the shop's billing system made them. Amounts are exact decimals."""

from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.database import Base, BigId
from portal.models.resources import Owned


class Invoice(Owned, Base):
    __tablename__ = "invoices"
    __table_args__ = (UniqueConstraint("number"),)

    number: Mapped[str] = mapped_column(String(50))
    issued_on: Mapped[date]
    due_on: Mapped[date]
    paid_on: Mapped[date | None]
    currency: Mapped[str] = mapped_column(String(3))
    """ISO 4217."""
    net: Mapped[Decimal] = mapped_column(Numeric(12, 2), default=Decimal(0))
    tax: Mapped[Decimal] = mapped_column(Numeric(12, 2), default=Decimal(0))
    total: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    """net + tax."""
    pay_url: Mapped[str | None] = mapped_column(String(500))
    """The shop's own payment page for it, https."""

    lines: Mapped[list["InvoiceLine"]] = relationship(cascade="all, delete-orphan", order_by="InvoiceLine.position")


class InvoiceLine(Base):
    __tablename__ = "invoice_lines"
    __table_args__ = (UniqueConstraint("invoice_id", "position"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(300))
    quantity: Mapped[Decimal] = mapped_column(Numeric(12, 4))
    unit_price: Mapped[Decimal] = mapped_column(Numeric(14, 4))
    tax_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    """Without tax."""


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
