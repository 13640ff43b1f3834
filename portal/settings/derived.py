"""Defaults that hang on other settings, and what Flask and its extensions read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from portal import numbers, otp, sealing, texts
from portal.limits import LIMITS, Rates
from portal.settings.hosts import LOOPBACK, host_of, listens_here, to_ascii
from portal.settings.problems import Problems
from portal.settings.secret_key import made_once


def derive(values: dict[str, Any], instance: Path, problems: Problems) -> None:
    """Add them to `values`."""
    host = f"[{values['HOST']}]" if ":" in values["HOST"] else values["HOST"]
    values["PUBLIC_URL"] = (values["PUBLIC_URL"] or f"http://{host}:{values['PORT']}").rstrip("/")
    https = values["PUBLIC_URL"].lower().startswith("https://")
    values["PUBLIC_HOST"] = host_of(values["PUBLIC_URL"])
    here = LOOPBACK if not https and listens_here(values["HOST"]) else set()
    values["TRUSTED"] = {to_ascii(values["PUBLIC_HOST"])} | here
    values["IS_HTTPS"] = https
    values["IS_DEMO"] = not https and values["PUBLIC_HOST"] in LOOPBACK
    if values["REGISTRATION_OPEN"] is None:
        values["REGISTRATION_OPEN"] = not https
    if values["SMS_ALLOWED_REGIONS"] is None and values["SMS_BACKENDS"] == ("console",):
        values["SMS_ALLOWED_REGIONS"] = numbers.ANYWHERE
    if values["SECRET_KEY"] is None and not https and not problems:
        values["SECRET_KEY"] = made_once(instance / "secret_key", problems)
    values["DATABASE_URL"] = values["DATABASE_URL"] or f"sqlite:///{instance / 'portal.sqlite3'}"
    values |= {
        "SQLALCHEMY_DATABASE_URI": values["DATABASE_URL"],
        # An error of the database lands in a log: with its statement, without the numbers and hashes in it.
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True},
        "CODE_KEY": otp.make_key(values["SECRET_KEY"] or ""),
        "SEAL_KEY": sealing.make_key(values["SECRET_KEY"] or ""),
        "RATES": _rates(values),
        "SMS_FROM": texts.Sender(values["PORTAL_NAME"], to_ascii(values["PUBLIC_HOST"])),
        "MAX_CONTENT_LENGTH": 64 * 1024,
        "PREFERRED_URL_SCHEME": "https" if https else "http",
        "SESSION_COOKIE_NAME": "__Host-portal" if https else "portal",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # A token lives as long as its session: an hour-old login page still works.
        "WTF_CSRF_TIME_LIMIT": None,
    }


def _rates(values: Mapping[str, Any]) -> Rates:
    return {limit.name: values[f"LIMIT_{limit.name}"] for limit in LIMITS}
