"""A real PowerDNS Authoritative Server of the tests' own, on ports of its own, gone with the tests.

The fixture `pdns` is one for a whole run; a test takes a zone of its own: `zone = pdns.make_zone()`. Where it is wanted
elsewhere, its name goes into that folder's conftest.py.
"""

import json
import os
import secrets
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dns.flags
import dns.message
import dns.query
import dns.rcode
import pytest
import requests

from portal.dns.records import RecordSet
from tests.serving.processes import free_port

KEY = "pdns-key-of-the-tests"
SCHEMAS = (
    "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql",
    "/usr/share/doc/pdns-backend-sqlite3/schema.sqlite3.sql",
)
INSTALL = "apt-get install pdns-server pdns-backend-sqlite3"


class Pdns:
    """The server, and what the tests do at it by other ways than the portal's."""

    def __init__(self, folder: Path) -> None:
        self.key = KEY
        self.port = free_port()
        self.dns_port = free_port()
        """UDP and TCP, on 127.0.0.1."""
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        with closing(sqlite3.connect(folder / "zones.sqlite3")) as database:
            database.executescript(_schema().read_text())
        settings = {
            "launch": "gsqlite3",
            "gsqlite3-database": folder / "zones.sqlite3",
            "gsqlite3-pragma-synchronous": 0,
            "local-address": "127.0.0.1",
            "local-port": self.dns_port,
            "socket-dir": folder,
            "api": "yes",
            "api-key": KEY,
            "webserver-address": "127.0.0.1",
            "webserver-port": self.port,
            "webserver-allow-from": "127.0.0.1",
            "security-poll-suffix": "",
            # What was changed a moment ago is what is asked for.
            "zone-cache-refresh-interval": 0,
            "cache-ttl": 0,
            "query-cache-ttl": 0,
            "negquery-cache-ttl": 0,
        }
        (folder / "pdns.conf").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        """What a portal that uses this server is set to."""
        return {"POWERDNS_URL": self.url, "POWERDNS_API_KEY": self.key}

    def start(self) -> None:
        command = [_binary(), f"--config-dir={self._folder}", "--daemon=no", "--guardian=no"]
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder)
        while self._process.poll() is None:
            try:
                self.call("GET", "")
            except requests.ConnectionError:
                try:
                    self._process.wait(0.02)
                except subprocess.TimeoutExpired:
                    continue
            else:
                return
        pytest.fail(f"PowerDNS did not start: {(self._folder / 'log').read_text()[-2000:]}")

    def kill(self) -> None:
        """As a power cut does it. It may be started again, with the zones that it had."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def call(self, method: str, path: str, content: Any = None) -> Any:
        """A request to its API; `path` is what follows the server's own address."""
        body = None if content is None else json.dumps(content)
        address = f"{self.url}/api/v1/servers/localhost{path}"
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(method, address, headers={"X-API-Key": self.key}, data=body, timeout=20)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def make_zone(self, *record_sets: RecordSet, name: str = "", **more: Any) -> str:
        """A zone with these, of a name that no other test uses. `more` is what the API calls so."""
        name = name or f"{secrets.token_hex(4)}.example"
        rrsets = [_rrset(name, each.name, each.type, each.ttl, each.values) for each in record_sets]
        zone = {"name": f"{name}.", "kind": "Native", "nameservers": [], "rrsets": rrsets, **more}
        self.call("POST", "/zones", zone)
        return name

    def put(self, zone: str, name: str, kind: str, *values: str, ttl: int = 300, **more: Any) -> None:
        """What another hand does: the record set is this from now on, or gone without values."""
        rrset = {**_rrset(zone, name, kind, ttl, values), "changetype": "REPLACE" if values else "DELETE", **more}
        self.call("PATCH", f"/zones/{zone}.", {"rrsets": [rrset]})

    def serial(self, zone: str) -> int:
        """As a secondary asks for it."""
        return int(self.ask(zone, "SOA")[0].split()[2])

    def ask(self, name: str, kind: str) -> list[str]:
        """What a resolver gets from it: the values, sorted, or none. No CNAME is followed."""
        query = dns.message.make_query(name, kind)
        answer, _ = dns.query.udp_with_fallback(query, "127.0.0.1", port=self.dns_port, timeout=10)
        assert answer.rcode() in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN, dns.rcode.REFUSED}
        # Of a name that is delegated, its name servers stand in another section.
        sections = answer.answer or ([] if answer.flags & dns.flags.AA else answer.authority)
        return sorted(
            value.to_text() for rrset in sections if rrset.rdtype == dns.rdatatype.from_text(kind) for value in rrset
        )


def _rrset(zone: str, name: str, kind: str, ttl: int, values: Sequence[str]) -> dict[str, Any]:
    whole = f"{zone}." if name == "@" else f"{name}.{zone}."
    return {"name": whole, "type": kind, "ttl": ttl, "records": [{"content": value} for value in values]}


def _binary() -> str:
    found = shutil.which("pdns_server", path=f"{os.environ['PATH']}:/usr/sbin")
    if not found:
        pytest.skip(f"PowerDNS is not installed: {INSTALL}")
    return found


def _schema() -> Path:
    found = next((Path(name) for name in SCHEMAS if Path(name).exists()), None)
    if not found:
        pytest.skip(f"PowerDNS's sqlite3 backend is not installed: {INSTALL}")
    return found


@contextmanager
def running() -> Iterator[Pdns]:
    """A server for those who do it harm."""
    _binary()
    with TemporaryDirectory(prefix="portal-pdns-", dir="/tmp") as name:
        server = Pdns(Path(name))
        try:
            server.start()
            yield server
        finally:
            server.kill()


@pytest.fixture(scope="session")
def pdns() -> Iterator[Pdns]:
    with running() as server:
        yield server
