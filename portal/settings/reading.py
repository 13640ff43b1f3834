"""Where settings come from: the environment, files that it names, and the shop's own instance/config.py."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from portal.settings.problems import Problems
from portal.sms_backends.base import Setting


def read(settings: Iterable[Setting], source: Mapping[str, str], problems: Problems) -> dict[str, Any]:
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


def _from_file(setting: Setting, source: Mapping[str, str], problems: Problems) -> str | None:
    path = source.get(f"{setting.name}_FILE", "").strip()
    if not (setting.secret and path):
        return None
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError):
        problems.add(setting.name, f"{setting.name}_FILE names a file that can't be read.")
        return None


def shop_file(path: Path, problems: Problems) -> dict[str, str]:
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
