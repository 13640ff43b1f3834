#!/usr/bin/env python3
"""Takes the portal's orders from its webhook and runs a command of this machine for each.

    WEBHOOK_SECRET=... python3 receiver.py serve 8090 commands.json orders.sqlite3

commands.json says what to run for which act, {"reboot server": ["virsh", "reboot", "{external_id}"]}, where
{values[image]} is one of the values; or [] where people do it and answer later:

    WEBHOOK_SECRET=... python3 receiver.py answer https://portal.example.com 17 '{"outcome": "done"}'

It listens on loopback: under another address, a web server with a certificate stands in front.
"""

import hashlib
import hmac
import json
import os
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

SECRET = os.environ["WEBHOOK_SECRET"].encode()
LONGEST = 32 * 1024 * 1024
"""Bytes of an order: one that imports a large zone has some millions."""
TOLERANCE = 300
"""Seconds between the portal's clock and this one."""
FAILED = "It didn't work. Please ask our support."


def signature(at: str, body: bytes) -> str:
    return hmac.new(SECRET, at.encode() + b"." + body, hashlib.sha256).hexdigest()


def signed(body: bytes) -> dict[str, str]:
    at = str(int(time.time()))
    return {"Portal-Signature": f"t={at},v1={signature(at, body)}", "Content-Type": "application/json"}


def is_signed(header: str, body: bytes) -> bool:
    parts = [part.strip().partition("=")[::2] for part in header.split(",")]
    at = next((value for name, value in parts if name == "t" and value.isascii() and value.isdigit()), "0")
    right = [hmac.compare_digest(signature(at, body).encode(), value.encode()) for name, value in parts if name == "v1"]
    return any(right) and abs(time.time() - int(at)) <= TOLERANCE


class Orders:
    """What came, and what became of it."""

    def __init__(self, commands: dict[str, list[str]], path: str) -> None:
        self.commands = commands
        self.path = path
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, answer TEXT)")

    def answer(self, order: dict[str, Any]) -> str | None:
        """The same answer however often the order comes. None while nobody knows how it ends."""
        with closing(sqlite3.connect(self.path)) as database:
            with database:
                # Noted before the work begins: an order that was cut off half-way is not begun again.
                new = database.execute("INSERT OR IGNORE INTO orders (id) VALUES (?)", [order["id"]]).rowcount
            if new:
                answer = json.dumps({"id": order["id"], **self.carry_out(order)})
                with database:
                    database.execute("UPDATE orders SET answer = ? WHERE id = ?", [answer, order["id"]])
            found: str | None = database.execute("SELECT answer FROM orders WHERE id = ?", [order["id"]]).fetchone()[0]
            return found

    def carry_out(self, order: dict[str, Any]) -> dict[str, str]:
        command = self.commands.get(order["act"])
        if command is None:
            return {"outcome": "failed", "note": "We can't do this for you here. Please ask our support."}
        if not command:
            return {"outcome": "later"}
        known = {name: value for name, value in order.items() if value is not None}
        try:
            # A list of words and no shell: what is in a name stays a name. A new password comes in on stdin, where no
            # other user of this machine sees it.
            words = [word.format_map(known) for word in command]
            done = subprocess.run(words, input=order.get("secret", "").encode(), check=False)  # noqa: S603 - ours
            worked = done.returncode == 0
        except (KeyError, OSError) as error:  # The order has no such thing, or the machine no such command.
            print(f"Order {order['id']}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            worked = False
        return {"outcome": "done"} if worked else {"outcome": "failed", "note": FAILED}


class Server(ThreadingHTTPServer):
    orders: Orders


class Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = 30

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        if not 0 < length <= LONGEST:
            self.send(413)
            return
        body = self.rfile.read(length)
        if not is_signed(self.headers.get("Portal-Signature", ""), body):
            self.send(401)
            return
        answer = self.server.orders.answer(json.loads(body))
        if answer is None:
            # Still at work, or cut off: the portal asks again, and its people see that it goes on for long.
            self.send(503)
        else:
            self.send(202 if json.loads(answer)["outcome"] == "later" else 200, answer.encode())

    def send(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in {**signed(body), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def serve(port: str, commands: str, database: str) -> None:
    server = Server(("127.0.0.1", int(port)), Handler)
    server.orders = Orders(json.loads(Path(commands).read_text()), database)
    print(f"Waiting for orders on port {server.server_port}.", flush=True)
    server.serve_forever()


def answer(portal: str, order: str, outcome: str) -> None:
    """Tell the portal how an order ended that was taken over."""
    body = json.dumps({**json.loads(outcome), "id": int(order)}).encode()
    request = urllib.request.Request(f"{portal}/hooks/orders", body, signed(body))  # noqa: S310 - typed in by us
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            print(f"The portal answers {response.status}.")
    except HTTPError as error:
        with error:
            sys.exit(f"The portal answers {error.code}: {error.read().decode().strip()}")


if __name__ == "__main__":
    {"serve": serve, "answer": answer}[sys.argv[1]](*sys.argv[2:])
