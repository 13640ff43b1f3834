"""Secrets that must be kept for a while: encrypted, under a key that is not in the database."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken


class UnsealError(Exception):
    """It was sealed under another SECRET_KEY."""


def make_key(secret_key: str) -> bytes:
    """The key of all sealed secrets, kept apart from the other uses of SECRET_KEY."""
    return base64.urlsafe_b64encode(hmac.digest(secret_key.encode(), b"portal: sealed secrets", hashlib.sha256))


def seal(key: bytes, secret: str) -> bytes:
    return Fernet(key).encrypt(secret.encode())


def unseal(key: bytes, sealed: bytes) -> str:
    try:
        return Fernet(key).decrypt(sealed).decode()
    except InvalidToken as error:
        raise UnsealError from error
