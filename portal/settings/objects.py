"""The SMS backends, drivers and help desk that the settings name."""

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

from portal import drivers, sms_backends
from portal.drivers.base import Driver, DriverConfigError
from portal.kinds import Kind
from portal.settings.problems import Problems
from portal.sms_backends.base import SmsBackend, SmsConfigError


def find_backends(names: Iterable[str], problems: Problems) -> list[type[SmsBackend]]:
    found = []
    for name in names:
        try:
            found.append(sms_backends.find(name))
        except SmsConfigError as error:
            problems.add("SMS_BACKENDS", str(error))
    return found


def find_drivers(values: Mapping[str, Any], problems: Problems) -> dict[Kind, type[Driver]]:
    found = {}
    for kind in Kind:
        try:
            found[kind] = drivers.find(kind, values[f"DRIVER_{kind.name}"])
        except DriverConfigError as error:
            problems.add(f"DRIVER_{kind.name}", str(error))
    return found


def make_drivers(
    classes: Mapping[Kind, type[Driver]], values: dict[str, Any], problems: Problems
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


def make_help_desk(values: Mapping[str, Any]) -> Any:
    """None where the shop has none: then nothing of it is imported."""
    url, secret = values["TICKETS_WEBHOOK_URL"], values["TICKETS_WEBHOOK_SECRET"]
    return import_module("portal.tickets.desk").HelpDesk(url, secret) if url else None


def make_backends(
    classes: Iterable[type[SmsBackend]], values: dict[str, Any], problems: Problems
) -> tuple[SmsBackend, ...]:
    made: list[SmsBackend] = []
    for backend in classes:
        try:
            made += sms_backends.load([backend], values)
        except SmsConfigError as error:
            problems.add("SMS_BACKENDS", str(error))
        except Exception as error:  # noqa: BLE001 - whatever a provider's SDK raises, the shop gets a sentence
            problems.add("SMS_BACKENDS", f"SMS_BACKENDS: {backend.name} can't start: {type(error).__name__}: {error}.")
    return tuple(made)
