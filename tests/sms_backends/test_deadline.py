"""The time limit on a whole call."""

import subprocess
import sys
import threading
import time

import pytest

from portal.sms_backends.base import SmsUnavailable
from portal.sms_backends.deadline import Deadline
from tests.sms_backends.servers import join_calls


def test_a_call_in_time_gives_its_result_or_its_own_error() -> None:
    deadline = Deadline(10)
    assert deadline.run(lambda: 7) == 7
    with pytest.raises(TimeoutError, match="its own"):
        deadline.run(raise_timeout)


def test_a_call_may_have_a_limit_of_its_own() -> None:
    end = threading.Event()
    with pytest.raises(SmsUnavailable, match=r"no answer within 0\.05 s"):
        Deadline(20).run(end.wait, seconds=0.05)
    end.set()
    join_calls()


def raise_timeout() -> None:
    raise TimeoutError("its own")


def test_a_late_call_is_a_possible_send_and_calls_that_hang_dont_pile_up() -> None:
    deadline = Deadline(0.05, most=2)
    end = threading.Event()
    for _ in range(2):
        with pytest.raises(SmsUnavailable) as late:
            deadline.run(end.wait)
        assert late.value.possible
    began = time.monotonic()
    with pytest.raises(SmsUnavailable, match="still hang") as full:
        deadline.run(end.wait)
    assert not full.value.possible
    assert time.monotonic() - began < 1
    end.set()
    join_calls()
    assert deadline.run(lambda: "room again") == "room again"


def test_a_place_is_free_as_soon_as_its_call_is_back() -> None:
    deadline = Deadline(10, most=1)
    for _ in range(100):
        deadline.run(lambda: None)
        with pytest.raises(TimeoutError):
            deadline.run(raise_timeout)


def test_a_call_that_hangs_keeps_no_process_from_exiting() -> None:
    code = (
        "import threading\n"
        "from portal.sms_backends.base import SmsUnavailable\n"
        "from portal.sms_backends.deadline import Deadline\n"
        "try: Deadline(0.01).run(threading.Event().wait)\n"
        "except SmsUnavailable: print('late')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=20)
    assert (done.stdout, done.stderr) == ("late\n", "")
