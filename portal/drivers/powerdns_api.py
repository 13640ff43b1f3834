"""PowerDNS's HTTP API, as far as the driver needs it, and what its statuses mean.

https://doc.powerdns.com/authoritative/http-api/
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from portal.drivers.base import DriverRefusedError, DriverUnavailableError
from portal.drivers.http import Answer, Client, Request
from portal.drivers.powerdns_records import NotUnderstoodError, Zone, read_zone

OK = frozenset({200, 201, 204})
NOT_FOUND, UNPROCESSABLE = 404, 422
NOT_DONE = {
    # So 4.7 says of a request that is too large, too.
    400: "the request is malformed, or larger than webserver-max-bodysize",
    401: "POWERDNS_API_KEY is wrong",
    403: "the portal is kept out",
    405: "POWERDNS_URL leads to something else",
    409: "another request was faster",
    413: "the request is larger than webserver-max-bodysize",
    429: "it has too much to do",
}
"""Statuses behind which nothing was done. A 422 speaks of the records, which is for the customer."""
MOST_SAID = 200
"""Characters of PowerDNS's words, or of a value, in a sentence for the customer."""


class Visit:
    """The requests of one attempt, which share its time."""

    def __init__(self, client: Client, server: str, key: str, seconds: float) -> None:
        """`server` is the address of one of PowerDNS's servers, without a last slash."""
        self._client = client
        self._server = server
        self._headers = {"X-API-Key": key, "Content-Type": "application/json"}
        self._end = time.monotonic() + seconds

    def zone(self, name: str) -> Zone | None:
        """None where there is none. Raises DriverUnavailableError."""
        answer = self._ask("GET", _path(name))
        if answer is None:
            # So says a web server that is no PowerDNS, too, and one that is asked for a wrong server. Nobody may
            # conclude from that that the zones are gone.
            if self._ask("GET", "") is None:
                raise DriverUnavailableError("PowerDNS: POWERDNS_URL or POWERDNS_SERVER_ID is wrong", possible=False)
            return None
        try:
            return read_zone(name, answer.body)
        except NotUnderstoodError as error:
            raise DriverUnavailableError("PowerDNS: its zone can't be understood", possible=False) from error

    def changed(self, name: str, is_so: Callable[[Zone], bool]) -> Zone:
        """A zone that was just changed, when it is so: no status is believed alone.

        Raises DriverUnavailableError. The next attempt finds the work done, or does it.
        """
        try:
            zone = self.zone(name)
        except DriverUnavailableError as error:
            raise DriverUnavailableError(str(error), possible=True) from error
        if zone is None or not is_so(zone):
            raise DriverUnavailableError("PowerDNS: the change can't be seen after it was made", possible=True)
        return zone

    def patch(self, name: str, rrsets: list[dict[str, Any]]) -> None:
        """All of them or none. Raises DriverRefusedError or DriverUnavailableError, as the others do."""
        self._change("PATCH", _path(name), {"rrsets": rrsets})

    def make(self, name: str, rrsets: list[dict[str, Any]]) -> None:
        """A zone; PowerDNS makes its SOA."""
        zone = {"name": f"{name}.", "kind": "Native", "soa_edit_api": "DEFAULT", "nameservers": [], "rrsets": rrsets}
        self._change("POST", "/zones", zone)

    def delete(self, name: str) -> None:
        """A zone, if it is there."""
        if self.zone(name) is None:
            return
        self._ask("DELETE", _path(name))
        try:
            gone = self.zone(name) is None
        except DriverUnavailableError as error:
            raise DriverUnavailableError(str(error), possible=True) from error
        if not gone:
            raise DriverUnavailableError("PowerDNS: the zone is there after it was deleted", possible=True)

    def _change(self, method: str, path: str, content: Mapping[str, Any]) -> None:
        if self._ask(method, path, content) is None:
            raise DriverUnavailableError("PowerDNS: the zone is gone", possible=False)

    def _ask(self, method: str, path: str, content: Mapping[str, Any] | None = None) -> Answer | None:
        """A success, or None where nothing is at the path."""
        body = b"" if content is None else json.dumps(content).encode()
        request = Request(method, self._server + path, self._headers, body, changes=method != "GET")
        answer = self._client.ask(request, self._end - time.monotonic())
        if answer.status in OK:
            return answer
        if answer.status == NOT_FOUND:
            return None
        if answer.status == UNPROCESSABLE and request.changes:
            raise DriverRefusedError(_refusal(answer.body))
        words = NOT_DONE.get(answer.status, "that is no answer of its API")
        possible = request.changes and answer.status not in NOT_DONE
        raise DriverUnavailableError(f"PowerDNS: {words} (HTTP {answer.status})", possible=possible)


def short(text: str) -> str:
    """One line that fits into a sentence."""
    words = "".join(letter if letter.isprintable() else " " for letter in text)
    return words if len(words) <= MOST_SAID else f"{words[: MOST_SAID - 1]}…"


def _path(name: str) -> str:
    """A zone's, in which PowerDNS writes what isn't a letter, digit, dot or hyphen its own way."""
    return "/zones/" + re.sub(r"[^A-Za-z0-9.-]", lambda found: f"={ord(found[0]):02X}", f"{name}.")


def _refusal(body: bytes) -> str:
    """A sentence for the customer about what PowerDNS doesn't take."""
    try:
        said = str(json.loads(body)["error"])
    except (ValueError, TypeError, LookupError, RecursionError):
        said = ""
    if "Conflicts with" in said:
        return "A CNAME can't share its name with other records. Nothing was changed."
    words = f" It says: {short(said).rstrip('.')}." if said else ""
    return f"The name server doesn't accept this.{words} Nothing was changed."
