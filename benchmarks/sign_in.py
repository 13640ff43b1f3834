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
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin

import requests
from sqlalchemy import insert

from portal import create_app, passwords
from portal.database import begin_write
from portal.models import Account, AuditEvent, Challenge, Phone, TextMessage

EMAIL, PASSWORD, NUMBER = "bench@example.com", "four plain words together", "+12015550123"
TICKS = os.sysconf("SC_CLK_TCK")
ROWS_AT_ONCE = 5_000


def main() -> None:
    options = read_options()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = settings(folder)
        fill(folder, env, options.accounts, options.history)
        with server(env) as (address, parent):
            idle = [memory(pid) for pid in children(parent)]
            sign_in_once(address, folder)
            before = sum(cpu(pid) for pid in [parent, *children(parent)])
            began = time.monotonic()
            for _ in range(options.cycles):
                sign_in_once(address, folder)
            seconds = time.monotonic() - began
            spent = sum(cpu(pid) for pid in [parent, *children(parent)]) - before
            after = [memory(pid) for pid in children(parent)]
    cycle_ms, hash_ms = 1000 * spent / options.cycles, bare_hash_ms(options.cycles)
    print(f"accounts {options.accounts}, old challenges, texts and audit rows {options.history} each")
    print(f"cycles a second, one after the other   {options.cycles / seconds:8.1f}")
    print(f"server CPU a cycle                     {cycle_ms:8.1f} ms")
    print(f"one bare hash                          {hash_ms:8.1f} ms")
    print(f"cycle / hash                           {cycle_ms / hash_ms:8.2f}   (target: at most 1.9)")
    print(f"beyond the hash                        {cycle_ms - hash_ms:8.1f} ms (target: at most 17)")
    print(f"a worker's memory, before any sign-in  {max(idle):8.1f} MiB (target: at most 60)")
    print(f"a worker's memory, after all           {max(after):8.1f} MiB")


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cycles", type=int, default=50)
    parser.add_argument("--accounts", type=int, default=1_000)
    parser.add_argument("--history", type=int, default=0, help="old challenges, texts and audit rows, of each")
    return parser.parse_args()


def settings(folder: Path) -> dict[str, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    names = ("PASSWORD_ACCOUNT_ADDRESS", "TEXT_NUMBER", "TEXT_NUMBER_DAY", "TEXT_ACCOUNT", "TEXT_ACCOUNT_DAY")
    # As many as nobody reaches, not off: counting is part of the work.
    return {f"LIMIT_{name}": "1000000/day" for name in names} | {
        "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3",
        "SECRET_KEY": "only for a portal that is measured",
        "PORT": str(port),
        "SMS_CONSOLE_FILE": str(folder / "texts"),
    }


def fill(folder: Path, env: dict[str, str], accounts: int, history: int) -> None:
    """An enrolled customer, other accounts, and what a busy shop has behind it."""
    subprocess.run([portal_command(), "db", "upgrade"], env=os.environ | env, check=True, stdout=subprocess.DEVNULL)
    # Spent, but not yet old enough to be pruned while the cycles run.
    old = datetime.now(UTC) - timedelta(days=3)
    password_hash = passwords.make_hash(PASSWORD)

    def account(n: int) -> dict[str, object]:
        email = EMAIL if n == 0 else f"customer{n}@example.com"
        values = {"id": n + 1, "email": email, "name": "Bench", "account_type": "personal", "epoch": 0}
        return values | {"password_hash": password_hash, "made_at": old}

    def phone(n: int) -> dict[str, object]:
        return {"account_id": n + 1, "slot": "primary", "number": NUMBER, "proven_at": old}

    def challenge(n: int) -> dict[str, object]:
        values = {"id": f"{n:032x}", "account_id": n % accounts + 1, "epoch": 0, "session_id": f"{n:064x}"}
        values |= {"purpose": "sign_in", "subject": {}, "salt": b"0" * 16, "made_at": old, "password_at": old}
        return values | {"expires_at": old, "attempts": 1, "used_at": old}

    def text(n: int) -> dict[str, object]:
        values = {"id": f"{n:032x}", "account_id": n % accounts + 1, "kind": "code", "challenge_id": f"{n:032x}"}
        values |= {"slot": "primary", "number": NUMBER, "proven": True, "queued_at": old, "dies_at": old, "due_at": old}
        return values | {"passes": 0, "possible": 0, "settled_at": old, "outcome": "accepted"}

    def audit(n: int) -> dict[str, object]:
        values = {"account_id": n % accounts + 1, "at": old, "event": "signed in with a code", "by": "customer"}
        return values | {"address": "203.0.113.5", "browser": "Bench", "detail": {}}

    app = create_app(folder, env)
    with app.app_context():
        plan = ((Account, account, accounts), (Phone, phone, 1), (Challenge, challenge, history))
        for table, make, count in (*plan, (TextMessage, text, history), (AuditEvent, audit, history)):
            for start in range(0, count, ROWS_AT_ONCE):
                with begin_write() as session:
                    session.execute(insert(table), [make(n) for n in range(start, min(start + ROWS_AT_ONCE, count))])


@contextmanager
def server(env: dict[str, str]) -> Iterator[tuple[str, int]]:
    """A running portal: its address, and the process id of the parent."""
    command = [portal_command(), "serve", "--workers", "1"]
    with subprocess.Popen(command, env=os.environ | env, stderr=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{env['PORT']}"
        try:
            while True:
                try:
                    requests.get(f"{address}/readyz", timeout=5).raise_for_status()
                    break
                except requests.RequestException:
                    if process.poll() is not None:
                        raise
                    time.sleep(0.05)
            yield address, process.pid
        finally:
            process.terminate()


def sign_in_once(address: str, folder: Path) -> None:
    browser = requests.Session()
    page = browser.get(f"{address}/auth/login", timeout=30)
    sent = newest_text(folder)
    page = post(browser, page, "/auth/login", email=EMAIL, password=PASSWORD)
    assert page.url.endswith("/auth/verify"), page.text
    deadline = time.monotonic() + 30
    while (text := newest_text(folder)) == sent and time.monotonic() < deadline:
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


def bare_hash_ms(times: int) -> float:
    """CPU time of one verification."""
    password_hash = passwords.make_hash(PASSWORD)
    began = time.process_time()
    for _ in range(times):
        passwords.verify(password_hash, PASSWORD)
    return 1000 * (time.process_time() - began) / times


def portal_command() -> str:
    return str(Path(sys.executable).with_name("portal"))


def children(parent: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


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
