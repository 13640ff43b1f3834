"""Secrets that must be kept for a while: encrypted, under a key that is not in the database."""

import base64
import hashlib
import hmac
from importlib import import_module
from typing import Any


class UnsealError(Exception):
    """It was sealed under another SECRET_KEY."""


def make_key(secret_key: str) -> bytes:
    """The key of all sealed secrets, kept apart from the other uses of SECRET_KEY."""
    return base64.urlsafe_b64encode(hmac.digest(secret_key.encode(), b"portal: sealed secrets", hashlib.sha256))


def seal(key: bytes, secret: str) -> bytes:
    sealed: bytes = _fernet().Fernet(key).encrypt(secret.encode())
    return sealed


def unseal(key: bytes, sealed: bytes) -> str:
    fernet = _fernet()
    try:
        secret: bytes = fernet.Fernet(key).decrypt(sealed)
    except fernet.InvalidToken as error:
        raise UnsealError from error
    return secret.decode()


def _fernet() -> Any:
    """Brought in with the first secret: it takes 7 MiB of each worker, and few workers ever see one."""
    return import_module("cryptography.fernet")
