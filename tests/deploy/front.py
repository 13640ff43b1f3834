"""A real portal under https behind a real proxy, set up as deploy/ says but for names, ports and the certificate."""

import http.client
import os
import re
import shutil
import sqlite3
import ssl
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.message import Message
from http.cookies import Morsel, SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.serving.processes import Session, free_port, wait_until
from tests.sms_backends.servers import write_certificate

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
START_SECONDS = 60


def need(tool: str, package: str) -> str:
    """The path of a tool that not everyone has."""
    found = shutil.which(tool, path=f"{os.environ['PATH']}:/usr/sbin:/usr/bin")
    if not found:
        pytest.skip(f"{tool} is not installed: apt-get install {package}")
    return found


def changed(text: str, changes: Mapping[str, str]) -> str:
    """The text with each key replaced, all of which must be in it."""
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


@dataclass(frozen=True)
class Site:
    folder: Path
    port: int
    """Where the proxy takes https."""
    plain: int
    """Where nginx takes http."""
    portal: int

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def certificate(self) -> Path:
        return self.folder / "certificate.pem"

    def addresses(self, email: str) -> list[str]:
        """Where the audit says that what happened to an account was asked for."""
        with closing(sqlite3.connect(self.folder / "portal.sqlite3")) as database:
            rows = database.execute(
                "SELECT address FROM audit_events WHERE account_id = (SELECT id FROM accounts WHERE email = ?)", [email]
            )
            return [address for (address,) in rows]


def nginx(site: Site) -> list[str]:
    program = need("nginx", "nginx")
    text = changed(
        (DEPLOY / "nginx.conf").read_text(),
        {
            "    listen [::]:80;\n": "",
            "listen 80;": f"listen 127.0.0.1:{site.plain};",
            "    listen [::]:443 ssl http2;\n": "",
            "listen 443 ssl": f"listen 127.0.0.1:{site.port} ssl",
            "/etc/letsencrypt/live/portal.example.com/fullchain.pem": str(site.certificate),
            "/etc/letsencrypt/live/portal.example.com/privkey.pem": str(site.certificate),
            "portal.example.com": "localhost",
            "127.0.0.1:8000": f"127.0.0.1:{site.portal}",
        },
    )
    (site.folder / "site.conf").write_text(text)
    user = "user root;" if os.geteuid() == 0 else ""
    (site.folder / "nginx.conf").write_text(f"""
        {user} daemon off; worker_processes 1; pid {site.folder}/nginx.pid; error_log stderr warn;
        events {{}}
        http {{
            access_log off; client_body_temp_path {site.folder}/body; proxy_temp_path {site.folder}/answers;
            include {site.folder}/site.conf;
        }}
    """)
    return [program, "-e", "stderr", "-c", str(site.folder / "nginx.conf")]


def caddy(site: Site) -> list[str]:
    program = need("caddy", "caddy")
    text = changed(
        (DEPLOY / "Caddyfile").read_text(),
        {
            "{\n\tservers {": "{\n\tadmin off\n\tauto_https disable_redirects\n\tservers {",
            "portal.example.com {": f"{site.url} {{\n\tbind 127.0.0.1\n\ttls {site.certificate} {site.certificate}",
            "127.0.0.1:8000 {": f"127.0.0.1:{site.portal} {{",
        },
    )
    (site.folder / "Caddyfile").write_text(text)
    # HOME and the like: where it would keep certificates of its own.
    home = [f"{name}={site.folder}" for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")]
    return ["env", *home, program, "run", "--adapter", "caddyfile", "--config", str(site.folder / "Caddyfile")]


PROXIES: Mapping[str, Callable[[Site], list[str]]] = {"nginx": nginx, "caddy": caddy}


def new_site(folder: Path) -> Site:
    site = Site(folder, free_port(), free_port(), free_port())
    write_certificate(site.certificate)
    return site


@contextmanager
def serve(site: Site, proxy: list[str]) -> Iterator[None]:
    """Run the portal and the proxy before it; nothing of them is left afterwards."""
    settings = {
        "PYTHONPATH": str(ROOT),
        "PORT": str(site.portal),
        "PUBLIC_URL": site.url,
        "TRUSTED_PROXIES": "1",
        "REGISTRATION_OPEN": "yes",
        "DATABASE_URL": f"sqlite:///{site.folder}/portal.sqlite3",
        "SECRET_KEY": "only for a portal that lives for a minute",
        "SMS_BACKENDS": "tests.fakes:MemoryBackend",
        "SMS_ALLOWED_REGIONS": "US",
        "LIMIT_REGISTER_ADDRESS": "off",
    }
    # One worker: the fewest slow visitors would hold it up.
    command = [sys.executable, "-c", "from portal.cli import main; main()", "serve", "--set-up", "--workers", "1"]
    sessions: list[Session] = []
    try:
        sessions.append(Session(command, cwd=site.folder, environment=os.environ | settings))
        sessions.append(Session(proxy, cwd=site.folder, environment=os.environ))
        wait_until(lambda: _is_up(site, sessions), START_SECONDS)
        yield
    finally:
        for session in sessions:
            session.end()


def _is_up(site: Site, sessions: list[Session]) -> bool:
    for session in sessions:
        assert session.process.poll() is None, session.output
    try:
        return Visitor(site).get("/healthz").status == 200
    except OSError:
        return False


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes

    @property
    def cookies(self) -> "list[Morsel[str]]":
        lines = self.headers.get_all("Set-Cookie") or []
        return [cookie for line in lines for cookie in SimpleCookie(line).values()]


class Visitor:
    """A browser at an address: keeps cookies, and says which page a form was on."""

    def __init__(self, site: Site, address: str = "127.0.0.1", seconds: float = 20) -> None:
        self.site = site
        self.address = address
        self.seconds = seconds
        self.cookies: dict[str, str] = {}
        self.headers: dict[str, str] = {}
        """Sent with every request, whatever else it would send."""
        self.page = ""
        self.context = ssl.create_default_context(cafile=site.certificate)

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if self.page:
            headers["Referer"] = self.site.url + self.page
        return self._ask("POST", path, urlencode(fields), headers)

    def sign_up(self, email: str) -> Answer:
        page = self.get("/auth/register").body.decode()
        self.page = "/auth/register"
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
        assert token, page
        fields = {"name": "Alice", "email": email, "password": "four plain words together"}
        return self.post("/auth/register", fields | {"account_type": "personal", "csrf_token": token[1]})

    def _ask(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> Answer:
        connection = http.client.HTTPSConnection(
            "localhost", self.site.port, timeout=self.seconds, source_address=(self.address, 0), context=self.context
        )
        with closing(connection):
            cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            connection.request(method, path, body, {**headers, **self.headers, "Cookie": cookies})
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        self.cookies |= {cookie.key: cookie.value for cookie in answer.cookies}
        return answer
