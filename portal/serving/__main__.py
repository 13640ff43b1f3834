"""The server's parent process. Its arguments come from `portal.serving.serve`."""

import importlib
import logging
import mmap
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from functools import partial
from multiprocessing.process import BaseProcess
from typing import Any

from granian import net
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from portal.serving import BACKLOG, SIGNALS, watch_parent

# Granian's type stubs know neither the name nor the arguments: a file descriptor, is it a Unix socket, the backlog.
SocketHolder: Any = net.SocketHolder  # type: ignore[attr-defined]

THREADS = 2
"""How many requests a worker answers at a time. More made sign-ins slower and took more memory."""

GRACE_SECONDS = 4.0
"""What requests in flight have to finish after SIGTERM: with what comes before and after, below the 5 promised."""

RESPAWN_SECONDS = 1.0
"""The least time from a worker's start to its successor's, so that one that can't live doesn't eat the machine."""

log = logging.getLogger("portal.serving")


class Server(MPServer):
    """Granian's workers under a parent of our own.

    Granian's parent gives up when a worker is killed twice within 5.5 seconds, and waits for ever when SIGTERM comes
    before its workers are up, for they start with the parent's own signal handlers. This one has neither threads nor
    handlers: its signals are blocked, in the workers too, and it waits for the next.
    """

    def __init__(self, listener: socket.socket, workers: int) -> None:
        super().__init__(
            "",  # the application is found by the loader that `serve` gets
            interface=Interfaces.WSGI,
            http=HTTPModes.http1,
            websockets=False,
            workers=workers,
            blocking_threads=THREADS,
            backlog=BACKLOG,
            log_level=LogLevels.warning,
        )
        self.listener = listener  # kept open: the holder has its number only
        self._shd: Any = SocketHolder(listener.fileno(), False, BACKLOG)  # noqa: FBT003
        self._ssp = self._sso = None
        self.loaded = mmap.mmap(-1, 1)  # shared with the workers: has one of them ever loaded the application?

    def _serve(self, spawn_target: Any, target_loader: Any) -> None:
        births: dict[int, float] = {}

        def start(index: int) -> BaseProcess:
            process: BaseProcess = self._spawn_worker(index, spawn_target, target_loader).inner
            process.start()
            births[index] = time.monotonic()
            return process

        processes: list[BaseProcess] = []
        try:
            processes.extend(start(index) for index in range(self.workers))
            while not _told_to_stop():
                for index, process in enumerate(processes):
                    if process.is_alive() or time.monotonic() < births[index] + RESPAWN_SECONDS:
                        continue
                    if process.exitcode and process.exitcode > 0 and not self.loaded[0]:
                        sys.exit("The portal could not be loaded, see above.")
                    log.error("Worker %s ended (%s); starting another.", process.pid, process.exitcode)
                    processes[index] = start(index)
        finally:
            _stop(processes)

    def load(self, target: str) -> Any:
        """In a worker, as the first thing: what granian is to call."""
        watch_parent()
        threading.Thread(target=_pass_on_the_first_signal, daemon=True).start()
        module, _, name = target.partition(":")
        application = getattr(importlib.import_module(module), name)
        self.loaded[0] = 1
        return application


def _pass_on_the_first_signal() -> None:
    """In a worker, where signals stay blocked: a second one, as after Ctrl-C, would block granian's handler for good."""
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    handler = signal.getsignal(signal.SIGTERM)
    if not callable(handler):  # granian has not set it yet, so nothing is in flight
        os._exit(0)
    handler(signal.SIGTERM, None)


def _told_to_stop() -> bool:
    """Wait for a signal, half a second at most."""
    received = signal.sigtimedwait(SIGNALS, 0.5)
    if received is None or received.si_signo == signal.SIGCHLD:
        return False
    # nohup, and a shell's jobs in the background, start with these ignored; a blocked signal is received all the same.
    return signal.getsignal(received.si_signo) is not signal.SIG_IGN


def _stop(processes: list[BaseProcess]) -> None:
    deadline = time.monotonic() + GRACE_SECONDS
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(max(0.0, deadline - time.monotonic()))
        if process.is_alive():
            log.error("Worker %s did not finish in %s seconds; ending it.", process.pid, GRACE_SECONDS)
            process.kill()
            process.join()


def main(fd: str, workers: str, target: str) -> None:
    # The workers share the socket and the one byte by being forked; Python 3.14 would start them otherwise.
    multiprocessing.set_start_method("fork")
    server = Server(socket.socket(fileno=int(fd)), int(workers))
    server.serve(target_loader=partial(server.load, target), wrap_loader=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
