"""A person at a browser: opens pages, fills in the forms that are really on them, reads the texts on a phone."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.test import TestResponse

from tests.fakes import MemoryBackend
from tests.linting import lint

GOOD_PASSWORD = "four plain words together"
PHONE = "+12015550123"
BACKUP = "+12015550145"
OTHER = "+12015550167"
_FIELDS = ["input", "select", "textarea"]


@dataclass
class Page:
    response: TestResponse

    def __post_init__(self) -> None:
        self.status = self.response.status_code
        self.path = urlsplit(self.response.request.url).path
        self.html = self.response.get_data(as_text=True)
        self.soup = BeautifulSoup(self.html, "html.parser")
        if self.response.mimetype == "text/html" and self.status not in range(300, 400):
            lint(self.soup, self.path, self.status)

    @property
    def words(self) -> str:
        """What a person reads, in one line."""
        main = self.soup.find("main")
        return _in_one_line(main if isinstance(main, Tag) else self.soup)

    def form(self, action: str, **hidden: str) -> Tag:
        """The form with this action whose hidden fields hold these values."""
        for form in self.soup.find_all("form"):
            if form.get("action") in {action, None} and hidden.items() <= _hidden(form).items():
                assert isinstance(form, Tag)
                return form
        raise AssertionError(f"no form to {action} {hidden} on {self.path}: {self.words}")

    def form_with(self, field: str, **hidden: str) -> Tag:
        """The first form that has this field, holding these values in hidden ones."""
        for form in self.soup.find_all("form"):
            if form.find("input", attrs={"name": field}) and _hidden(form).items() >= hidden.items():
                assert isinstance(form, Tag)
                return form
        raise AssertionError(f"no form with {field} {hidden} on {self.path}: {self.words}")

    def has_field(self, name: str) -> bool:
        return self._input(name) is not None

    def value(self, name: str) -> str:
        """What stands in a field."""
        field = self._input(name)
        assert field is not None, f"no field {name} on {self.path}"
        return _filled_in(field)

    def complaint(self, name: str) -> str:
        """The sentence beside a field that says what is wrong with it; empty when nothing is."""
        field = self._input(name)
        assert field is not None, f"no field {name} on {self.path}"
        if field.get("aria-invalid") != "true":
            return ""
        described = str(field.get("aria-describedby", "")).split()
        return " ".join(self._text_of(i) for i in described if i.endswith("-error"))

    @property
    def status_line(self) -> str:
        """What a code page says became of the text."""
        return self._text_of("code-status")

    def _input(self, name: str) -> Tag | None:
        field = self.soup.find(_FIELDS, attrs={"name": name})
        return field if isinstance(field, Tag) else None

    def _text_of(self, element: str) -> str:
        found = self.soup.find(id=element)
        return _in_one_line(found) if isinstance(found, Tag) else ""


class Person:
    """One browser of one person. `follow` is what a browser does with a redirect."""

    def __init__(self, app: Flask, address: str = "203.0.113.5") -> None:
        self.app = app
        self.address = address
        self.expects_fault = False
        """Whether a 500 is what the test is about."""
        self.client = app.test_client()
        self.client.environ_base["REMOTE_ADDR"] = address  # Of the requests that follow a redirect too.
        self.page: Page

    def copy(self, address: str | None = None) -> "Person":
        """Another browser that holds a copy of this one's cookies, as of now."""
        other = Person(self.app, address or self.address)
        for cookie in (self.client._cookies or {}).values():
            other.client.set_cookie(cookie.key, cookie.value, domain=cookie.domain, path=cookie.path)
        return other

    def open(self, path: str) -> Page:
        return self._arrive(self.client.get(path, follow_redirects=True))

    def open_form(self, path: str, **fields: str) -> Page:
        """Open a page and fill in the form on it that asks for another page, such as a search."""
        form = self.open(path).soup.find("form", method="get", action=path)
        assert isinstance(form, Tag)
        assert all(form.find(_FIELDS, attrs={"name": name}) for name in fields)
        return self._arrive(self.client.get(path, query_string=fields, follow_redirects=True))

    def submit(self, action: str, fields: dict[str, str] | None = None, **hidden: str) -> Page:
        """Fill in the form on the page that leads to `action`, and send it with all that is hidden in it."""
        return self._send(self.page.form(action, **hidden), fields or {})

    def filled_in(self, form: Tag, fields: dict[str, str]) -> tuple[str, dict[str, str]]:
        """Where a form is sent to, and what is in it once these fields are typed."""
        assert form.get("method") == "post"
        values: dict[str, str] = {}
        for field in form.find_all(_FIELDS):
            kind, name = field.get("type"), str(field.get("name", ""))
            if name and (kind not in {"radio", "checkbox"} or field.has_attr("checked")):
                values[name] = _filled_in(field)
        unknown = set(fields) - {str(field.get("name")) for field in form.find_all(_FIELDS)}
        assert not unknown, f"the form has no {unknown}"
        return str(form.get("action") or self.page.path), values | fields

    def _send(self, form: Tag, fields: dict[str, str]) -> Page:
        return self.post(*self.filled_in(form, fields))

    def post(self, path: str, fields: dict[str, str], **options: Any) -> Page:
        options = {"follow_redirects": True} | options
        return self._arrive(self.client.post(path, data=fields, **options))

    def csrf(self) -> str:
        field = self.page.soup.find("input", attrs={"name": "csrf_token"})
        assert isinstance(field, Tag)
        return str(field["value"])

    def register(self, email: str = "alice@example.com", account_type: str = "personal") -> Page:
        self.open("/auth/register")
        fields = {"name": "Alice", "email": email, "password": GOOD_PASSWORD, "account_type": account_type}
        return self.submit("/auth/register", fields)

    def sign_in(self, email: str = "alice@example.com", password: str = GOOD_PASSWORD) -> Page:
        """The password step."""
        self.open("/auth/login")
        return self.submit("/auth/login", {"email": email, "password": password})

    def sign_in_with_code(self, email: str = "alice@example.com", password: str = GOOD_PASSWORD) -> Page:
        """Both steps."""
        self.sign_in(email, password)
        return self.type_code(self.newest_code())

    def type_code(self, code: str) -> Page:
        return self._send(self.page.form_with("code"), {"code": code})

    def send_code(self, phone: str = "primary") -> Page:
        """Press the button of a code page that sends the code, again or to the other phone."""
        return self._send(self.page.form_with("phone", phone=phone), {})

    def enrol(self, number: str = PHONE, slot: str = "primary") -> Page:
        """Add a number to an empty slot, the password having just been typed or being typed now."""
        self.open(f"/profile/phones/{slot}")
        self.submit(f"/profile/phones/{slot}", {"number": number})
        if self.page.path == "/auth/confirm":
            self.confirm()
        return self.type_code(self.newest_code(number))

    def confirm(self, password: str = GOOD_PASSWORD) -> Page:
        """The password, and the code that it sends."""
        self.submit("/auth/confirm", {"password": password})
        if self.page.path == "/auth/confirm" and self.page.soup.find("input", attrs={"name": "code"}):
            self.type_code(self.newest_code())
        return self.page

    def change_password(self, new: str, current: str = GOOD_PASSWORD) -> Page:
        """Up to the code, where there is a phone."""
        self.open("/profile/password")
        return self.submit("/profile/password", {"current_password": current, "password": new})

    def remove(self, slot: str = "primary") -> Page:
        """Up to the password."""
        self.open("/profile/")
        return self.submit(f"/profile/phones/{slot}/remove")

    def sign_out(self) -> Page:
        return self.submit("/auth/logout")

    def texts(self, number: str | None = None) -> list[str]:
        """Everything that has arrived on a phone, or on all phones."""
        self.app.extensions["dispatcher"].drain()
        return [text.text for text in provider(self.app).texts if number in {None, text.to}]

    def carry_out(self) -> int:
        """Let the drivers do what is due. Returns how many orders that were."""
        return int(self.app.extensions["orders"].drain())

    def newest_code(self, number: str | None = None) -> str:
        texts = [text for text in self.texts(number) if "#" in text]
        match = re.search(r"#(\d{6})\Z", texts[-1])
        assert match
        return match[1]

    def _arrive(self, response: TestResponse) -> Page:
        self.page = Page(response)
        # The page of a fault can have the words of the wanted one.
        assert self.expects_fault or self.page.status != HTTPStatus.INTERNAL_SERVER_ERROR, self.page.path
        return self.page


def _in_one_line(tag: Tag) -> str:
    return re.sub(r"\s+(?=[.,;:])", "", " ".join(tag.get_text(" ").split()))


def _filled_in(field: Tag) -> str:
    """What stands in a field: what is typed, or which option of a list is chosen."""
    if field.name == "textarea":
        return re.sub(r"\A\r?\n", "", field.get_text())  # As a browser reads it.
    if field.name == "select":
        options = field.find_all("option")
        field = next((option for option in options if option.has_attr("selected")), options[0])
    return str(field.get("value", ""))


def _hidden(form: Tag) -> dict[str, str]:
    return {str(field.get("name")): str(field.get("value")) for field in form.find_all("input", type="hidden")}


def provider(app: Flask, index: int = 0) -> MemoryBackend:
    backend = app.config["SMS_BACKEND_OBJECTS"][index]
    assert isinstance(backend, MemoryBackend)
    return backend


def wrong(code: str) -> str:
    """Six digits that are not the code."""
    return f"{(int(code) + 1) % 10**6:06d}"
