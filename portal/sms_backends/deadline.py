"""A time limit on a whole call to a provider.

A timeout of an SDK or a socket bounds one read: a server that sends a byte a second keeps its caller for ever, and
looking up a name has no limit at all. So the call runs on a thread of its own, and the caller stops waiting for it.
"""

from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import BoundedSemaphore, Thread
from typing import TypeVar

from portal.sms_backends.base import SmsUnavailable

T = TypeVar("T")


class Deadline:
    """Runs calls that must be over within `seconds`, up to `most` of them side by side.

    A call that is not over in time goes on unseen until its own read timeout ends it. It keeps one of the `most`
    places until then, so that calls which never end can't pile up, and no place is ever waited for. Its thread is a
    daemon, so it keeps no process from exiting.
    """

    def __init__(self, seconds: float, most: int = 32) -> None:
        self._seconds = seconds
        self._places = BoundedSemaphore(most)

    def run(self, call: Callable[[], T], seconds: float | None = None) -> T:
        """What `call` returns or raises. Raises SmsUnavailable when it is late or can't be started.

        `seconds` is this call's own limit, where it has one.
        """
        seconds = self._seconds if seconds is None else seconds
        if not self._places.acquire(blocking=False):
            raise SmsUnavailable("too many earlier calls still hang", possible=False)
        future: Future[T] = Future()
        try:
            Thread(target=self._work, args=(future, call), name="timed-call", daemon=True).start()
        except RuntimeError as error:
            self._places.release()
            raise SmsUnavailable("no thread is left for the call", possible=False) from error
        wait([future], timeout=seconds)
        if not future.done():
            raise SmsUnavailable(f"no answer within {seconds:.3g} s", possible=True)
        return future.result()

    def _work(self, future: Future[T], call: Callable[[], T]) -> None:
        try:
            result = call()
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            self._places.release()
            future.set_exception(error)
        else:
            self._places.release()
            future.set_result(result)
