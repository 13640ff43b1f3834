"""wapiti and sqlmap, started for one portal on loopback, and what they found."""

import json
import os
import re
import subprocess
import urllib.parse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.hostile.crawling import Browser, Target

CRAWL_SECONDS = 180
ATTACK_SECONDS = 30
"""For each of wapiti's modules."""
MODULES = (
    "backup,brute_login_form,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss,redirect,shellshock,"
    "sql,timesql,upload,xss"
)
"""All but those that need a server outside (ssrf, xxe, log4shell, spring4shell), a list from outside (nikto, wapp,
htp, wp_enum, cms) or a name in the DNS (takeover, ssl, https_redirect); cookieflags, since over http no cookie can be
Secure (`tests/attacks/test_headers.py` has them over https); and ldap, which the portal doesn't speak: it takes any
page that repeats what was typed for a finding."""
WAPITI_SECONDS = CRAWL_SECONDS + (MODULES.count(",") + 1) * ATTACK_SECONDS + 120
"""In all, with some to spare: an attack ends its last request first."""

SQLMAP_SECONDS = 900
"""For each target."""
CODES_AT_ONCE = 8
"""Requests before a new code is sent, of the 10 wrong ones that kill one."""
NO_INJECTION = "all tested parameters do not appear to be injectable"
INJECTION = "sqlmap identified the following injection point"


@dataclass(frozen=True)
class Verdict:
    what: str
    findings: list[str]
    note: str = ""


@dataclass(frozen=True)
class Scanners:
    binaries: Path
    folder: Path

    def wapiti(self, who: str, browser: Browser) -> Verdict:
        report = self.folder / f"wapiti {who}.json"
        command = [
            self.binaries / "wapiti", "-u", f"{browser.url}/", "-m", MODULES, "-C", browser.cookies, "-f", "json",
            "-o", report, "-x", f"{browser.url}/auth/logout", "--max-scan-time", str(CRAWL_SECONDS),
            "--max-attack-time", str(ATTACK_SECONDS), "-S", "normal", "-t", "10", "--flush-session", "--no-bugreport",
            "--store-session", self.folder / who, "--store-config", self.folder / "wapiti", "-v", "1",
        ]  # fmt: skip
        _, output = self._run(command, WAPITI_SECONDS)
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

    def sqlmap(self, who: str, browser: Browser, target: Target, headers: str = "") -> Verdict:
        """`headers` are tried beside the fields: names with commas between."""
        what = f"sqlmap as {who}: {target.method} {target.path}"
        names = [name for name, _ in target.fields]
        command = [
            self.binaries / "sqlmap", "-u", _address(browser, target), "--cookie", browser.cookies,
            # Told the database, it leaves out what only others would fall for: a tenth of the requests.
            "--level", "3", "--risk", "3", "--dbms", "sqlite", "--batch", "--disable-coloring",
            "--output-dir", self.folder / re.sub(r"\W+", "-", what), "--ignore-redirects",
            "--ignore-code", "400,404,422,429", "--timeout", "10", "--retries", "1",
        ]  # fmt: skip
        if tried := [*names, *filter(None, [headers])]:
            command += ["-p", ",".join(tried)]
        if target.method == "POST":
            token = {"csrf_token": browser.token(target.page)}
            command += ["--data", urllib.parse.urlencode([*target.fields, *token.items()])]
            if target.send:
                command += [
                    "--safe-url", browser.url + target.send.path, "--safe-freq", str(CODES_AT_ONCE),
                    "--safe-post", urllib.parse.urlencode([*target.send.fields, *token.items()]),
                ]  # fmt: skip
        finished, output = self._run(command, SQLMAP_SECONDS)
        if INJECTION in output:
            return Verdict(what, [f"{what}: {output[output.index(INJECTION) :][:1500]}"])
        if not finished:
            return Verdict(what, [f"{what} was not done after {SQLMAP_SECONDS} s: give it more, or a faster machine"])
        if NO_INJECTION not in output:
            return Verdict(what, [f"{what} did not do its work: {output[-700:]}"])
        return Verdict(what, [], ", ".join(tried))

    def _run(self, command: Sequence[object], seconds: int) -> tuple[bool, str]:
        """Whether it came to its end in time, and what it printed."""
        environment = os.environ | {"HOME": str(self.folder), "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        # `timeout` ends also what the scanner started.
        bounded = ["timeout", "--kill-after", "10", str(seconds), *map(str, command)]
        done = subprocess.run(
            bounded, check=False, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace",
        )  # fmt: skip
        return done.returncode not in {124, 137}, done.stdout


def _address(browser: Browser, target: Target) -> str:
    """Where there is no field to attack, the last part of the path is: sqlmap puts its own where the * is."""
    query = f"?{urllib.parse.urlencode(target.fields)}" if target.method == "GET" else ""
    return browser.url + target.path + query + ("" if target.fields else "*")
