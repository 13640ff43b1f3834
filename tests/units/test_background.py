"""The thread that runs what is due."""

import logging
import threading
from collections.abc import Callable, Iterator

import pytest

from portal.background import Background, Job

LONG = 3600.0
PATIENCE = 10
"""Seconds after which a test gives up; nothing here takes that long."""


class Counted:
    """A job that lets a test wait for its next run, and fails as told."""

    def __init__(self) -> None:
        self._ran = threading.Semaphore(0)
        self.error: BaseException | None = None
        self.threads: list[threading.Thread] = []

    def __call__(self) -> None:
        self.threads.append(threading.current_thread())
        self._ran.release()
        if self.error is not None:
            raise self.error

    def wait(self) -> None:
        assert self._ran.acquire(timeout=PATIENCE), "the job did not run"

    @property
    def runs(self) -> int:
        return len(self.threads)


@pytest.fixture
def start() -> Iterator[Callable[..., Background]]:
    started: list[Background] = []

    def run(*jobs: Job) -> Background:
        background = Background()
        for job in jobs:
            background.add(job)
        background.start()
        started.append(background)
        return background

    yield run
    for background in started:
        background.stop()


def test_every_job_runs_at_the_start_and_again_when_its_time_has_come(start: Callable[..., Background]) -> None:
    often, seldom = Counted(), Counted()
    start(Job("often", often, 0.001), Job("seldom", seldom, LONG))
    seldom.wait()
    for _ in range(5):
        often.wait()
    assert seldom.runs == 1


def test_a_job_that_fails_is_logged_and_ends_neither_the_thread_nor_the_other_jobs(
    start: Callable[..., Background], caplog: pytest.LogCaptureFixture
) -> None:
    failing, fine = Counted(), Counted()
    failing.error = RuntimeError("the database is away")
    background = start(Job("failing", failing, LONG), Job("fine", fine, LONG))
    for _ in range(3):
        failing.wait()
        fine.wait()
        background.wake("failing")
        background.wake("fine")
    assert background.is_alive()
    assert "failing failed" in [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]


def test_a_wake_up_runs_its_job_at_once_and_nothing_else(start: Callable[..., Background]) -> None:
    woken, other = Counted(), Counted()
    background = start(Job("woken", woken, LONG), Job("other", other, LONG))
    woken.wait()
    other.wait()
    for _ in range(3):
        background.wake("woken")
        woken.wait()
    assert other.runs == 1


def test_a_wake_up_during_a_run_is_not_lost(start: Callable[..., Background]) -> None:
    begun, may_end, runs = threading.Event(), threading.Event(), Counted()

    def slow() -> None:
        runs()
        begun.set()
        may_end.wait(PATIENCE)

    background = start(Job("slow", slow, LONG))
    assert begun.wait(PATIENCE)
    runs.wait()
    background.wake("slow")
    may_end.set()
    runs.wait()


def test_a_job_that_takes_long_is_not_run_twice_at_once(start: Callable[..., Background]) -> None:
    job = Counted()
    start(Job("a", job, 0.001), Job("b", job, 0.001))
    for _ in range(10):
        job.wait()
    assert len(set(job.threads)) == 1


def test_stopping_waits_for_the_job_it_is_in(start: Callable[..., Background]) -> None:
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def slow() -> None:
        begun.set()
        may_end.wait(PATIENCE)
        ended.set()

    background = start(Job("slow", slow, LONG))
    assert begun.wait(PATIENCE)
    stopping = threading.Thread(target=background.stop)
    stopping.start()
    assert not ended.is_set()
    may_end.set()
    stopping.join(PATIENCE)
    assert ended.is_set()
    assert not background.is_alive()


def test_stopping_one_that_never_started_or_stopped_already_does_nothing() -> None:
    background = Background()
    background.stop()
    background.stop()
    background.start()
    assert not background.is_alive()


def test_starting_twice_makes_one_thread(start: Callable[..., Background]) -> None:
    job = Counted()
    background = start(Job("job", job, LONG))
    starts = [threading.Thread(target=background.start) for _ in range(8)]
    for thread in starts:
        thread.start()
    for thread in starts:
        thread.join(PATIENCE)
    job.wait()
    background.wake("job")
    job.wait()
    assert len(set(job.threads)) == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_died_is_started_again(start: Callable[..., Background]) -> None:
    job = Counted()
    job.error = SystemExit()
    background = start(Job("job", job, LONG))
    assert background.was_started
    job.wait()
    job.threads[0].join(PATIENCE)
    assert not background.is_alive()
    job.error = None
    background.start()
    job.wait()
    assert background.is_alive()


def test_an_app_starts_no_thread_until_it_is_told() -> None:
    background = Background()
    background.add(Job("job", Counted(), LONG))
    assert not background.was_started
    assert not background.is_alive()
