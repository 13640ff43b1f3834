"""Reads all settings, checks them together, and says everything that is wrong at once."""

import os
import re
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

import config
from portal import drivers, numbers, otp, sealing, sms_backends, texts
from portal.acts import DOES, WHATS
from portal.drivers.base import Driver, DriverConfigError
from portal.kinds import Kind
from portal.limits import LIMITS, Rates
from portal.sms_backends.base import Setting, SmsBackend, SmsConfigError

MIN_SECRET_KEY = 32
"""Characters."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


class SettingsError(Exception):
    """Everything that is wrong with the settings, a sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class _Problems:
    """Collects what is wrong, and of which settings."""

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self.settings: set[str] = set()

    def add(self, setting: str, sentence: str) -> None:
        """`setting` is the one that the sentence asks to change."""
        self.sentences.append(sentence)
        self.settings.add(setting)

    def __bool__(self) -> bool:
        return bool(self.sentences)


def load(instance: Path, environ: Mapping[str, str]) -> dict[str, Any]:
    """All settings by name, derived ones included, ready for `app.config`. Raises SettingsError."""
    problems = _Problems()
    source = {**environ, **_shop_file(instance / "config.py", problems)}
    values = _read(config.SETTINGS, source, problems)
    classes = _backends(values.get("SMS_BACKENDS") or (), problems)
    for backend in classes:
        values |= _read(backend.settings, source, problems)
    driver_classes = _drivers(values, problems)
    for driver in dict.fromkeys(driver_classes.values()):
        values |= _read(driver.settings, source, problems)
    _derive(values, instance, problems)
    _check(values, classes, problems)
    values["SMS_BACKEND_OBJECTS"] = _make(classes, values, problems) if not problems else ()
    values["HELP_DESK"] = _make_help_desk(values) if not problems else None
    values["DRIVERS"] = _make_drivers(driver_classes, values, problems) if not problems else {}
    if problems:
        raise SettingsError(problems.sentences)
    return values


def _shop_file(path: Path, problems: _Problems) -> dict[str, str]:
    """The names in capitals of the shop's own instance/config.py, as text, like those of the environment."""
    if not path.exists():
        return {}
    names: dict[str, Any] = {}
    try:
        exec(compile(path.read_text(), str(path), "exec"), names)  # noqa: S102 - the owner's own file, as Flask reads it
    except Exception as error:  # noqa: BLE001 - whatever the owner wrote, say it in a sentence
        problems.add("instance/config.py", f"instance/config.py can't be read: {type(error).__name__}: {error}.")
    return {name: _as_text(value) for name, value in names.items() if name.isupper()}


def _as_text(value: object) -> str:
    if isinstance(value, (list, tuple, set, frozenset)):
        return ",".join(str(item) for item in value)
    return "" if value is None else str(value)


def _read(settings: Iterable[Setting], source: Mapping[str, str], problems: _Problems) -> dict[str, Any]:
    """Their values. A wrong one gives its default, so that the others can be checked all the same."""
    values: dict[str, Any] = {}
    for setting in settings:
        text = source.get(setting.name, "").strip() or _from_file(setting, source, problems) or setting.default
        values[setting.name] = None
        if text is None:
            if setting.required:
                problems.add(setting.name, f"{setting.name} must be set: {setting.help}.")
            continue
        try:
            values[setting.name] = setting.parse(text)
        except ValueError as error:
            problems.add(setting.name, f"{setting.name} {error}.")
            if setting.default is not None:
                values[setting.name] = setting.parse(setting.default)
    return values


def _from_file(setting: Setting, source: Mapping[str, str], problems: _Problems) -> str | None:
    path = source.get(f"{setting.name}_FILE", "").strip()
    if not (setting.secret and path):
        return None
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError):
        problems.add(setting.name, f"{setting.name}_FILE names a file that can't be read.")
        return None


def _backends(names: Iterable[str], problems: _Problems) -> list[type[SmsBackend]]:
    found = []
    for name in names:
        try:
            found.append(sms_backends.find(name))
        except SmsConfigError as error:
            problems.add("SMS_BACKENDS", str(error))
    return found


def _drivers(values: Mapping[str, Any], problems: _Problems) -> dict[Kind, type[Driver]]:
    found = {}
    for kind in Kind:
        try:
            found[kind] = drivers.find(kind, values[f"DRIVER_{kind.name}"])
        except DriverConfigError as error:
            problems.add(f"DRIVER_{kind.name}", str(error))
    return found


def _make_drivers(
    classes: Mapping[Kind, type[Driver]], values: dict[str, Any], problems: _Problems
) -> dict[Kind, Driver]:
    """One object of each class, whatever it is used for."""
    made: dict[type[Driver], Driver] = {}
    for driver in dict.fromkeys(classes.values()):
        setting = next(f"DRIVER_{kind.name}" for kind, its in classes.items() if its is driver)
        try:
            made[driver] = driver(values)
        except DriverConfigError as error:
            problems.add(setting, str(error))
        except Exception as error:  # noqa: BLE001 - whatever a driver's library raises, the shop gets a sentence
            problems.add(setting, f"{setting}: {driver.name} can't start: {type(error).__name__}: {error}.")
    return {kind: made[driver] for kind, driver in classes.items() if driver in made}


def _make_help_desk(values: Mapping[str, Any]) -> Any:
    """None where the shop has none: then nothing of it is imported."""
    url, secret = values["TICKETS_WEBHOOK_URL"], values["TICKETS_WEBHOOK_SECRET"]
    return import_module("portal.tickets.desk").HelpDesk(url, secret) if url else None


