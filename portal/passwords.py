"""Passwords: which are good enough, and their hashes.

Length and list rather than rules of composition: NIST SP 800-63B-4, 3.1.1.2. Hash: argon2id with 19 MiB, 2 passes,
1 lane (OWASP Password Storage Cheat Sheet).
"""

import mmap
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 12
MAX_LENGTH = 128
WAIT_SECONDS = 2.0
"""How long a request waits for its turn to hash."""

T = TypeVar("T")
_COMMON = Path(__file__).with_name("data") / "common-passwords.txt"
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Each thread that ever hashed keeps 19 MiB, so one thread a process does all of it.
_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hashing")
NOBODYS_HASH = "$argon2id$v=19$m=19456,t=2,p=1$hSNGL9cutPqW1s8rXhD0og$aymegNNxM1QRSUPsOKfoZYgAbbcs4JaZOrkU+MJCyT0"
"""Verified against when there is no such account, so that an unknown email costs the same time as a known one."""


class WeakPasswordError(ValueError):
    """Why a password was refused, as a sentence for the person who typed it."""


class HashingBusyError(Exception):
    """Too many passwords are being hashed: try again in a moment."""


def check(password: str, *, email: str, portal_name: str) -> None:
    """Raises WeakPasswordError for a password that is too short, too long or easily guessed."""
    text = _normal(password)
    if len(text) < MIN_LENGTH:
        raise WeakPasswordError(f"Use {MIN_LENGTH} characters or more. A few words in a row are easy to remember.")
    if len(text) > MAX_LENGTH:
        raise WeakPasswordError(f"Use at most {MAX_LENGTH} characters.")
    folded = text.casefold()
    if folded in {email.casefold(), portal_name.casefold()}:
        raise WeakPasswordError("Your email and our name are the first things a thief tries. Use something else.")
    if len(set(folded)) == 1 or _is_common(text) or _is_common(folded):
        raise WeakPasswordError("Many people use this password, so thieves try it first. Use something else.")


def make_hash(password: str) -> str:
    """Waits at most WAIT_SECONDS for its turn, then raises HashingBusyError. Never call it inside a transaction."""
    return _in_turn(lambda: _hasher.hash(_normal(password)))


def verify(password_hash: str | None, password: str) -> bool:
    """Whether the password fits; None, for nobody's hash, costs the same and never fits. Waits as `make_hash` does."""
    text = _normal(password)
    if len(text) > MAX_LENGTH:
        text = ""  # No stored password is this long; the time taken stays the same.

    def compare() -> bool:
        try:
            return _hasher.verify(password_hash or NOBODYS_HASH, text)
        except (VerificationError, InvalidHashError):
            return False

    return _in_turn(compare) and password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other costs than today's."""
    return _hasher.check_needs_rehash(password_hash)


def _in_turn(work: Callable[[], T]) -> T:
    future = _thread.submit(work)
    try:
        return future.result(WAIT_SECONDS)
    except FutureTimeoutError:
        if future.cancel():
            raise HashingBusyError from None
        return future.result()  # It has begun and takes milliseconds.


def _normal(password: str) -> str:
    # The same accented letter can be typed as one code point or as two (NIST SP 800-63B-4, 3.1.1.2).
    return unicodedata.normalize("NFC", password)


def _is_common(password: str) -> bool:
    # The file is sorted by bytes, one password a line: a bisection of the mapped file costs no memory.
    wanted = password.encode("utf-8", "surrogatepass")
    with _COMMON.open("rb") as file, closing(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)) as lines:
        low, high = 0, len(lines)
        while low < high:
            middle = lines.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = lines.find(b"\n", middle)
            line = lines[middle:end]
            if line == wanted:
                return True
            low, high = (end + 1, high) if line < wanted else (low, middle)
    return False
