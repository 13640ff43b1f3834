"""What can be wrong between settings that are right by themselves."""

from collections.abc import Iterable
from typing import Any

from portal import texts
from portal.acts import DOES, WHATS
from portal.settings.hosts import is_database, is_origin
from portal.settings.problems import Problems
from portal.sms_backends.base import SmsBackend

MIN_SECRET_KEY = 32
"""Characters."""


def check(values: dict[str, Any], classes: Iterable[type[SmsBackend]], problems: Problems) -> None:
    """One sentence a setting; the later ones of these would only follow from it."""
    https, key, name = values["IS_HTTPS"], values["SECRET_KEY"], values["PORTAL_NAME"]
    carries = texts.is_gsm7(name) and name.isprintable()
    too_long = texts.longest(values["SMS_FROM"], WHATS, DOES) - texts.SEGMENT
    rules = (
        (
            "PUBLIC_URL",
            not is_origin(values["PUBLIC_URL"]),
            "PUBLIC_URL must be http:// or https:// and a host, such as https://portal.example.com, without a path.",
        ),
        (
            "SECRET_KEY",
            https and key is None,
            "SECRET_KEY must be set when PUBLIC_URL is https. Make one: openssl rand -hex 32.",
        ),
        (
            "SECRET_KEY",
            key is not None and len(key) < MIN_SECRET_KEY,
            f"SECRET_KEY must have {MIN_SECRET_KEY} characters or more. Make one: openssl rand -hex 32.",
        ),
        (
            "TRUSTED_PROXIES",
            https and values["TRUSTED_PROXIES"] is None,
            "TRUSTED_PROXIES must be set when PUBLIC_URL is https: 1 behind one proxy such as Caddy or nginx.",
        ),
        (
            "SMS_BACKENDS",
            https and any(backend.name == "console" for backend in classes),
            "SMS_BACKENDS must not name console when PUBLIC_URL is https: it shows the codes. Use vonage or sns.",
        ),
        (
            "SMS_ALLOWED_REGIONS",
            not values["SMS_ALLOWED_REGIONS"],
            "SMS_ALLOWED_REGIONS must name the countries that may get texts, such as US,CA, or * for all.",
        ),
        (
            "PORTAL_NAME",
            not carries,
            "PORTAL_NAME has a character that a text can't carry. Use plain letters without accents.",
        ),
        (
            "PORTAL_NAME PUBLIC_URL",
            carries and too_long > 0,
            f"PORTAL_NAME and the host of PUBLIC_URL make texts {too_long} characters too long. Shorten the name.",
        ),
        (
            "TICKETS_WEBHOOK_SECRET",
            values["TICKETS_WEBHOOK_URL"] is not None and values["TICKETS_WEBHOOK_SECRET"] is None,
            "TICKETS_WEBHOOK_SECRET must be set when TICKETS_WEBHOOK_URL is. Make one: openssl rand -hex 32.",
        ),
        (
            "DATABASE_URL",
            not is_database(values["DATABASE_URL"]),
            "DATABASE_URL must look like sqlite:////path/to/file or postgresql+psycopg://user@host:5432/name.",
        ),
    )
    for names, is_wrong, sentence in rules:
        if is_wrong and problems.settings.isdisjoint(names.split()):
            problems.add(names.split()[0], sentence)
