"""A few threads of one process that work off a queue, so that a slow other side holds up no page and no other queue."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

log = logging.getLogger("portal.background")


class Workers:
    def __init__(self, name: str, most: int, wake: Callable[[], None]) -> None:
        """At most `most` jobs at once. `wake` is called when a worker has become free."""
        self._pool = ThreadPoolExecutor(most, thread_name_prefix=name)
        self._name = name
        self._wake = wake
        self._free = most
        self._lock = threading.Lock()

    @property
    def free(self) -> int:
        return self._free

    def do(self, job: Callable[[], None]) -> None:
        """Run it in a free worker. What it raises is logged: its row's lease will end."""
        with self._lock:
            self._free -= 1
        self._pool.submit(self._run, job)

    def _run(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception:
            log.exception("%s: a job was cut off; its lease will end", self._name)
        finally:
            with self._lock:
                self._free += 1
            self._wake()
