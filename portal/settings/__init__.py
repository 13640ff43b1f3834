"""Reads all settings, checks them together, and says everything that is wrong at once.

What settings there are stands in `config.py`, and beside the code of each backend and driver.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import config
from portal.settings import objects
from portal.settings.derived import derive
from portal.settings.problems import Problems, SettingsError
from portal.settings.reading import read, shop_file
from portal.settings.rules import check

__all__ = ["SettingsError", "load"]


def load(instance: Path, environ: Mapping[str, str]) -> dict[str, Any]:
    """All settings by name, derived ones included, ready for `app.config`. Raises SettingsError."""
    problems = Problems()
    source = {**environ, **shop_file(instance / "config.py", problems)}
    values = read(config.SETTINGS, source, problems)
    classes = objects.find_backends(values.get("SMS_BACKENDS") or (), problems)
    for backend in classes:
        values |= read(backend.settings, source, problems)
    driver_classes = objects.find_drivers(values, problems)
    for driver in dict.fromkeys(driver_classes.values()):
        values |= read(driver.settings, source, problems)
    derive(values, instance, problems)
    check(values, classes, problems)
    values["SMS_BACKEND_OBJECTS"] = objects.make_backends(classes, values, problems) if not problems else ()
    values["HELP_DESK"] = objects.make_help_desk(values) if not problems else None
    values["DRIVERS"] = objects.make_drivers(driver_classes, values, problems) if not problems else {}
    if problems:
        raise SettingsError(problems.sentences)
    return values