def _make(classes: Iterable[type[SmsBackend]], values: dict[str, Any], problems: _Problems) -> tuple[SmsBackend, ...]:
    made: list[SmsBackend] = []
    for backend in classes:
        try:
            made += sms_backends.load([backend], values)
        except SmsConfigError as error:
            problems.add("SMS_BACKENDS", str(error))
        except Exception as error:  # noqa: BLE001 - whatever a provider's SDK raises, the shop gets a sentence
            problems.add("SMS_BACKENDS", f"SMS_BACKENDS: {backend.name} can't start: {type(error).__name__}: {error}.")
    return tuple(made)


def _derive(values: dict[str, Any], instance: Path, problems: _Problems) -> None:
    """Defaults that hang on other settings, and what Flask and its extensions read."""
    host = f"[{values['HOST']}]" if ":" in values["HOST"] else values["HOST"]
    values["PUBLIC_URL"] = (values["PUBLIC_URL"] or f"http://{host}:{values['PORT']}").rstrip("/")
    https = values["PUBLIC_URL"].lower().startswith("https://")
    values["PUBLIC_HOST"] = _host(values["PUBLIC_URL"])
    here = LOOPBACK if not https and _listens_here(values["HOST"]) else set()
    values["TRUSTED"] = {_ascii(values["PUBLIC_HOST"])} | here
    values["IS_HTTPS"] = https
    values["IS_DEMO"] = not https and values["PUBLIC_HOST"] in LOOPBACK
    if values["REGISTRATION_OPEN"] is None:
        values["REGISTRATION_OPEN"] = not https
    if values["SMS_ALLOWED_REGIONS"] is None and values["SMS_BACKENDS"] == ("console",):
        values["SMS_ALLOWED_REGIONS"] = numbers.ANYWHERE
    if values["SECRET_KEY"] is None and not https and not problems:
        values["SECRET_KEY"] = _made_once(instance / "secret_key", problems)
    values["DATABASE_URL"] = values["DATABASE_URL"] or f"sqlite:///{instance / 'portal.sqlite3'}"
    values |= {
        "SQLALCHEMY_DATABASE_URI": values["DATABASE_URL"],
        # An error of the database lands in a log: with its statement, without the numbers and hashes in it.
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True},
        "CODE_KEY": otp.make_key(values["SECRET_KEY"] or ""),
        "SEAL_KEY": sealing.make_key(values["SECRET_KEY"] or ""),
        "RATES": _rates(values),
        "SMS_FROM": texts.Sender(values["PORTAL_NAME"], _ascii(values["PUBLIC_HOST"])),
        "MAX_CONTENT_LENGTH": 64 * 1024,
        "PREFERRED_URL_SCHEME": "https" if https else "http",
        "SESSION_COOKIE_NAME": "__Host-portal" if https else "portal",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # A token lives as long as its session: an hour-old login page still works.
        "WTF_CSRF_TIME_LIMIT": None,
    }


def _check(values: dict[str, Any], classes: Iterable[type[SmsBackend]], problems: _Problems) -> None:
    """What is wrong between settings that are right by themselves."""
    https, key, name = values["IS_HTTPS"], values["SECRET_KEY"], values["PORTAL_NAME"]
    carries = texts.is_gsm7(name) and name.isprintable()
    too_long = texts.longest(values["SMS_FROM"], WHATS, DOES) - texts.SEGMENT
    rules = (
        (
            "PUBLIC_URL",
            not _is_origin(values["PUBLIC_URL"]),
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
            not _is_database(values["DATABASE_URL"]),
            "DATABASE_URL must look like sqlite:////path/to/file or postgresql+psycopg://user@host:5432/name.",
        ),
    )
    for (
        names,
        is_wrong,
        sentence,
    ) in rules:  # One sentence a setting; the later ones of these would only follow from it.
        if is_wrong and problems.settings.isdisjoint(names.split()):
            problems.add(names.split()[0], sentence)


def _is_origin(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = _host(url).encode("idna").decode()
        parts.port  # noqa: B018 - raises ValueError for what is no port
    except ValueError:
        return False
    is_host = re.fullmatch(r"\[[0-9a-f:.]+\]|[a-z0-9.-]+", host)
    rest = parts.path or parts.query or parts.fragment or "@" in parts.netloc
    return parts.scheme in {"http", "https"} and bool(is_host) and not rest


def _is_database(url: str) -> bool:
    try:
        make_url(url)
    except (ArgumentError, ValueError):
        return False
    return url.startswith(("sqlite:///", "postgresql+psycopg://"))


def _rates(values: Mapping[str, Any]) -> Rates:
    return {limit.name: values[f"LIMIT_{limit.name}"] for limit in LIMITS}


def _host(url: str) -> str:
    """The host of a URL without its port, an IPv6 one with its brackets; empty where there is none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return f"[{host}]" if ":" in host else host


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


def _listens_here(host: str) -> bool:
    return host in {"localhost", "127.0.0.1", "::1", "0.0.0.0", "::"}  # noqa: S104 - compared, not bound


def _made_once(path: Path, problems: _Problems) -> str | None:
    """The key in the file, made there if it is missing; of two processes that make it at once, one wins."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make_key(path)
        return path.read_text().strip()
    except OSError as error:
        problems.add(
            "SECRET_KEY",
            f"SECRET_KEY can't be kept in {path}: {error.strerror}. Set it, or make the folder writable.",
        )
        return None


def _make_key(path: Path) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    try:
        draft.write_text(secrets.token_hex(32))
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
