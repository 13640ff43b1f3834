"""What every page knows: the shop, and the notice that leads a customer without a phone to enrolment."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_login import current_user

from portal import clock
from portal.extensions import login_manager

_WORDS = {
    "personal": "A stolen password is enough to get into your account. Add your phone, and it no longer is.",
    "business": "One stolen password is enough to reach your company's servers and domains. Add a phone to stop that.",
    "reseller": "One stolen password is enough to reach all of your customers' services. Add a phone to stop that.",
}


@dataclass(frozen=True)
class Notice:
    text: str
    url: str
    link: str


@dataclass(frozen=True)
class Support:
    email: str
    url: str
    phone: str


def init_app(app: Flask) -> None:
    app.context_processor(_globals)


def _globals() -> dict[str, Any]:
    config = current_app.config
    return {
        "portal_name": config["PORTAL_NAME"],
        "support": Support(config["SUPPORT_EMAIL"] or "", config["SUPPORT_URL"] or "", config["SUPPORT_PHONE"] or ""),
        "notice": None if is_plain() else _notice(),
        "plain": is_plain(),
        "now": clock.now(),
    }


def be_plain() -> None:
    """For the page of an error that may be the database's: it must not ask who is signed in."""
    g.plain = True
    # Flask-Login asks too, for each template.
    login_manager._update_request_context_with_user()  # noqa: SLF001 - its way to say that nobody is signed in


def is_plain() -> bool:
    return bool(g.get("plain", False))


def _notice() -> Notice | None:
    """While no phone is enrolled; not on the pages that enrol one."""
    if not current_user.is_authenticated or current_user.account.has_two_factor:
        return None
    if request.endpoint in {"profile.phone", "profile.verify", "profile.send", "auth.confirm"}:
        return None
    text = _WORDS[current_user.account.account_type]
    return Notice(text, url_for("profile.phone", slot="primary"), "Add a phone")
