"""Measures sign-ins against a `portal serve` of its own: .venv/bin/python -m benchmarks.sign_in [--help].

One cycle: login page, password, code page, code, landing, sign-out. What it prints is to be read as ratios within one
run: machines differ, and differ from minute to minute. Nothing here asserts anything.
"""

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean
from urllib.parse import urljoin

import requests
from sqlalchemy import insert

from portal import create_app, passwords
from portal.database import begin_write
from portal.models import Account, AuditEvent, Challenge, Phone, TextMessage

ROOT = Path(__file__).parents[1]
PASSWORD = "four plain words together"  # noqa: S105 - of customers made up here
TICKS = os.sysconf("SC_CLK_TCK")
ROWS_AT_ONCE = 5_000
ROUND = 10
"""Cycles at a time in each shop, in turn, so that a slow minute of the machine is everyone's."""


@dataclass
class Shop:
    """A portal that is measured."""

    accounts: int
    folder: Path
    address: str
    parent: int
    idle_mib: float
    cycles: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    @property
    def cycle_ms(self) -> float:
        return 1000 * self.cpu_seconds / self.cycles

    def measure(self, cycles: int) -> None:
        before, began = server_cpu(self.parent), time.monotonic()
        for n in range(self.cycles, self.cycles + cycles):
            sign_in_once(self, n % self.accounts)
        self.seconds += time.monotonic() - began
        self.cpu_seconds += server_cpu(self.parent) - before
        self.cycles += cycles


def main() -> None:
    options = read_options()
    hash_seconds = []
    with ExitStack() as stack:
        shops = [open_shop(stack, accounts, options.history) for accounts in options.accounts]
        for _ in range(options.rounds):
            for shop in shops:
                shop.measure(ROUND)
            hash_seconds.append(hash_cpu(ROUND))
        after = [max(memory(pid) for pid in children(shop.parent)) for shop in shops]
    hash_ms = 1000 * mean(hash_seconds)
    for shop, after_mib in zip(shops, after, strict=True):
        report(shop, options.history, hash_ms, after_mib)
    if len(shops) > 1:
        ratio = shops[-1].cycle_ms / shops[0].cycle_ms
        print(f"CPU with {shops[-1].accounts} accounts / with {shops[0].accounts}: {ratio:.2f}   (target: at most 1.1)")
    print(f"second ./run to its first page         {second_run_seconds():8.1f} s  (target: at most 3)")


def report(shop: Shop, history: int, hash_ms: float, after_mib: float) -> None:
    print(f"accounts {shop.accounts}, old challenges, texts and audit rows {history} each")
    print(f"cycles a second, one after the other   {shop.cycles / shop.seconds:8.1f}")
    print(f"server CPU a cycle                     {shop.cycle_ms:8.1f} ms")
    print(f"one bare hash                          {hash_ms:8.1f} ms")
    print(f"cycle / hash                           {shop.cycle_ms / hash_ms:8.2f}   (target: at most 1.9)")
    print(f"beyond the hash                        {shop.cycle_ms - hash_ms:8.1f} ms (target: at most 17)")
    print(f"a worker's memory, before any sign-in  {shop.idle_mib:8.1f} MiB (target: at most 60)")
    print(f"a worker's memory, after all           {after_mib:8.1f} MiB")


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=6, help=f"of {ROUND} cycles")
    parser.add_argument("--accounts", type=int, nargs="+", default=[1_000], help="several are measured in turn")
    parser.add_argument("--history", type=int, default=0, help="old challenges, texts and audit rows, of each")
    return parser.parse_args()


def open_shop(stack: ExitStack, accounts: int, history: int) -> Shop:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    env = settings(folder)
    fill(folder, env, accounts, history)
    address, parent = stack.enter_context(server([portal_command(), "serve", "--workers", "1"], env))
    shop = Shop(accounts, folder, address, parent, max(memory(pid) for pid in children(parent)))
    sign_in_once(shop, accounts - 1)
    return shop


