"""The registry: which provider a name in SMS_BACKENDS stands for."""

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

from portal.sms_backends.base import SmsBackend, SmsConfigError

BUILT_IN = {
    "console": "portal.sms_backends.console:ConsoleBackend",
    "vonage": "portal.sms_backends.vonage:VonageBackend",
    "sns": "portal.sms_backends.sns:SnsBackend",
}


def find(name: str) -> type[SmsBackend]:
    """The class behind a built-in name or a `package.module:Class` path; its module is imported only now.

    Raises SmsConfigError when there is none.
    """
    module_name, _, class_name = BUILT_IN.get(name, name).partition(":")
    if not (module_name and class_name):
        known = ", ".join(BUILT_IN)
        raise SmsConfigError(
            f"SMS_BACKENDS names {name!r}, which is neither one of {known} nor a package.module:Class path."
        )
    try:
        backend = getattr(import_module(module_name), class_name)
    except Exception as error:
        # Whatever a module does when it is imported, the shop gets a sentence.
        raise SmsConfigError(f"SMS_BACKENDS names {name!r}, which can't be imported: {error}.") from error
    if not (isinstance(backend, type) and issubclass(backend, SmsBackend)):
        raise SmsConfigError(f"SMS_BACKENDS names {name!r}, which is not an SmsBackend class.")
    return backend


def load(classes: Iterable[type[SmsBackend]], config: Mapping[str, Any]) -> tuple[SmsBackend, ...]:
    """One object of each class, in order of preference. Raises SmsConfigError."""
    return tuple(backend(config) for backend in classes)
