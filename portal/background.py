"""A thread in each web process that runs what is due: it is handed its jobs and knows none of them."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

log = logging.getLogger("portal.background")


@dataclass(frozen=True)
class Job:
    """Something to run every so often."""

    name: str
    run: Callable[[], object]
    """Returns True when there is more to do: it is run again at once, after what else is due."""
    every_seconds: float
    woken: threading.Event = field(default_factory=threading.Event, repr=False, compare=False)
    """Set: it is run at once."""


class Background:
    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def add(self, job: Job) -> None:
        """Before `start`."""
        self._jobs[job.name] = job

    def start(self) -> None:
        """Start the thread in this process, again too if it died. Call it after a fork, not before."""
        with self._starting:
            if not self.is_alive() and not self._stopping.is_set():
                self._thread = threading.Thread(target=self._run, name="background", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for the job it is in."""
        self._stopping.set()
        self._woken.set()
        if self._thread:
            self._thread.join()

    def wake(self, name: str) -> None:
        """Run this job now; start the thread again, if it was started and died."""
        self._jobs[name].woken.set()
        self._woken.set()
        if self.was_started:
            self.start()

    def is_alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    @property
    def was_started(self) -> bool:
        return self._thread is not None

    def _run(self) -> None:
        due = dict.fromkeys(self._jobs, 0.0)
        while not self._stopping.is_set():
            self._woken.clear()
            for job in self._jobs.values():
                if job.woken.is_set() or time.monotonic() >= due[job.name]:
                    job.woken.clear()  # Before it runs: what comes meanwhile may come too late for this run.
                    has_more = self._run_job(job)
                    due[job.name] = time.monotonic() + (0.0 if has_more else job.every_seconds)
            self._woken.wait(max(0.0, min(due.values()) - time.monotonic()))

    def _run_job(self, job: Job) -> bool:
        try:
            return job.run() is True
        except Exception:
            # A database that is away for a moment must not end the thread.
            log.exception("%s failed", job.name)
            return False
