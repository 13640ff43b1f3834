"""The web server: one parent that only watches, and one worker a core that answers requests.

`serve` binds the port and replaces the process by this file, run as a script with granian underneath. So whoever
started the portal has the server's own process id, and the parent carries nothing that the command before it had open;
it does not even import the application, which would keep it from noticing a SIGTERM meanwhile.
"""

import ctypes
import errno
import fcntl
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
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

from granian import net
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

ROOT = Path(__file__).resolve().parents[1]

BACKLOG = 1024
"""How many connections may wait to be accepted."""

THREADS = 2
"""How many requests a worker answers at a time. More made sign-ins slower and took more memory."""

GRACE_SECONDS = 3.5
"""What requests in flight have to finish after SIGTERM: with what comes before and after, below the 5 promised."""

RESPAWN_SECONDS = 1.0
"""The least time from a worker's start to its successor's, so that one that can't live doesn't eat the machine."""

SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD})
"""What the parent waits for. Blocked from before it starts: none is lost, none finds it half ready."""

_PARENT = "PORTAL_SERVER_PID"
_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>

# Granian's type stubs know neither the name nor the arguments: a file descriptor, is it a Unix socket, the backlog.
SocketHolder: Any = net.SocketHolder  # type: ignore[attr-defined]

log = logging.getLogger("portal.serving")


def serve(
    host: str,
    port: int,
    workers: int | None = None,
    *,
    announcement: str = "",
    target: str = "wsgi:app",
    directory: Path = ROOT,
) -> NoReturn:
    """Become the server of `target`, an import string looked up in `directory`; the current directory stays what it is.

    `workers` is by default one for each core this process may use. SIGTERM and SIGINT end it with exit code 0 within
    5 seconds, requests in flight first. Where the port can't be had it exits with one sentence; once it has it, it
    prints the announcement.
    """
    listener = listen(host, port)
    listener.settimeout(0)  # granian polls it
    # Not 0, 1 or 2, which are free when the portal is started with them closed: Python would take it for stdin.
    fd = fcntl.fcntl(listener, fcntl.F_DUPFD, 3)
    workers = workers or len(os.sched_getaffinity(0))
    path = [str(directory), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(path), _PARENT: str(os.getpid())}
    command = [sys.executable, "-P", __file__, str(fd), str(workers), target]
    if announcement:
        print(announcement)  # noqa: T201 - for who started it
    sys.stdout.flush()
    sys.stderr.flush()
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    os.execve(sys.executable, command, env)  # noqa: S606 (no shell is what is wanted)


def watch_parent() -> None:
    """In a worker: end at once, by SIGKILL, when the parent is gone. Under another server it does nothing."""
    parent = os.environ.pop(_PARENT, None)
    if parent is None:
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(parent):  # it died before the line above, which tells of later deaths only
        os._exit(1)


def listen(host: str, port: int, setting: str = "PORT") -> socket.socket:
    """A socket that waits for connections. Exits with one sentence where the port, set by `setting`, can't be had."""
    # One socket for all workers: the kernel refuses a second server, which it would not if each worker bound its own
    # (SO_REUSEPORT), and a connection that waits for a worker that dies is taken by another.
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except socket.gaierror:
        sys.exit(f"HOST {host} is not an address of this machine: set it to one, such as 127.0.0.1.")
    except OSError as error:
        sys.exit(_refusal(host, port, setting, error))
    # Accepted connections inherit it. Without it a page's body waits 40 ms for the acknowledgement of its header.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _refusal(host: str, port: int, setting: str, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"Port {port} on {host} is in use: stop the program that has it, or set {setting} to another."
        case errno.EACCES:
            return f"Port {port} needs more rights than this user has: set {setting} to one above 1023."
        case errno.EADDRNOTAVAIL:
            return f"HOST {host} is not an address of this machine: set it to one, such as 127.0.0.1."
    return f"Port {port} on {host} can't be opened: {error.strerror}."


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
        threading.Thread(target=_pass_on_the_first_sigterm, daemon=True).start()
        module, _, name = target.partition(":")
        application = getattr(importlib.import_module(module), name)
        self.loaded[0] = 1
        return application


def _pass_on_the_first_sigterm() -> None:
    """In a worker, where signals stay blocked: a second one, as from a service manager, hangs granian's handler."""
    signal.sigwait({signal.SIGTERM})
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
    with TemporaryDirectory(prefix="portal-metrics-") as folder:
        # Where each worker keeps its counts, for /metrics to add up.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        server.serve(target_loader=partial(server.load, target), wrap_loader=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
