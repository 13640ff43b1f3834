"""Backups: everything the portal knows, in one file. The secret key is not in it (docs/self-hosting.md says why).

The file is the engine's own: an SQLite database, or the custom format of `pg_dump`.
"""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from sqlalchemy import delete, func, inspect, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal import audit, schema
from portal.audit import Actor
from portal.database import begin_read, begin_write
from portal.extensions import db
from portal.models import Account, BrowserSession, Order, TextMessage

_STARTS = {"sqlite": b"SQLite format 3\0", "postgresql": b"PGDMP"}
"""The first bytes of a file, by engine."""
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_REVISIONS = "alembic_version"
_MARKS = frozenset({_REVISIONS, "accounts", "phones", "challenges"})
"""Tables that tell a portal from another program's database."""
_DROP_ALL = (
    "DO $$ DECLARE name text; BEGIN FOR name IN SELECT quote_ident(tablename) FROM pg_tables"
    " WHERE schemaname = current_schema() LOOP EXECUTE 'DROP TABLE ' || name || ' CASCADE'; END LOOP; END $$;"
)
"""Every table, also those of a later version: its next upgrade makes them again."""
_LOCK_SECONDS = 30
"""How long a restore waits for whoever uses a table."""
NUMBERS_APART = 100_000
"""What the numbers of orders skip after a restore: more than were given since the backup was made."""


class BackupError(Exception):
    """Why there is no backup, or nothing was restored: a sentence."""


def backup(path: Path, *, force: bool = False) -> None:
    """Write a consistent copy of the database, also while the portal runs. Raises BackupError.

    The file appears whole or not at all, is its owner's alone (0600), and replaces another only with `force`.
    """
    if path.exists() and not force:
        raise BackupError(f"{path} exists already. Choose another name, or replace it with --force.")
    with _sentences(path):
        if not inspect(db.engine).has_table(_REVISIONS):
            raise BackupError("The database is empty: there is nothing to back up.")
        with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
            draft = Path(folder, "backup")
            draft.touch(mode=0o600)
            dump = _dump_sqlite if _engine() == "sqlite" else _dump_postgresql
            dump(draft)
            _read_revision(draft)
            _publish(draft, path, force=force)


def restore(path: Path, now: datetime, actor: Actor, *, force: bool = False) -> int:
    """Put a backup in the place of all that is in the database, and bring it up to date. Returns how many accounts.

    Everyone is signed out, texts that wait are dropped, and open orders wait for people: what the backup still holds as
    open may have been ended, sent or carried out since. With accounts in the database it refuses, but for `force`.
    Raises BackupError.
    """
    with _sentences(path):
        revision = _read_revision(path)
        if revision not in schema.known_revisions():
            raise BackupError(f"{path} was made by another version of the portal (migration {revision}): install that.")
        if not force and _has_accounts():
            raise BackupError("The database has accounts. Back it up, then replace everything in it with --force.")
        load = _load_sqlite if _engine() == "sqlite" else _load_postgresql
        load(path)
        db.engine.dispose()  # what its connections knew of the tables is no longer so
        schema.upgrade()
    return _settle(now, actor)


