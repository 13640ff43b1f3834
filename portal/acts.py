"""What a customer can do that needs more than being signed in, each with what it needs: one table for all of them.

An act waits, and is what a code pays for, as a small dict. Its "act" names it. An act on an object also has "kind",
"id", "name" and "revision" (of the object when it was asked for), "values" (what it needs besides) and "once" (made
with the form, so that a double click is one).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.kinds import Kind


class Need(StrEnum):
    """What an act needs before it is carried out."""

    FRESH = "fresh"
    """A proof that is fresh: see `portal/sessions.py`."""
    APPROVAL = "approval"
    """A code for this one act on this one object as it was then; the password where there is no phone."""
    IDENTITY = "identity"
    """The password, and then a code where there is a phone."""


class Act(StrEnum):
    SET_PHONE = "set phone"
    """slot, number"""
    REMOVE_PHONE = "remove phone"
    """slot"""
    CHANGE_PASSWORD = "change password"  # noqa: S105 - names an act
    """password_hash"""

    SEE_PAGE = "see page"
    """path, page: what the page is called"""
    CHANGE_BILLING = "change billing details"
    """values: the columns of BillingDetails"""

    START_SERVER = "start server"
    STOP_SERVER = "stop server"
    REBOOT_SERVER = "reboot server"
    FORCE_OFF_SERVER = "force off server"
    REINSTALL_SERVER = "reinstall server"
    """values: image"""
    RESET_ROOT = "reset root password"
    DELETE_SERVER = "delete server"

    UPDATE_SITE = "update site"
    """values: version"""
    RESET_ADMIN = "reset admin password"
    """values: admin"""
    DELETE_SITE = "delete site"

    LOCK_DOMAIN = "lock domain"
    UNLOCK_DOMAIN = "unlock domain"
    TRANSFER_DOMAIN = "transfer domain"
    """Asks for the transfer code."""
    SET_NAME_SERVERS = "set name servers"
    """values: name_servers"""
    AUTO_RENEW_ON = "auto-renew on"
    AUTO_RENEW_OFF = "auto-renew off"

    CHANGE_RECORDS = "change records"
    """values: changes, as in DnsChange; undoes: the id of the change it undoes, if it does"""
    CHANGE_APEX = "change apex records"
    """As CHANGE_RECORDS, with A, AAAA, NS, MX or CAA of the zone's own name among them."""
    IMPORT_ZONE = "import zone"
    """As CHANGE_RECORDS, from a zone file."""
    DELETE_ZONE = "delete zone"
    """values: changes, with all that the zone has"""
    MAKE_ZONE = "make zone"
    """As CHANGE_RECORDS: a deleted zone again"""


@dataclass(frozen=True)
class Terms:
    need: Need
    what: str
    """Half a sentence for pages: to "remove your backup phone"."""
    does: str = ""
    """Half a sentence for the text of its code: 123456 "deletes server 'web-1'". Without one the text uses `what`."""
    title: str = ""
    """For a list of what was done: "Delete server"."""
    kinds: frozenset[Kind] = frozenset()
    """What it can be ordered for."""
    repeatable: bool = True
    """Whether carrying it out twice does no more than once."""


_SERVERS = frozenset({Kind.VPS, Kind.DEDICATED})
_SITES = frozenset({Kind.WORDPRESS})
_DOMAINS = frozenset({Kind.DOMAIN})
_ZONES = frozenset({Kind.DNS})
_FRESH, _APPROVAL, _IDENTITY = Need.FRESH, Need.APPROVAL, Need.IDENTITY

