"""A commit that queues work wakes the background's job that does it, in this process."""

from collections.abc import Callable

from sqlalchemy.orm import Session

_JOBS = "portal: jobs to wake"
"""In `Session.info`."""


def has_work(session: Session, job: str) -> None:
    """The commit at hand has something for this job of its process."""
    session.info.setdefault(_JOBS, set()).add(job)


def wake_on_commit(wake: Callable[[str], None]) -> Callable[[Session], None]:
    """A listener for the commits of this process: what queued work wakes who does it."""

    def after_commit(session: Session) -> None:
        for job in session.info.pop(_JOBS, ()):
            wake(job)

    return after_commit
