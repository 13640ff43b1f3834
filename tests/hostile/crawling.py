"""What there is to attack in a portal: every form and every page with a query that links lead to."""

import http.cookiejar
import re
import urllib.parse
import urllib.request
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bs4 import BeautifulSoup, Tag

from tests.person import BACKUP

LEFT_ALONE = re.compile(r"/auth/logout|/static/")
"""What ends the session, and what is only a file."""
FILES = re.compile(r".*\.csv|.*/export")
"""No form is on them."""
TYPED = {
    "email": "carol@demo.example",
    "password": "other words in a row",
    "current_password": "these are not the words",
    "code": "123456",
    "number": BACKUP,
    "since": "2026-01-01",
    "until": "2026-12-31",
    "country": "DE",
    "values": "203.0.113.9",
}
"""What goes into fields that are empty."""


class Browser:
    """A browser that speaks HTTP with the portal, and whose cookies the scanners get."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))

    def open(self, path: str) -> BeautifulSoup:
        with self._opener.open(self.url + path, timeout=30) as answer:
            return BeautifulSoup(answer.read(), "html.parser")

    def token(self, page: str) -> str:
        return str(_one(self.open(page), "input[name=csrf_token]")["value"])

    def submit(self, page: str, action: str | None = None, **fields: str) -> str:
        """Send a form that stands on this page. Returns the path where that led."""
        data = urllib.parse.urlencode({**fields, "csrf_token": self.token(page)}).encode()
        with self._opener.open(self.url + (action or page), data, timeout=30) as answer:
            return urllib.parse.urlsplit(str(answer.url)).path

    @property
    def cookies(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)


@dataclass(frozen=True)
class Target:
    """A form, or an address with a query."""

    method: str
    path: str
    """Without its query."""
    fields: tuple[tuple[str, str], ...]
    """All but the CSRF token."""
    page: str
    """Where it stands."""
    send: "Target | None" = None
    """The form that sends a new code, for one that takes a code."""

    @property
    def key(self) -> tuple[str, str, tuple[str, ...]]:
        """The same for those that differ only in the object they are about, and in what stands in their fields."""
        return self.method, re.sub(r"\d+", "N", self.path), tuple(sorted(name for name, _ in self.fields))


def page_at(address: str) -> Target:
    """A page, and what its query says."""
    parts = urllib.parse.urlsplit(address)
    return Target("GET", parts.path, tuple(urllib.parse.parse_qsl(parts.query)), address)


def crawl(browser: Browser, *starts: str) -> Iterator[Target]:
    """One target of each kind, from all pages that these lead to."""
    waiting, seen, found = deque(starts), set(), set()
    while waiting:
        page = waiting.popleft()
        if (key := page_at(page).key) in seen:
            continue
        seen.add(key)
        soup = browser.open(page)
        links = [link for each in soup.select("a[href^='/']") if not LEFT_ALONE.match(link := str(each["href"]))]
        waiting += [link for link in links if not FILES.match(link)]
        for target in [*_forms(soup, page), *(page_at(link) for link in links if "?" in link)]:
            if target.key not in found and not LEFT_ALONE.match(target.path):
                found.add(target.key)
                yield target


def _forms(soup: BeautifulSoup, page: str) -> Iterator[Target]:
    send = soup.select_one("form[action$='/send']")
    for form in soup.select("form"):
        target = _form(form, page)
        takes_code = "code" in dict(target.fields)
        yield replace(target, send=_form(send, page)) if send and takes_code else target


def _form(form: Tag, page: str) -> Target:
    path = page_at(str(form.get("action") or page)).path
    return Target(str(form.get("method", "get")).upper(), path, tuple(dict(_fields(form)).items()), page)


def _fields(form: Tag) -> Iterator[tuple[str, str]]:
    for field in form.select("input[name], select[name], textarea[name], button[name]"):
        name, type_ = str(field["name"]), field.get("type")
        if name == "csrf_token" or type_ == "file" or (type_ == "radio" and not field.has_attr("checked")):
            continue
        chosen = field.select_one("option[selected], option") if field.name == "select" else None
        value = (chosen or field).get("value") or (field.text.strip() if field.name == "textarea" else "")
        yield name, str(value) or TYPED.get(name, "x")


def _one(soup: BeautifulSoup, selector: str) -> Tag:
    found = soup.select_one(selector)
    assert found, f"no {selector}: {soup.get_text(' ', strip=True)[:300]}"
    return found
