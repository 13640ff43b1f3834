"""Attacks a running portal with wapiti and sqlmap: as a stranger, with the password only, and signed in.

Run by scripts/scan. Everything is on loopback, in a temporary folder, and bounded in time. It ends with 1 on a
finding, on an answer of 500, or when a scanner did not do its work. What there is to attack is not listed here: the
portal of the demo shop is crawled in each role.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import click

from portal.limits import LIMITS
from tests.browser.server import Portal, serve
from tests.hostile.crawling import Browser, Target, crawl, page_at
from tests.hostile.scanners import Scanners, Verdict
from tests.person import BACKUP, OTHER, PHONE

AT_ONCE = 2
COOKIES = "portal,portal-known"
HEADERS = f"user-agent,referer,host,{COOKIES}"


@dataclass(frozen=True)
class Role:
    """One customer in one state, and the pages that only this state leads to."""

    who: str
    enter: Callable[[], Browser]
    """A browser in that state. Each attack begins with a new one: the one before may have left it."""
    starts: tuple[str, ...]
    headers: str = ""
    """Tried once, on the first page: every page reads them alike."""
    is_crawled: bool = True
    """By wapiti. Not where another role leads to all but a page of the same ones."""


class Roles:
    """Each with a customer of its own, whose phone gets no one else's codes."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self.half_phone, self.phone = portal.phone(OTHER), portal.phone(PHONE)
        for email, phone in (("alice@demo.example", self.half_phone), ("bob@demo.example", self.phone)):
            browser = self._after_password(email)
            browser.submit("/profile/phones/primary", number=phone.number)
            browser.submit("/profile/phones/primary/verify", code=phone.next_code())

    def all(self) -> tuple[Role, ...]:
        return (
            Role("a stranger", self.stranger, ("/auth/login?next=/profile/", "/auth/register"), HEADERS),
            Role("who has the password only", self.half, ("/auth/verify",)),
            Role("a customer without a phone", self.customer, ("/resources/?next=/profile/", self._draft()), COOKIES),
            Role(
                "a customer who is asked for the password",
                self.confirming,
                ("/auth/confirm", "/profile/"),
                is_crawled=False,
            ),
            Role("a customer who is asked for a code", self.half_confirmed, ("/auth/confirm",)),
            Role("a customer who adds a phone", self.adding, ("/profile/phones/backup/verify",), is_crawled=False),
        )

    def stranger(self) -> Browser:
        browser = Browser(self._portal.url)
        browser.open("/auth/login")  # For the cookie: without one, no form's token is looked at.
        return browser

    def half(self) -> Browser:
        return self._after_password("alice@demo.example")

    def customer(self) -> Browser:
        return self._after_password("carol@demo.example")

    def confirming(self) -> Browser:
        self.phone.forget()
        browser = self._after_password("bob@demo.example")
        browser.submit("/auth/verify", code=self.phone.next_code())
        assert browser.submit("/profile/phones/backup", number=BACKUP) == "/auth/confirm"
        return browser

    def half_confirmed(self) -> Browser:
        browser = self.confirming()
        assert browser.submit("/auth/confirm", password=self._portal.demo["bob@demo.example"]) == "/auth/confirm"
        return browser

    def adding(self) -> Browser:
        browser = self.half_confirmed()
        assert browser.submit("/auth/confirm", code=self.phone.next_code()) == "/profile/phones/backup/verify"
        return browser

    def _draft(self) -> str:
        """The page of a zone file that is not imported yet."""
        browser = self.customer()
        zone = next(target.path for target in crawl(browser, "/resources/dns/") if target.path.endswith("/import"))
        return browser.submit(zone, text="new 600 IN A 203.0.113.9", how="add")

    def _after_password(self, email: str) -> Browser:
        browser = Browser(self._portal.url)
        browser.submit("/auth/login", email=email, password=self._portal.demo[email])
        return browser


def main(binaries: Path) -> int:
    with tempfile.TemporaryDirectory(prefix="portal-scan-") as name:
        folder = Path(name)
        with serve(folder, **_settings()) as portal:
            verdicts = [_say(verdict) for verdict in _attack(portal, Scanners(binaries, folder))]
        broken = [line for log in folder.glob("*.log") for line in log.read_text().splitlines() if "Traceback" in line]
    findings = [finding for verdict in verdicts for finding in verdict.findings] + broken[:1]
    click.echo("\n".join([*broken[:1], f"{len(findings)} findings."]))
    return 1 if findings else 0


def _settings() -> dict[str, str]:
    """No limits: they would refuse a scanner after a few tries, and everything behind them stayed untried."""
    return {f"LIMIT_{limit.name}": "off" for limit in LIMITS} | {"CODE_MAX_ATTEMPTS": "10", "CODE_RESEND_SECONDS": "1"}


def _attack(portal: Portal, scanners: Scanners) -> Iterator[Verdict]:
    roles = Roles(portal).all()
    # All of them before the first attack, which leaves things in other states.
    found: set[tuple[object, ...]] = set()
    targets: dict[str, list[Target]] = {}
    for role in roles:
        targets[role.who] = [target for target in crawl(role.enter(), *role.starts) if target.key not in found]
        found |= {target.key for target in targets[role.who]}
        click.echo(f"As {role.who}: {len(targets[role.who])} forms and queries.")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        # One role after the other, each in one thread: of its customer's codes only the newest works.
        for verdicts in pool.map(lambda role: list(_as(role, targets[role.who], scanners)), roles):
            yield from verdicts


def _as(role: Role, targets: list[Target], scanners: Scanners) -> Iterator[Verdict]:
    if role.headers:
        yield scanners.sqlmap(role.who, role.enter(), page_at(role.starts[0]), role.headers)
    for target in targets:
        yield scanners.sqlmap(role.who, role.enter(), target)
    if role.is_crawled:
        yield scanners.wapiti(role.who, role.enter())


def _say(verdict: Verdict) -> Verdict:
    click.echo(
        "\n    ".join([f"{verdict.what}: {len(verdict.findings)} findings {verdict.note}".rstrip(), *verdict.findings])
    )
    return verdict


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
