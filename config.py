"""Every setting of the portal, once: its name, default and meaning.

A setting comes from the environment (`NAME`, or for a secret also the file that `NAME_FILE` names);
`instance/config.py` may override it. `portal/settings/` reads and checks them all together at start. A provider's
own settings stand beside its code in `portal/sms_backends/`, the reasons of the limits in `portal/limits.py`.
"""

from portal.addresses import address
from portal.kinds import Kind
from portal.limits import LIMITS, parse_for
from portal.parsing import (
    account_types,
    flag,
    long_secret,
    names,
    networks,
    one_of,
    regions,
    seconds,
    sender,
    whole_number,
)
from portal.sms_backends.base import Setting

SETTINGS = (
    Setting("HOST", "address to listen on", "127.0.0.1"),
    Setting("PORT", "port to listen on", "8000", whole_number(1, 65535)),
    Setting("SECRET_KEY", "signs cookies and makes codes; made once in instance/ when PUBLIC_URL is http", secret=True),
    Setting("PUBLIC_URL", "what customers type, e.g. https://portal.example.com; http://HOST:PORT when not set"),
    Setting("DATABASE_URL", "SQLite in instance/ when not set; or postgresql+psycopg://user@host/name", secret=True),
    Setting("PORTAL_NAME", "the shop's name on pages and in texts", "Client Portal"),
    Setting("SUPPORT_EMAIL", "shown at /help"),
    Setting("SUPPORT_URL", "shown at /help"),
    Setting("SUPPORT_PHONE", "shown at /help"),
    Setting(
        "TRUSTED_PROXIES",
        "how many proxies in front to believe for a client's address; 0 when not set",
        parse=whole_number(0, 10),
    ),
    Setting(
        "REGISTRATION_OPEN", "whether strangers may sign up; true on http, false on https when not set", parse=flag
    ),
    Setting(
        "REQUIRE_TWO_FACTOR",
        "account types that must add a phone: all, or reseller,business,personal",
        "",
        account_types,
    ),
    Setting(
        "SMS_BACKENDS", "providers in order of preference, e.g. vonage,sns; or package.module:Class", "console", names
    ),
    Setting("SMS_SENDER", "a number, or 1 to 11 letters and digits, that texts come from", parse=sender),
    Setting("SMS_DEFAULT_REGION", "country of numbers typed without +", "US", regions(one=True)),
    Setting("SMS_ALLOWED_REGIONS", "countries that may get texts, e.g. US,CA; * for all", parse=regions()),
    Setting("SMS_TIMEOUT_SECONDS", "how long one call to a provider may take", "5", whole_number(1, 30)),
    Setting("CODE_TTL_SECONDS", "how long a code works", "300", seconds(1, 600)),
    Setting("CODE_MAX_ATTEMPTS", "tries a code allows, the right one included", "5", whole_number(1, 10)),
    Setting(
        "CODE_RESEND_SECONDS",
        "wait before the second text to a number; twice that before each one after",
        "30",
        seconds(1, 600),
    ),
    *(
        Setting(
            f"DRIVER_{kind.name}",
            f"what carries out orders for {kind}: local (the shop's people), webhook,"
            f"{' powerdns,' if kind is Kind.DNS else ''} or package.module:Class",
            "local",
        )
        for kind in Kind
    ),
    Setting("DRIVER_TIMEOUT_SECONDS", "how long one attempt of a driver may take", "20", whole_number(1, 120)),
    Setting("SERVER_IMAGES", "what servers can be reinstalled with", "Debian 13,Ubuntu 24.04 LTS,AlmaLinux 10", names),
    Setting("TICKETS_WEBHOOK_URL", "the shop's help desk: where messages of tickets are posted to", parse=address),
    Setting(
        "TICKETS_WEBHOOK_SECRET",
        "signs what goes to the help desk, and its answers at /hooks/tickets; 32 characters or more",
        parse=long_secret,
        secret=True,
    ),
    Setting("LOG_FORMAT", "text, or json for one JSON object a line", "text", one_of("text", "json")),
    Setting("METRICS_ALLOWED", "addresses and networks that may read /metrics", "127.0.0.1,::1", networks),
    *(Setting(f"LIMIT_{limit.name}", limit.reason, limit.default, parse_for(limit.name)) for limit in LIMITS),
)
