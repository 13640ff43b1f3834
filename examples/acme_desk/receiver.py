#!/usr/bin/env python3
"""A help desk in one file: takes the portal's messages, keeps each once, and answers.

    TICKETS_WEBHOOK_SECRET=... python3 receiver.py serve 8091 desk.sqlite3

listens at http://127.0.0.1:8091/messages, which TICKETS_WEBHOOK_URL names, and

    TICKETS_WEBHOOK_SECRET=... python3 receiver.py answer https://portal.example.com 12-91c3a0f7 'It works again.'

answers a ticket. Under another address than loopback, a web server with a certificate stands in front.
"""

import hashlib
import hmac
import json
import os
import secrets
import sqlite3
import sys
import time
import urllib.request
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import HTTPError

SECRET = os.environ["TICKETS_WEBHOOK_SECRET"].encode()
LONGEST = 256 * 1024
TOLERANCE = 300
"""Seconds between the portal's clock and this one."""
TABLE = """CREATE TABLE IF NOT EXISTS messages
    (id TEXT PRIMARY KEY, ticket TEXT, customer TEXT, "by" TEXT, message TEXT, closes INTEGER)"""


def signature(at: str, body: bytes) -> str:
    return hmac.new(SECRET, at.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_signed(header: str, body: bytes) -> bool:
    parts = [part.strip().partition("=")[::2] for part in header.split(",")]
    at = next((value for name, value in parts if name == "t" and value.isascii() and value.isdigit()), "0")
    right = [hmac.compare_digest(signature(at, body).encode(), value.encode()) for name, value in parts if name == "v1"]
    return any(right) and abs(time.time() - int(at)) <= TOLERANCE


def keep(path: str, said: dict[str, Any]) -> None:
    """Each once: the portal may send it again."""
    ticket = said["ticket"]
    row = (said["id"], ticket["ref"], ticket["customer"]["email"], said["by"], said["message"], said["closes"])
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(TABLE)
        database.execute("INSERT OR IGNORE INTO messages VALUES (?, ?, ?, ?, ?, ?)", row)


def serve(port: str, path: str) -> None:
    class Receiver(BaseHTTPRequestHandler):
        timeout = 10  # seconds, for who connects and says nothing

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            body = self.rfile.read(length) if length <= LONGEST else b""
            if not is_signed(self.headers.get("Portal-Signature", ""), body):
                self.say(401, {})
                return
            said = json.loads(body)
            keep(path, said)  # Before it is said to be kept: what is cut off in between comes again.
            print(f"{said['ticket']['ref']} {said['by']}: {said['message']!r}", flush=True)
            self.say(200, {"taken": said["id"]})

        def say(self, status: int, said: dict[str, str]) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", int(port)), Receiver) as server:
        print(f"Waiting for messages at http://127.0.0.1:{server.server_port}/messages", flush=True)
        server.serve_forever()


def answer(portal: str, ticket: str, text: str) -> None:
    said = {"id": secrets.token_hex(16), "ticket": ticket, "author": "Sam", "message": text}
    body, at = json.dumps(said).encode(), str(int(time.time()))
    headers = {"Content-Type": "application/json", "Portal-Signature": f"t={at},v1={signature(at, body)}"}
    request = urllib.request.Request(f"{portal}/hooks/tickets", body, headers)  # noqa: S310 - the shop's own address
    try:
        with urllib.request.urlopen(request, timeout=10) as said_back:  # noqa: S310
            print(said_back.read().decode().strip())
    except HTTPError as error:
        with error:
            sys.exit(f"The portal answers {error.code}: {error.read().decode().strip()}")


if __name__ == "__main__":
    {"serve": serve, "answer": answer}[sys.argv[1]](*sys.argv[2:])
