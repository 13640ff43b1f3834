"""One HTTP request as an order needs it: sent once, led nowhere else, over in time, and sorted when it fails."""

import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import requests

from portal.addresses import address, base_address
from portal.drivers.base import DriverUnavailableError
from portal.sms_backends.base import SmsUnavailable
from portal.sms_backends.deadline import Deadline
from portal.sms_backends.outcomes import CERTAIN, POSSIBLE, Table, error_names, failure

__all__ = ["Answer", "Client", "Request", "address", "base_address"]

OUTCOMES: Table = {
    # What the libraries under this raise before anything of the request has left.
    "NewConnectionError": (CERTAIN, "no connection"),
    "NameResolutionError": (CERTAIN, "its host can't be looked up"),
    "ConnectTimeout": (CERTAIN, "no connection in time"),
    "SSLCertVerificationError": (CERTAIN, "its certificate is not trusted"),
    # And afterwards, or nobody knows when.
    "SSLError": (POSSIBLE, "no secure connection"),
    "ReadTimeout": (POSSIBLE, "no answer in time"),
    "ReadTimeoutError": (POSSIBLE, "no answer in time"),
    "TimeoutError": (POSSIBLE, "no answer in time"),
    "TooLongError": (POSSIBLE, "the answer is too long"),
    "ProtocolError": (POSSIBLE, "the connection was dropped"),
    "ConnectionError": (POSSIBLE, "the connection was dropped"),
}


class TooLongError(Exception):
    """The answer has more bytes than any good one."""


@dataclass(frozen=True)
class Request:
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    changes: bool = True
    """Whether it would change anything. When it fails, that may have happened all the same."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Their names in any case."""
    body: bytes = field(repr=False)


class Client:
    """Makes requests for a driver, from several threads at once.

    No redirect is followed: an order is posted once, to the address in the settings. No proxy, cookie or .netrc of the
    environment is used. `REQUESTS_CA_BUNDLE` names the certificates to trust, where the usual ones won't do.
    """

    def __init__(self, whom: str, seconds: float, *, most_bytes: int) -> None:
        """`whom` is what errors call the other side; an answer has at most `most_bytes`."""
        # It warns of things that are an error here anyway.
        logging.getLogger("urllib3").setLevel(logging.ERROR)
        self._whom = whom
        self._seconds = seconds
        self._most = most_bytes
        self._deadline = Deadline(seconds)

    def ask(self, request: Request, seconds: float | None = None) -> Answer:
        """The answer, whatever its status, within `seconds`, or all the time there is for an attempt.

        Raises DriverUnavailableError.
        """
        seconds = self._seconds if seconds is None else seconds
        if seconds <= 0:
            raise DriverUnavailableError(f"{self._whom}: no time was left to ask", possible=False)
        if not Path(_trusted() or "/").exists():
            raise DriverUnavailableError("REQUESTS_CA_BUNDLE names no file", possible=False)
        try:
            return self._deadline.run(partial(self._once, request, seconds), seconds)
        except SmsUnavailable as error:
            words, possible = f"{self._whom}: {error}", error.possible
        except Exception as error:  # noqa: BLE001 - errors of three libraries, sorted by the table
            failed = failure(self._whom, OUTCOMES, error_names(error))
            words, possible = str(failed), getattr(failed, "possible", True)
        # Raised out here: those errors hold the request, secrets and all.
        raise DriverUnavailableError(words, possible=possible and request.changes)

    def _once(self, request: Request, seconds: float) -> Answer:
        end = time.monotonic() + seconds
        # A new connection each time: one that was kept may have been closed at the other end, and nobody could say
        # whether before the request or after it.
        with requests.Session() as session:
            session.trust_env = False
            with session.request(
                request.method,
                request.url,
                # Not compressed: a small answer can't become a large one.
                headers={"User-Agent": "client-portal", "Accept-Encoding": "identity", **request.headers},
                data=request.body,
                allow_redirects=False,
                stream=True,
                # Whoever doesn't take a connection in half of the time is not there, and certainly got nothing.
                timeout=(seconds / 2, seconds),
                verify=_trusted() or True,
            ) as response:
                return Answer(response.status_code, response.headers, self._body(response, end))

    def _body(self, response: requests.Response, end: float) -> bytes:
        body = bytearray()
        while piece := response.raw.read1(65536, decode_content=False):
            body += piece
            if len(body) > self._most:
                raise TooLongError
            if time.monotonic() > end:
                raise TimeoutError  # nobody waits any more
        return bytes(body)


def _trusted() -> str | None:
    return os.environ.get("REQUESTS_CA_BUNDLE")