def settings(folder: Path) -> dict[str, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return {
        "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3",
        "SECRET_KEY": "only for a portal that is measured",
        "PORT": str(port),
        "SMS_CONSOLE_FILE": str(folder / "texts"),
    }


def email(n: int) -> str:
    return f"customer{n}@example.com"


def fill(folder: Path, env: dict[str, str], accounts: int, history: int) -> None:
    """Enrolled customers, and what a busy shop has behind it."""
    subprocess.run([portal_command(), "db", "upgrade"], env=os.environ | env, check=True, stdout=subprocess.DEVNULL)
    # Spent, but not yet old enough to be pruned while the cycles run.
    old = datetime.now(UTC) - timedelta(days=3)
    password_hash = passwords.make_hash(PASSWORD)

    def account(n: int) -> dict[str, object]:
        values = {"id": n + 1, "email": email(n), "name": "Bench", "account_type": "personal", "epoch": 0}
        return values | {"password_hash": password_hash, "made_at": old}

    def number(n: int) -> str:
        return f"+1201555{n % 10_000:04}"

    def phone(n: int) -> dict[str, object]:
        proven_at = old - timedelta(days=30)
        return {"account_id": n + 1, "slot": "primary", "number": number(n), "proven_at": proven_at}

    def challenge(n: int) -> dict[str, object]:
        values = {"id": f"{n:032x}", "account_id": n % accounts + 1, "epoch": 0, "session_id": f"{n:064x}"}
        values |= {"purpose": "sign_in", "subject": {}, "salt": b"0" * 16, "made_at": old, "password_at": old}
        return values | {"expires_at": old, "attempts": 1, "used_at": old}

    def text(n: int) -> dict[str, object]:
        values = {"id": f"{n:032x}", "account_id": n % accounts + 1, "kind": "code", "challenge_id": f"{n:032x}"}
        values |= {"slot": "primary", "number": number(n), "proven": True, "queued_at": old, "dies_at": old}
        return values | {"due_at": old, "passes": 0, "possible": 0, "settled_at": old, "outcome": "accepted"}

    def audit(n: int) -> dict[str, object]:
        values = {"account_id": n % accounts + 1, "at": old, "event": "signed in with a code", "by": "customer"}
        return values | {"address": "203.0.113.5", "browser": "Bench", "detail": {}}

    app = create_app(folder, env)
    with app.app_context():
        plan = ((Account, account, accounts), (Phone, phone, accounts), (Challenge, challenge, history))
        for table, make, count in (*plan, (TextMessage, text, history), (AuditEvent, audit, history)):
            for start in range(0, count, ROWS_AT_ONCE):
                with begin_write() as session:
                    session.execute(insert(table), [make(n) for n in range(start, min(start + ROWS_AT_ONCE, count))])


@contextmanager
def server(command: list[str], env: dict[str, str]) -> Iterator[tuple[str, int]]:
    """A running portal: its address, and the process id of the parent."""
    with subprocess.Popen(
        command, env=os.environ | env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        address = f"http://127.0.0.1:{env['PORT']}"
        try:
            while True:
                try:
                    requests.get(f"{address}/auth/login", timeout=5).raise_for_status()
                    break
                except requests.RequestException:
                    if process.poll() is not None:
                        raise
                    time.sleep(0.02)
            yield address, process.pid
        finally:
            process.terminate()


def second_run_seconds() -> float:
    """From `./run` to its first page, when all is installed and the database exists."""
    with tempfile.TemporaryDirectory() as name:
        for _ in range(2):
            began = time.monotonic()
            with server([str(ROOT / "run")], settings(Path(name))):
                seconds = time.monotonic() - began
    return seconds


def sign_in_once(shop: Shop, n: int) -> None:
    browser = requests.Session()
    page = browser.get(f"{shop.address}/auth/login", timeout=30)
    sent = newest_text(shop.folder)
    page = post(browser, page, "/auth/login", email=email(n), password=PASSWORD)
    assert page.url.endswith("/auth/verify"), page.text
    deadline = time.monotonic() + 30
    while (text := newest_text(shop.folder)) == sent and time.monotonic() < deadline:
        time.sleep(0.002)
    page = post(browser, page, "/auth/verify", code=json.loads(text)["body"][-6:])
    assert page.url.endswith("/resources/"), page.text
    post(browser, page, "/auth/logout")


def post(browser: requests.Session, page: requests.Response, path: str, **fields: str) -> requests.Response:
    url = urljoin(page.url, path)
    return browser.post(url, data=fields | {"csrf_token": csrf_token(page)}, timeout=30)


def csrf_token(page: requests.Response) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def newest_text(folder: Path) -> str:
    path = folder / "texts"
    lines = path.read_text().splitlines() if path.exists() else []
    return lines[-1] if lines else ""


def hash_cpu(times: int) -> float:
    """Seconds of processor time of one verification."""
    password_hash = passwords.make_hash(PASSWORD)
    began = time.process_time()
    for _ in range(times):
        passwords.verify(password_hash, PASSWORD)
    return (time.process_time() - began) / times


def portal_command() -> str:
    return str(Path(sys.executable).with_name("portal"))


def children(parent: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def server_cpu(parent: int) -> float:
    return sum(cpu(pid) for pid in [parent, *children(parent)])


def cpu(pid: int) -> float:
    """Seconds of processor time so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(pid: int) -> float:
    """Resident, in MiB."""
    match = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(match[1]) / 1024 if match else 0.0


if __name__ == "__main__":
    main()
