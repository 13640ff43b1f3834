"""The tables. Who may do what with them is decided elsewhere: nothing here queries or commits."""

from portal.models.billing import BillingDetails, Invoice, InvoiceLine
from portal.models.dns import DnsChange, DnsDraft, DnsRecordSet, DnsZone
from portal.models.identity import Account, AccountType, BrowserSession, KnownBrowser, Phone, Slot
from portal.models.orders import Order
from portal.models.records import AuditEvent, LimitHit
from portal.models.resources import DedicatedServer, Domain, Owned, VirtualServer, WordPressSite
from portal.models.sending import Challenge, Purpose, TextMessage
from portal.models.support import Ticket, TicketMessage

__all__ = [
    "Account",
    "AccountType",
    "AuditEvent",
    "BillingDetails",
    "BrowserSession",
    "Challenge",
    "DedicatedServer",
    "DnsChange",
    "DnsDraft",
    "DnsRecordSet",
    "DnsZone",
    "Domain",
    "Invoice",
    "InvoiceLine",
    "KnownBrowser",
    "LimitHit",
    "Order",
    "Owned",
    "Phone",
    "Purpose",
    "Slot",
    "TextMessage",
    "Ticket",
    "TicketMessage",
    "VirtualServer",
    "WordPressSite",
]
