"""Attacks a running portal with wapiti and sqlmap: as a stranger, with the password only, and signed in.

Run by scripts/scan. Everything is on loopback, in a temporary folder, and bounded in time. It ends with 1 on a
finding, on an answer of 500, or when a scanner did not do its work.
"""

import http.cookiejar
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import click

from portal.limits import LIMITS
from tests.browser.server import Portal, serve

EMAIL, PASSWORD, NUMBER = "scanned@example.com", "four plain words together", "+12015550123"
BACKUP = "+12015550145"

WAPITI_SECONDS = 180
"""For crawling, and again for the attacks."""
MODULES = (
    "backup,brute_login_form,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss,"
    "redirect,shellshock,sql,timesql,upload,xss"
)
"""All but those that need a server outside (ssrf, xxe, log4shell, spring4shell), a list from outside (nikto, wapp,
htp, wp_enum, cms) or a name in the DNS (takeover, ssl, https_redirect); and ldap, which the portal doesn't speak: it
takes any page that repeats what was typed for a finding."""

SQLMAP_SECONDS = 900
"""For each form."""
AT_ONCE = 2
NO_INJECTION = "all tested parameters do not appear to be injectable"
INJECTION = "sqlmap identified the following injection point"


class Browser:
    """A browser that speaks HTTP with the portal, and whose cookies the scanners get."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))

    def open(self, path: str) -> str:
        with self._opener.open(self.url + path, timeout=30) as answer:
            return str(answer.read().decode())

    def token(self, path: str) -> str:
        match = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', self.open(path))
        assert match, path
        return match[1]

    def submit(self, form: str, action: str | None = None, **fields: str) -> str:
        """Send the form on a page. Returns the path where that led."""
        data = urllib.parse.urlencode({**fields, "csrf_token": self.token(form)}).encode()
        with self._opener.open(self.url + (action or form), data, timeout=30) as answer:
            return urllib.parse.urlsplit(str(answer.url)).path

    @property
    def cookies(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)


@dataclass(frozen=True)
class Target:
    """One form, or one page with a query, of one browser."""

    browser: Browser
    path: str
    fields: dict[str, str]
    tried: str = ""
    """What is attacked; the fields when empty."""


@dataclass(frozen=True)
class Verdict:
    what: str
    findings: list[str]
    note: str = ""


def main(binaries: Path) -> int:
    with tempfile.TemporaryDirectory(prefix="portal-scan-") as name:
        folder = Path(name)
        with serve(folder, **_settings()) as portal:
            verdicts = [_say(verdict) for verdict in _attack(portal, binaries, folder)]
        broken = [line for log in folder.glob("*.log") for line in log.read_text().splitlines() if "Traceback" in line]
    findings = [finding for verdict in verdicts for finding in verdict.findings] + broken[:1]
    click.echo("\n".join([f"{len(findings)} findings.", *findings]))
    return 1 if findings else 0


def _settings() -> dict[str, str]:
    """No limits: they would refuse a scanner after a few tries, and everything behind them stayed untried."""
    return {f"LIMIT_{limit.name}": "off" for limit in LIMITS} | {"CODE_MAX_ATTEMPTS": "10", "CODE_RESEND_SECONDS": "1"}


def _attack(portal: Portal, binaries: Path, folder: Path) -> Iterator[Verdict]:
    stranger, customer = Browser(portal.url), Browser(portal.url)
    stranger.token("/auth/login")
    customer.submit("/auth/register", name="Scanned", email=EMAIL, password=PASSWORD, account_type="business")
    phone = portal.phone(NUMBER)
    customer.submit("/profile/phones/primary", number=NUMBER)
    assert customer.submit("/profile/phones/primary/verify", code=phone.next_code()) == "/profile/"
    # So that a proof is asked for at /auth/confirm.
    assert customer.submit("/profile/phones/backup", number=BACKUP) == "/auth/confirm"
    half = Browser(portal.url)
    assert half.submit("/auth/login", email=EMAIL, password=PASSWORD) == "/auth/verify"

    for who, browser in (("a stranger", stranger), ("a customer", customer)):
        yield _wapiti(who, browser, binaries, folder)
    wrong = f"{PASSWORD} x"
    sign_up = {"name": "x", "email": EMAIL, "password": PASSWORD, "account_type": "personal"}
    targets = (
        # With the headers and cookies, which every page reads alike.
        Target(stranger, "/auth/login?next=/profile/", {}, "next,user-agent,referer,host,portal,portal-known"),
        Target(customer, "/profile/?next=/profile/", {}, "next,user-agent,portal,portal-known"),
        Target(stranger, "/auth/login", {"email": EMAIL, "password": wrong, "next": "/profile/"}),
        Target(stranger, "/auth/register", sign_up),
        Target(half, "/auth/verify", {"code": "123456"}),
        Target(half, "/auth/verify/send", {"phone": "primary"}),
        Target(customer, "/profile/phones/backup", {"number": BACKUP}),
        Target(customer, "/profile/password", {"current_password": wrong, "password": "other words in a row"}),
        Target(customer, "/auth/confirm", {"password": wrong}),
    )
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(lambda target: _sqlmap(target, binaries, folder), targets)
    # Else the private pages were not tried.
    assert EMAIL in customer.open("/profile/")


def _wapiti(who: str, browser: Browser, binaries: Path, folder: Path) -> Verdict:
    report = folder / f"wapiti {who}.json"
    command = [
        binaries / "wapiti", "-u", f"{browser.url}/", "-m", MODULES, "-C", browser.cookies, "-f", "json", "-o", report,
        "-x", f"{browser.url}/auth/logout", "--max-scan-time", str(WAPITI_SECONDS), "--max-attack-time", "60",
        "-S", "normal", "-t", "10", "--flush-session", "--no-bugreport", "--store-session", folder / who,
        "--store-config", folder / "wapiti", "-v", "1",
    ]  # fmt: skip
    _, output = _run(command, 3 * WAPITI_SECONDS, folder)
    if not report.exists():
        return Verdict(f"wapiti as {who}", [f"wapiti as {who} made no report: {output[-500:]}"])
    found = json.loads(report.read_text())
    findings = [
        f"wapiti as {who}: {kind}: {one['info']} ({one['method']} {one['path']} {one['parameter']})"
        for group in ("vulnerabilities", "anomalies")
        for kind, ones in found[group].items()
        for one in ones
    ]
    return Verdict(f"wapiti as {who}", findings, f"{found['infos']['crawled_pages_nbr']} pages")


def _sqlmap(target: Target, binaries: Path, folder: Path) -> Verdict:
    command = [
        binaries / "sqlmap", "-u", target.browser.url + target.path, "--cookie", target.browser.cookies,
        # Told the database, it leaves out what only others would fall for: a tenth of the requests.
        "--level", "3", "--risk", "3", "--dbms", "sqlite", "-p", target.tried or ",".join(target.fields), "--batch",
        "--disable-coloring", "--output-dir", folder / f"sqlmap {abs(hash(target.path))}", "--ignore-redirects",
        "--timeout", "10", "--retries", "1",
    ]  # fmt: skip
    if target.fields:
        data = target.fields | {"csrf_token": _token_for(target)}
        command += ["--data", urllib.parse.urlencode(data), "--ignore-code", "400,422,429"]
    finished, output = _run(command, SQLMAP_SECONDS, folder)
    what = f"sqlmap {'POST' if target.fields else 'GET'} {target.path}"
    if INJECTION in output:
        return Verdict(what, [f"{what}: {output[output.index(INJECTION) :][:1500]}"])
    if not finished:
        return Verdict(what, [f"{what} was not done after {SQLMAP_SECONDS} s: give it more, or a faster machine"])
    if NO_INJECTION not in output:
        return Verdict(what, [f"{what} did not do its work: {output[-700:]}"])
    return Verdict(what, [])


def _token_for(target: Target) -> str:
    """One that its browser holds; each of its pages has one."""
    return target.browser.token("/auth/verify" if "verify" in target.path else "/auth/login")


def _run(command: Sequence[object], seconds: int, folder: Path) -> tuple[bool, str]:
    """Whether it came to its end in time, and what it printed."""
    environment = os.environ | {"HOME": str(folder), "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    # `timeout` ends also what the scanner started.
    bounded = ["timeout", "--kill-after", "10", str(seconds), *map(str, command)]
    done = subprocess.run(
        bounded, check=False, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace",
    )  # fmt: skip
    return done.returncode not in {124, 137}, done.stdout


def _say(verdict: Verdict) -> Verdict:
    click.echo(f"{verdict.what}: {len(verdict.findings)} findings {verdict.note}".rstrip())
    return verdict


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
