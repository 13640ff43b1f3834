"""The tables. Who may do what with them is decided elsewhere: nothing here queries or commits."""

from portal.models.identity import Account, AccountType, BrowserSession, KnownBrowser, Phone, Slot
from portal.models.records import AuditEvent, LimitHit
from portal.models.resources import (
    DedicatedServer,
    DnsRecordSet,
    DnsZone,
    Domain,
    Invoice,
    VirtualServer,
    WordPressSite,
)
from portal.models.sending import Challenge, Purpose, TextMessage

__all__ = [
    "Account",
    "AccountType",
    "AuditEvent",
    "BrowserSession",
    "Challenge",
    "DedicatedServer",
    "DnsRecordSet",
    "DnsZone",
    "Domain",
    "Invoice",
    "KnownBrowser",
    "LimitHit",
    "Phone",
    "Purpose",
    "Slot",
    "TextMessage",
    "VirtualServer",
    "WordPressSite",
]