@contextmanager
def _sentences(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BackupError(f"{path}: {error.strerror}.") from error
    except sqlite3.Error as error:
        raise BackupError(f"{path}: {error}.") from error
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        raise BackupError(f"DATABASE_URL can't be reached: {reason}") from error


def _engine() -> str:
    return db.engine.dialect.name


def _publish(draft: Path, path: Path, *, force: bool) -> None:
    if not force:
        try:
            os.link(draft, path)
        except FileExistsError:
            raise BackupError(f"{path} was made by someone else meanwhile.") from None
        except OSError:  # a file system without links
            pass
        else:
            return
    draft.replace(path)


def _read_revision(path: Path) -> str:
    """The migration that a backup was made at. Raises BackupError when it is none, or of the other engine."""
    with path.open("rb") as file:
        start = file.read(16)
    engine = next((name for name, first in _STARTS.items() if start.startswith(first)), None)
    if engine not in {None, _engine()}:
        raise BackupError(f"{path} is a backup of {_NAMES[str(engine)]}; DATABASE_URL names {_NAMES[_engine()]}.")
    tables, revision = set[str](), None
    if engine is not None:
        tables, revision = _look_sqlite(path) if engine == "sqlite" else _look_postgresql(path)
    if revision is None or not tables >= _MARKS:
        raise BackupError(f"{path} is not a backup of the portal.")
    return revision


def _has_accounts() -> bool:
    if not inspect(db.engine).has_table(Account.__tablename__):
        return False
    with begin_read() as session:
        return session.scalar(select(Account.id).limit(1)) is not None


def _settle(now: datetime, actor: Actor) -> int:
    with begin_write() as session:
        session.execute(delete(BrowserSession))
        dropped = {"settled_at": now, "outcome": "dropped", "reason": "the database was restored from a backup"}
        session.execute(update(TextMessage).where(TextMessage.settled_at.is_(None)).values(dropped))
        _leave_to_people(session)
        audit.record(session, now, actor, "database restored", None)
        return session.scalar(select(func.count()).select_from(Account)) or 0


def _leave_to_people(session: Session) -> None:
    """Open orders. A driver that has seen the numbers of later ones, now gone, must not take new ones for those."""
    why = "the database was restored from a backup"
    waits = {"due_at": None, "lease": None, "lease_until": None, "possible": True, "trouble": why}
    session.execute(update(Order).where(Order.settled_at.is_(None)).values(waits))
    most = (session.scalar(select(func.max(Order.id))) or 0) + NUMBERS_APART
    if _engine() == "postgresql":
        session.execute(text("SELECT setval(pg_get_serial_sequence('orders', 'id'), :most)"), {"most": most})
    else:
        session.execute(text("DELETE FROM sqlite_sequence WHERE name = 'orders'"))
        session.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES ('orders', :most)"), {"most": most})


@contextmanager
def _own_sqlite() -> Iterator[sqlite3.Connection]:
    with closing(db.engine.raw_connection()) as pooled:
        yield pooled.driver_connection  # type: ignore[misc]  # SQLAlchemy doesn't know whose it is


def _dump_sqlite(draft: Path) -> None:
    # One step copies all of it: in WAL mode that holds up no writer, and no writer makes it begin again.
    with closing(sqlite3.connect(draft)) as target, _own_sqlite() as source:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # so that the file is complete alone, and can be read anywhere


def _look_sqlite(path: Path) -> tuple[set[str], str | None]:
    with closing(_open_sqlite(path)) as file:
        (health,) = file.execute("PRAGMA quick_check(1)").fetchone()
        if health != "ok":
            raise BackupError(f"{path} is damaged: {health}.")
        tables = {name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        revisions = file.execute(f"SELECT version_num FROM {_REVISIONS}").fetchall() if _REVISIONS in tables else []  # nosec B608  # noqa: S608 - a name of our own
    return tables, revisions[0][0] if len(revisions) == 1 else None


def _load_sqlite(path: Path) -> None:
    # One transaction of the database's own: whoever has it open sees all of it, or nothing yet.
    with closing(_open_sqlite(path)) as source, _own_sqlite() as target:
        source.backup(target)


def _open_sqlite(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _dump_postgresql(draft: Path) -> None:
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={draft}", *_database())


def _look_postgresql(path: Path) -> tuple[set[str], str | None]:
    contents = _run("pg_restore", "--list", str(path))
    tables = set(re.findall(r"^\d+; \d+ \d+ TABLE (?!DATA )\S+ (\S+) ", contents, re.MULTILINE))
    rows = _run("pg_restore", "--file=-", "--data-only", f"--table={_REVISIONS}", str(path))
    found = re.search(rf"^COPY \S*{_REVISIONS} .*\n(\S+)\n\\\.$", rows, re.MULTILINE)
    return tables, found[1] if found else None


def _load_postgresql(path: Path) -> None:
    """All in one transaction, which is committed only when the whole file has been read and taken."""
    begin = f"BEGIN; SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'; {_DROP_ALL}\n"
    read = [_find("pg_restore"), "--file=-", "--no-owner", "--no-privileges", str(path)]
    write = [_find("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", *_database()]
    with TemporaryFile() as said:
        reader = subprocess.Popen(read, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said)  # noqa: S603 - no shell
        writer = subprocess.Popen(  # noqa: S603 - no shell
            write, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said
        )
        # The pipe breaks when psql gives up; it has said why.
        with suppress(BrokenPipeError), writer, reader:
            _pour(begin, reader, writer)
        if reader.returncode or writer.returncode:
            said.seek(0)
            raise BackupError(f"Nothing was restored: {_in_one_line(said.read().decode(errors='replace'))}")


def _pour(begin: str, reader: subprocess.Popen[bytes], writer: subprocess.Popen[bytes]) -> None:
    if reader.stdout is None or writer.stdin is None:
        raise TypeError
    writer.stdin.write(begin.encode())
    shutil.copyfileobj(reader.stdout, writer.stdin)
    if reader.wait() == 0:
        writer.stdin.write(b"COMMIT;\n")


def _database() -> list[str]:
    """Arguments of PostgreSQL's tools: where the database is. Without the password, which others could read there."""
    _, parts = db.engine.dialect.create_connect_args(db.engine.url)
    quoted = {name: re.sub(r"(['\\])", r"\\\1", str(value)) for name, value in parts.items()}
    words = (f"{name}='{value}'" for name, value in quoted.items() if name not in {"password", "context"})
    return ["--no-password", f"--dbname={' '.join(words)}"]


def _environment() -> dict[str, str]:
    _, parts = db.engine.dialect.create_connect_args(db.engine.url)
    return os.environ | ({"PGPASSWORD": str(parts["password"])} if "password" in parts else {})


def _find(tool: str) -> str:
    found = shutil.which(tool)
    if found is None:
        raise BackupError(f"{tool} is missing. Please run: sudo apt-get install -y postgresql-client")
    return found


def _run(tool: str, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - no shell
        [_find(tool), *arguments],
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(_in_one_line(done.stderr) or f"{tool} failed.")
    return done.stdout


def _in_one_line(text: str) -> str:
    return " ".join(text.split())
