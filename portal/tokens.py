"""What a browser keeps in a cookie, and what the database holds of it."""

import hashlib


def digest(token: str) -> str:
    """The id of the row of a token: a copy of the database opens nothing."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
