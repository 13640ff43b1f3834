"""A help desk: a real server on loopback that checks the signature, keeps what comes, and does as it is told."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from portal import clock, signing

SECRET = "a secret of the help desk and the portal"


class HelpDesk:
    """`answer`: ok, html (a page with status 200), other (names another message), redirect, drop, or a status."""

    def __init__(self) -> None:
        self.answer = "ok"
        self.taken: list[dict[str, Any]] = []
        self.heard: list[tuple[bytes, str]] = []
        """Each body that came, with its signature."""
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/messages"

    @property
    def settings(self) -> dict[str, str]:
        return {"TICKETS_WEBHOOK_URL": self.url, "TICKETS_WEBHOOK_SECRET": SECRET}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _handler(desk) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - `self` is the request's
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                desk.heard.append((body, self.headers[signing.HEADER]))
                signing.check(SECRET, body, self.headers[signing.HEADER], clock.now())
                message = json.loads(body)
                if desk.answer == "drop":
                    self.connection.close()
                    return
                if desk.answer == "ok":
                    desk.taken.append(message)
                status, answer = desk._said(message["id"])
                self.send_response(status)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *words: Any) -> None:
                """Nothing."""

        return Handler

    def _said(self, message_id: str) -> tuple[int, bytes]:
        match self.answer:
            case "ok":
                return 200, json.dumps({"taken": message_id}).encode()
            case "html":
                return 200, b"<h1>Closed for maintenance</h1>"
            case "other":
                return 200, b'{"taken": "1-another"}'
            case "redirect":
                return 302, json.dumps({"taken": message_id}).encode()
        return int(self.answer), b"{}"