TERMS = {
    Act.SET_PHONE: Terms(_IDENTITY, "set your {slot} phone"),
    Act.REMOVE_PHONE: Terms(_IDENTITY, "remove your {slot} phone"),
    Act.CHANGE_PASSWORD: Terms(_IDENTITY, "change your password"),
    Act.SEE_PAGE: Terms(_FRESH, "open {page}", "opens {page}"),
    Act.CHANGE_BILLING: Terms(_FRESH, "change your billing details", "changes your billing details"),
    Act.START_SERVER: Terms(_FRESH, "start server {name}", "starts server {name}", "Start", _SERVERS),
    Act.STOP_SERVER: Terms(_FRESH, "stop server {name}", "stops server {name}", "Stop", _SERVERS),
    Act.REBOOT_SERVER: Terms(
        _FRESH, "reboot server {name}", "reboots server {name}", "Reboot", _SERVERS, repeatable=False
    ),
    Act.FORCE_OFF_SERVER: Terms(_FRESH, "force server {name} off", "forces server {name} off", "Force off", _SERVERS),
    Act.REINSTALL_SERVER: Terms(
        _APPROVAL,
        "reinstall server {name} with {image}",
        "reinstalls server {name}",
        "Reinstall",
        _SERVERS,
        repeatable=False,
    ),
    Act.RESET_ROOT: Terms(
        _APPROVAL,
        "set a new root password on server {name}",
        "resets the root password of {name}",
        "New root password",
        _SERVERS,
    ),
    Act.DELETE_SERVER: Terms(_APPROVAL, "delete server {name}", "deletes server {name}", "Delete server", _SERVERS),
    Act.UPDATE_SITE: Terms(
        _FRESH, "update WordPress on {name}", "updates WordPress on {name}", "Update WordPress", _SITES
    ),
    Act.RESET_ADMIN: Terms(
        _APPROVAL,
        "set a new password for the admin {admin} of {name}",
        "resets the password of {admin} on {name}",
        "New admin password",
        _SITES,
    ),
    Act.DELETE_SITE: Terms(
        _APPROVAL, "delete the WordPress site {name}", "deletes the site {name}", "Delete site", _SITES
    ),
    Act.LOCK_DOMAIN: Terms(_FRESH, "lock the domain {name}", "locks the domain {name}", "Lock", _DOMAINS),
    Act.UNLOCK_DOMAIN: Terms(_APPROVAL, "unlock the domain {name}", "unlocks the domain {name}", "Unlock", _DOMAINS),
    Act.TRANSFER_DOMAIN: Terms(
        _APPROVAL, "get the transfer code of {name}", "shows the transfer code of {name}", "Transfer code", _DOMAINS
    ),
    Act.SET_NAME_SERVERS: Terms(
        _APPROVAL,
        "change the name servers of {name} to {name_servers}",
        "changes the name servers of {name}",
        "Change name servers",
        _DOMAINS,
    ),
    Act.AUTO_RENEW_ON: Terms(
        _FRESH, "renew {name} by itself", "turns auto-renew of {name} on", "Auto-renew on", _DOMAINS
    ),
    Act.AUTO_RENEW_OFF: Terms(
        _FRESH, "stop renewing {name} by itself", "turns auto-renew of {name} off", "Auto-renew off", _DOMAINS
    ),
    Act.CHANGE_RECORDS: Terms(
        _FRESH, "change DNS records of {name}", "changes DNS records of {name}", "Change records", _ZONES
    ),
    Act.CHANGE_APEX: Terms(
        _APPROVAL, "change main DNS records of {name}", "changes main DNS of {name}", "Change main records", _ZONES
    ),
    Act.IMPORT_ZONE: Terms(
        _APPROVAL, "import records into the zone {name}", "imports the zone {name}", "Import records", _ZONES
    ),
    Act.DELETE_ZONE: Terms(
        _APPROVAL, "delete the DNS zone {name}", "deletes the DNS zone {name}", "Delete zone", _ZONES
    ),
    Act.MAKE_ZONE: Terms(
        _APPROVAL, "bring the DNS zone {name} back", "restores the DNS zone {name}", "Bring zone back", _ZONES
    ),
}

LONGEST_NAME = 22
"""Of an object in a text."""
_NOT_IN_NAMES = frozenset("@#'`\\^~|[]{}")
"""The last eight count twice in GSM-7, and the one before them it has not at all."""
LONGEST_NAMES = 23
"""Of an admin and a site in one text, together: then it is no longer than the longest of the others."""


def need(asked: Mapping[str, Any]) -> Need:
    return TERMS[Act(asked["act"])].need


def what(asked: Mapping[str, Any]) -> str:
    """Half a sentence for pages: "remove your backup phone", "delete server 'web-1'"."""
    return _said(TERMS[Act(asked["act"])].what, asked, f"'{asked.get('name')}'")


def does(asked: Mapping[str, Any]) -> str:
    """Half a sentence for the text of a code: "deletes server 'web-1'"; empty where the text uses `what`."""
    sentence, name, values = TERMS[Act(asked["act"])].does, str(asked.get("name")), asked.get("values", {})
    if "admin" not in values:
        return _said(sentence, asked, quoted(name))
    site, admin = _both_quoted(name, str(values["admin"]))
    return _said(sentence, asked, site, admin=admin)


def quoted(name: str, longest: int = LONGEST_NAME) -> str:
    """A name in a text: ASCII without `@` and `#`, which browsers read as the end of it; cut in the middle."""
    plain = "".join(c if " " <= c <= "~" and c not in _NOT_IN_NAMES else "?" for c in name)
    if len(plain) > longest:
        half = longest // 2 - 1
        plain = f"{plain[:half]}..{plain[-half:]}"
    return f"'{plain}'"


def _both_quoted(name: str, other: str) -> tuple[str, str]:
    """Each may take half of what both may, and what the other leaves of its own."""
    half = LONGEST_NAMES // 2
    longest = max(LONGEST_NAMES - half, LONGEST_NAMES - len(other))
    return quoted(name, longest), quoted(other, max(half, LONGEST_NAMES - len(name)))


def _said(sentence: str, asked: Mapping[str, Any], name: str, **others: str) -> str:
    words = {"slot": asked.get("slot"), "page": asked.get("page")} | values_in_words(asked.get("values", {}))
    return sentence.format_map(words | {"name": name} | others)


def values_in_words(values: Mapping[str, Any]) -> dict[str, str]:
    """Those that are words, such as the new name servers; the records of a zone are not."""
    lists = {key: [value] if isinstance(value, str) else value for key, value in values.items()}
    return {
        key: ", ".join(value)
        for key, value in lists.items()
        if isinstance(value, list) and all(isinstance(one, str) for one in value)
    }


def digest(asked: Mapping[str, Any]) -> str:
    """Tells one act from another: the page that shows an act sends it back with the password."""
    return hashlib.sha256(json.dumps(dict(asked), sort_keys=True).encode()).hexdigest()


_LONGEST = {
    "slot": "primary",
    "page": "your billing pages",
    "name": "x" * LONGEST_NAME,
    "values": {"admin": "x" * (LONGEST_NAMES - LONGEST_NAME)},  # What that name leaves of both.
}
WHATS = [what({"act": act} | _LONGEST) for act in Act if not TERMS[act].does]
DOES = [does({"act": act} | _LONGEST) for act in Act if TERMS[act].does]
"""All of them at their longest, for the check that every text fits."""
