"""The web server: one parent that only watches, and one worker a core that answers requests.

`serve` binds the port and replaces the process by `python -m portal.serving` (`__main__.py`, granian underneath), so
that whoever started the portal has the server's own process id, and the parent carries nothing that the command before
it had open.
"""

import ctypes
import errno
import fcntl
import os
import signal
import socket
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD})
"""What the parent waits for. Blocked from before it starts: none is lost, none finds it half ready."""

BACKLOG = 1024
"""How many connections may wait to be accepted."""

_PARENT = "PORTAL_SERVER_PID"
_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def serve(
    host: str,
    port: int,
    workers: int | None = None,
    *,
    target: str = "wsgi:app",
    directory: Path = ROOT,
) -> NoReturn:
    """Become the server of `target`, an import string looked up in `directory`; the current directory stays what it is.

    `workers` is by default one for each core this process may use. SIGTERM and SIGINT end it with exit code 0 within
    5 seconds, requests in flight first. Where the port can't be had it exits with one sentence.
    """
    listener = _listen(host, port)
    # Not 0, 1 or 2, which are free when the portal is started with them closed: Python would take it for stdin.
    fd = fcntl.fcntl(listener, fcntl.F_DUPFD, 3)
    workers = workers or len(os.sched_getaffinity(0))
    path = [str(directory), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(path), _PARENT: str(os.getpid())}
    command = [sys.executable, "-P", "-m", "portal.serving", str(fd), str(workers), target]
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


def _listen(host: str, port: int) -> socket.socket:
    # One socket for all workers: the kernel refuses a second server, which it would not if each worker bound its own
    # (SO_REUSEPORT), and a connection that waits for a worker that dies is taken by another.
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except socket.gaierror:
        sys.exit(f"HOST {host} is not an address of this machine: set it to one, such as 127.0.0.1.")
    except OSError as error:
        sys.exit(_refusal(host, port, error))
    listener.settimeout(0)  # granian polls it
    return listener


def _refusal(host: str, port: int, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"Port {port} on {host} is in use: stop the program that has it, or set PORT to another."
        case errno.EACCES:
            return f"Port {port} needs more rights than this user has: set PORT to one above 1023."
        case errno.EADDRNOTAVAIL:
            return f"HOST {host} is not an address of this machine: set it to one, such as 127.0.0.1."
    return f"Port {port} on {host} can't be opened: {error.strerror}."
