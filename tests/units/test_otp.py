"""The code of a challenge, derived and never stored."""

from collections import Counter

import pytest

from portal import otp

KEY = otp.make_key("k" * 32)
SALT = b"s" * 16


def derive(key: bytes = KEY, purpose: str = "sign_in", challenge_id: str = "0f" * 16, salt: bytes = SALT) -> str:
    return otp.derive(key, purpose, challenge_id, salt)


def test_the_same_challenge_always_has_the_same_code() -> None:
    assert derive() == derive()


@pytest.mark.parametrize(
    "other",
    [
        derive(key=otp.make_key("l" * 32)),
        derive(purpose="confirm"),
        derive(challenge_id="0f" * 15 + "0e"),
        derive(salt=b"s" * 15 + b"t"),
    ],
    ids=["key", "purpose", "id", "salt"],
)
def test_another_key_purpose_id_or_salt_gives_another_code(other: str) -> None:
    assert other != derive()


def test_what_is_of_one_part_can_not_be_moved_to_the_next() -> None:
    assert derive(purpose="sign", challenge_id="_in") != derive(purpose="sign_", challenge_id="in")
    assert derive(challenge_id="ab", salt=b"c") != derive(challenge_id="a", salt=b"bc")


def test_the_key_of_codes_is_not_the_secret_key_itself() -> None:
    assert KEY != b"k" * 32
    assert len(KEY) == 32


def test_codes_are_six_digits_spread_evenly_also_over_leading_zeros() -> None:
    codes = [derive(salt=n.to_bytes(16, "big")) for n in range(20_000)]
    assert all(len(code) == 6 and code.isascii() and code.isdigit() for code in codes)
    assert len(set(codes)) > 19_700  # 200 pairs by chance, give or take 14
    for place in range(6):
        counts = Counter(code[place] for code in codes)
        assert len(counts) == 10
        # 2000 each, with a standard deviation of 42: the salts above are fixed, so this can't fail by chance.
        assert all(1800 < count < 2200 for count in counts.values())


def test_only_the_code_itself_matches() -> None:
    assert otp.matches("012345", "012345")
    for typed in ("012346", "12345", "0123450", "", "\uff10\uff11\uff12\uff13\uff14\uff15"):
        assert not otp.matches(typed, "012345")


@pytest.mark.parametrize(
    "typed",
    [
        "012345",
        " 012 345 ",
        "012-345",
        "012\u2013345",
        "012\u00a0345",
        "0 1 2 3 4 5\n",
        "\uff10\uff11\uff12\uff13\uff14\uff15",  # full-width
        "\u0660\u0661\u0662\u0663\u0664\u0665",  # Arabic-Indic
    ],
)
def test_a_code_is_taken_as_people_type_it(typed: str) -> None:
    assert otp.normalise(typed) == "012345"


@pytest.mark.parametrize(
    "typed",
    ["", "12345", "1234567", "12345a", "#012345", "\u00b2\u00b2\u00b2\u00b2\u00b2\u00b2", "1234.5", "½23456", "\0" * 6],
)
def test_what_is_not_six_digits_is_no_code(typed: str) -> None:
    assert otp.normalise(typed) is None
