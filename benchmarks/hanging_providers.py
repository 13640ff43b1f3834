"""Measures whether signing in waits for a provider: .venv/bin/python -m benchmarks.hanging_providers.

Prints the time of the login page and of the password step while two providers hang, beside the same with one that
answers at once, and the ratios. A ratio near 1 says that no customer waits. Nothing here asserts anything.
"""

import argparse
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from benchmarks import sign_in
from portal.sms_backends.base import Accepted, SmsBackend, SmsMessage, SmsUnavailable


class PromptBackend(SmsBackend):
    """Takes every text at once."""

    name = "prompt"

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._seconds: int = config["SMS_TIMEOUT_SECONDS"]

    def send(self, message: SmsMessage) -> Accepted:
        return Accepted(message.reference)


class HangingBackend(PromptBackend):
    """Says nothing until its time is up."""

    name = "hanging"

    def send(self, message: SmsMessage) -> Accepted:
        threading.Event().wait(self._seconds)
        raise SmsUnavailable(f"no answer for {message.reference}", possible=True)


class SecondHangingBackend(HangingBackend):
    name = "hanging too"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20)
    times = parser.parse_args().times
    prompt = measure("PromptBackend", times=times)
    hanging = measure("HangingBackend", "SecondHangingBackend", times=times)
    for name in ("login page", "password"):
        ratio = hanging[name] / prompt[name]
        print(f"{name:12} {1000 * prompt[name]:7.1f} ms, hanging {1000 * hanging[name]:7.1f} ms, ratio {ratio:5.2f}")


def measure(*backends: str, times: int) -> dict[str, float]:
    """The median seconds of each step."""
    took: dict[str, list[float]] = {"login page": [], "password": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = sign_in.settings(folder) | {
            "SMS_BACKENDS": ",".join(f"benchmarks.hanging_providers:{backend}" for backend in backends),
            "SMS_ALLOWED_REGIONS": "US",
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent.parent), os.environ.get("PYTHONPATH", "")]),
        }
        sign_in.fill(folder, env, accounts=10, history=0)
        with sign_in.server([sign_in.portal_command(), "serve", "--workers", "1"], env) as (address, _):
            for n in range(times + 1):
                browser = requests.Session()
                began = time.perf_counter()
                page = browser.get(f"{address}/auth/login", timeout=30)
                opened = time.perf_counter()
                fields = {
                    "email": sign_in.email(n % 10),
                    "password": sign_in.PASSWORD,
                    "csrf_token": sign_in.csrf_token(page),
                }
                answer = browser.post(page.url, data=fields, timeout=30, allow_redirects=False)
                assert answer.headers["Location"].endswith("/auth/verify"), answer.text
                took["login page"].append(opened - began)
                took["password"].append(time.perf_counter() - opened)
    return {step: statistics.median(seconds[1:]) for step, seconds in took.items()}


if __name__ == "__main__":
    main()
