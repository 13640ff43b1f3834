"""Addresses that the portal posts to, as settings say them."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def address(text: str) -> str:
    """Parses a setting: an https address, or an http one that leads to this machine."""
    if not (_is_address(text) and (text.startswith("https://") or _is_near(text, private=False))):
        raise ValueError("must be an https:// address without a user, or an http:// one to this machine")
    return text


def base_address(text: str) -> str:
    """Parses a setting: an address that paths are added to; http is enough inside a private network too."""
    plain = _is_address(text) and not urlsplit(text).query
    if not (plain and (text.startswith("https://") or _is_near(text, private=True))):
        raise ValueError(
            "must be an https:// address without a user, or an http:// one to this machine or a private address"
        )
    return text.rstrip("/")


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - raises ValueError for what is no port
    except ValueError:
        return False
    odd = "@" in parts.netloc or parts.fragment or any(ord(letter) <= ord(" ") for letter in text)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not odd


def _is_near(text: str, *, private: bool) -> bool:
    host = urlsplit(text).hostname or ""
    if host == "localhost":
        return True
    try:
        found = ip_address(host)
    except ValueError:
        return False
    return found.is_loopback or (private and found.is_private)
