"""The key of a portal that was given none: made once, and kept in the instance folder."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from portal.settings.problems import Problems


def made_once(path: Path, problems: Problems) -> str | None:
    """The key in the file, made there if it is missing; of two processes that make it at once, one wins."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        return path.read_text().strip()
    except OSError as error:
        problems.add(
            "SECRET_KEY",
            f"SECRET_KEY can't be kept in {path}: {error.strerror}. Set it, or make the folder writable.",
        )
        return None


def _make(path: Path) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    try:
        draft.write_text(secrets.token_hex(32))
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
