"""/metrics of a process that sends texts and serves no pages, for `portal sms dispatch --metrics-port`."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.exceptions import NotFound
from werkzeug.serving import WSGIRequestHandler, make_server

from portal.serving import listen

WSGI = Callable[..., Iterable[bytes]]


class MetricsServer:
    """Answers from a thread of its own."""

    def __init__(self, app: WSGI, host: str, port: int) -> None:
        """`app` is the portal. Exits with one sentence where the port can't be had."""
        self._app = app
        with listen(host, port, setting="--metrics-port") as listener:
            self._server = make_server(
                host, port, self._answer, threaded=True, request_handler=_Handler, fd=listener.fileno()
            )

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The web processes' own page, which looks who may read it. No other page, and no proxy is believed."""
        environ.pop("HTTP_X_FORWARDED_FOR", None)
        page: WSGI = self._app if environ["PATH_INFO"] == "/metrics" else NotFound()
        return page(environ, start_response)


class _Handler(WSGIRequestHandler):
    timeout = 10  # seconds, so that nobody who connects and says nothing keeps a thread

    def log(self, *words: Any) -> None:
        """Nothing: Prometheus asks every few seconds."""
