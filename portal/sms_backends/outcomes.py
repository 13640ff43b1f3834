"""How what a provider answers, or fails to answer, becomes one of the portal's errors: by the provider's own table."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from portal.sms_backends.base import SmsRejected, SmsUnavailable

Failure = SmsRejected | SmsUnavailable
Outcome = Callable[[str], Failure]

REJECTED: Outcome = SmsRejected
"""It speaks of the number: no text to it will work."""
CERTAIN: Outcome = partial(SmsUnavailable, possible=False)
"""The text was not sent."""
POSSIBLE: Outcome = partial(SmsUnavailable, possible=True)
"""The text may have been sent."""

Table = Mapping[str, tuple[Outcome, str]]
"""From a provider's name for something to what it means and half a sentence that says so."""


def failure(provider: str, table: Table, names: Iterable[str]) -> Failure:
    """The error for the first of `names` in the table. What the table doesn't know is a possible send.

    Raise it outside the `except` block: what an SDK says may hold the number or the text, and an error raised inside
    would carry that along as its context.
    """
    outcome, name, words = next(
        ((table[name][0], name, table[name][1]) for name in names if name in table),
        (POSSIBLE, "unknown", "the answer can't be understood"),
    )
    # A rejection's words are for the customer as well.
    return outcome(words if outcome is REJECTED else f"{provider}: {words} ({name})")


def http_names(status: int) -> list[str]:
    """What a table may call an HTTP status: "HTTP 401", "HTTP 4xx"."""
    return [f"HTTP {status}", f"HTTP {status // 100}xx"]


def error_names(error: BaseException) -> list[str]:
    """The class of an error and of those wrapped in it by urllib3, requests or botocore, the innermost first."""
    wrapped = [getattr(error, "reason", None), getattr(error, "kwargs", {}).get("error"), *error.args]
    inner = next((item for item in wrapped if isinstance(item, BaseException)), None)
    return [*(error_names(inner) if inner else []), type(error).__name__]
