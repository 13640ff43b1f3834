"""Hosts and addresses, as settings hold them."""

import re
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


def is_origin(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = host_of(url).encode("idna").decode()
        parts.port  # noqa: B018 - raises ValueError for what is no port
    except ValueError:
        return False
    is_host = re.fullmatch(r"\[[0-9a-f:.]+\]|[a-z0-9.-]+", host)
    rest = parts.path or parts.query or parts.fragment or "@" in parts.netloc
    return parts.scheme in {"http", "https"} and bool(is_host) and not rest


def is_database(url: str) -> bool:
    try:
        make_url(url)
    except (ArgumentError, ValueError):
        return False
    return url.startswith(("sqlite:///", "postgresql+psycopg://"))


def host_of(url: str) -> str:
    """The host of a URL without its port, an IPv6 one with its brackets; empty where there is none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return f"[{host}]" if ":" in host else host


def to_ascii(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


def listens_here(host: str) -> bool:
    return host in {"localhost", "127.0.0.1", "::1", "0.0.0.0", "::"}  # noqa: S104 - compared, not bound
