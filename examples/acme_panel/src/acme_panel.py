"""ACME's panel for virtual servers: one JSON object each way. Copy this file to begin a driver of your own."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from portal.drivers.base import Done, Driver, DriverRefusedError, DriverUnavailableError, Kind, Later, Setting, Task
from portal.drivers.http import Client, Request, base_address

# https://acme.example/docs/actions
ACTIONS = {"start server": "start", "stop server": "stop", "reboot server": "reboot"}
# https://acme.example/docs/errors
REFUSED = {"moving": "The server is being moved. Please try again tomorrow.", "gone": "The server is gone."}
NOT_DONE = {401: "ACME_PANEL_TOKEN is wrong", 404: "ACME_PANEL_URL leads to nothing", 429: "too many requests"}


class AcmeDriver(Driver):
    name = "acme"
    kinds = frozenset({Kind.VPS})
    settings = (
        Setting("ACME_PANEL_TOKEN", "the token from your ACME account page", required=True, secret=True),
        Setting("ACME_PANEL_URL", "where the panel's API is", "https://api.acme.example/v1", base_address),
    )
    knows_repeats = True  # ACME answers a key that it has seen with what became of it

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._url: str = config["ACME_PANEL_URL"]
        self._headers = {
            "Authorization": f"Bearer {config['ACME_PANEL_TOKEN']}",
            "Content-Type": "application/json",
        }
        self._client = Client("ACME", config["DRIVER_TIMEOUT_SECONDS"], most_bytes=64 * 1024)

    def carry_out(self, task: Task) -> Done | Later:
        if task.act not in ACTIONS or task.external_id is None:
            raise DriverRefusedError("This can't be done for this server. Please ask our support.")
        url = f"{self._url}/servers/{quote(task.external_id, safe='')}/actions"
        body = json.dumps({"action": ACTIONS[task.act], "key": f"portal-{task.id}"}).encode()
        answer = self._client.ask(Request("POST", url, self._headers, body))
        said = _read(answer.body)
        match answer.status, said.get("state"):
            case 200, "done":
                return Done()
            case 202, "queued":
                return Later()
            case 422, state if state in REFUSED:
                raise DriverRefusedError(REFUSED[state])
        # Whatever isn't in a table may have been done.
        words = NOT_DONE.get(answer.status, "the answer can't be understood")
        raise DriverUnavailableError(f"ACME: {words} (HTTP {answer.status})", possible=answer.status not in NOT_DONE)


def _read(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
