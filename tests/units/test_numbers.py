"""What people type as a phone number, and what becomes of it."""

import re
from collections.abc import Collection

import pytest

from portal import numbers
from portal.numbers import PhoneError

SHOP = {"US", "GB", "CA"}

NATIONAL_EXAMPLE = "It should look like (201) 555-0123, or start with + and the country code."


def parse(typed: str, region: str = "US", allowed: Collection[str] = SHOP) -> str:
    return numbers.parse(typed, region, allowed)


@pytest.mark.parametrize(
    "typed",
    [
        "2015550123",
        "(201) 555-0123",
        "1 201 555 0123",
        "+1 201.555.0123",
        "+1 (201) 555\u201101\u20112\u20113",  # hyphens that don't break
        "201\u00a0555\u00a00123",  # spaces that don't break
        "  +12015550123  ",
        "+12015550123\r\n",  # pasted with the end of its line
        "\u202a+12015550123\u202c",  # copied from a contact, with marks of direction
        "\uff0b1\uff12\uff10\uff11\uff15\uff15\uff15\uff10\uff11\uff12\uff13",  # full-width
        "\u0662\u0660\u0661\u0665\u0665\u0665\u0660\u0661\u0662\u0663",  # Arabic-Indic
    ],
)
def test_a_number_as_people_write_it_becomes_e164(typed: str) -> None:
    assert parse(typed) == "+12015550123"


def test_a_number_without_plus_belongs_to_the_default_region() -> None:
    assert parse("07400 123456", region="GB") == "+447400123456"
    assert parse("+44 (0)7400 123456") == "+447400123456"
    with pytest.raises(PhoneError):
        parse("07400 123456", region="US")


def test_a_north_american_number_may_be_a_mobile_so_it_passes() -> None:
    assert parse("+1 604 555 0123") == "+16045550123"  # fixed line or mobile, says the numbering plan


def test_a_country_is_told_by_its_region_and_not_by_its_calling_code() -> None:
    # +1 covers 25 countries, +44 Guernsey too, +7 Kazakhstan too.
    for elsewhere in ("+1 876 210 1234", "+1 670 234 5678", "+44 7911 123456", "+1 787 234 5678"):
        with pytest.raises(PhoneError, match="We can't send texts to that country"):
            parse(elsewhere)
    assert parse("+44 7911 123456", allowed={"GG"}) == "+447911123456"
    with pytest.raises(PhoneError, match="that country"):
        parse("+7 771 000 9998", allowed={"RU"})


def test_no_country_is_allowed_when_none_is_named() -> None:
    for typed in ("+12015550123", "+1 876 210 1234", "+870 773 111 632"):
        with pytest.raises(PhoneError, match="We can't send texts to that country"):
            parse(typed, allowed=frozenset())


def test_every_country_is_allowed_when_anywhere_is() -> None:
    assert parse("+1 876 210 1234", allowed=numbers.ANYWHERE) == "+18762101234"
    assert parse("+54 9 11 2345 6789", allowed=numbers.ANYWHERE) == "+5491123456789"


@pytest.mark.parametrize("satellite", ["+870 773 111 632", "+870 301 234 567"])
def test_region_001_is_refused_even_where_every_country_is_allowed(satellite: str) -> None:
    with pytest.raises(PhoneError, match="We can't send texts to that country"):
        parse(satellite, allowed=numbers.ANYWHERE)


@pytest.mark.parametrize(
    "typed",
    ["201 555 0123 x5", "201 555 0123 ext. 9", "2015550123;ext=5", "+12015550123 #5", "2015550123,5"],
)
def test_an_extension_is_refused(typed: str) -> None:
    with pytest.raises(PhoneError, match="Leave out the extension"):
        parse(typed)


@pytest.mark.parametrize("typed", ["201-555-CALL", "1-800-FLOWERS", "tel:+12015550123", "201555O123"])
def test_letters_are_not_turned_into_digits(typed: str) -> None:
    with pytest.raises(PhoneError, match="Type the number in digits"):
        parse(typed)


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ("+44 20 7946 0018", "fixed line"),
        ("+1 900 234 5678", "premium"),
        ("+44 871 234 5678", "premium"),
        ("+979 1 2345 6789", "premium, everywhere"),
        ("+1 800 234 5678", "free of charge"),
        ("+800 1234 5678", "free of charge, everywhere"),
        ("+44 76 4012 3456", "pager"),
        ("+44 56 1234 5678", "internet"),
        ("+883 510 012 345", "internet, everywhere"),
        ("+44 70 1234 5678", "personal, at the price of a premium number"),
        ("+54 11 2345 6789", "a fixed line, where mobiles have a 9"),
    ],
)
def test_what_is_no_mobile_is_refused(typed: str, what: str) -> None:
    del what
    with pytest.raises(PhoneError, match=r"^That is not a mobile number, so it can't get a text\.$"):
        parse(typed, allowed=numbers.ANYWHERE)


@pytest.mark.parametrize(
    "typed",
    [
        "+44 7700 900123",  # made up for films, says Ofcom
        "+52 1 222 123 4567",  # the plan of before 2019
        "911",
        "201 555 012",
        "(201) 555-0123 5",
    ],
)
def test_a_number_that_does_not_exist_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(PhoneError, match="That number does not exist") as refused:
        parse(typed)
    assert str(refused.value).endswith(NATIONAL_EXAMPLE)


@pytest.mark.parametrize("typed", ["", "   ", "+", "hello", "1" * 40, "+12015550123/+12015550124", "\0", "\x1b[31m"])
def test_what_is_no_number_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(PhoneError, match="That is not a phone number") as refused:
        parse(typed)
    assert str(refused.value).endswith(NATIONAL_EXAMPLE)


def test_the_example_is_of_the_default_region() -> None:
    with pytest.raises(PhoneError, match="07400 123456"):
        parse("12", region="GB")


@pytest.mark.parametrize("typed", ["1" * 41, "2015550123" + " " * 40, "1" * 100_000])
def test_what_is_too_long_is_refused_unread(typed: str) -> None:
    with pytest.raises(PhoneError, match="too long"):
        parse(typed)


@pytest.mark.parametrize("control", [chr(n) for n in (*range(32), 127, 0x85, 0x200B, 0x2028, 0x202E, 0xFEFF, 0xD800)])
def test_a_control_character_is_never_kept(control: str) -> None:
    for typed in (f"{control}+12015550123", f"+1201{control}5550123", f"+12015550123{control}"):
        try:
            outcome = parse(typed)
        except PhoneError as refused:
            outcome = str(refused)
        assert outcome == "+12015550123" or control not in outcome


def test_a_page_shows_the_country_and_the_last_two_digits_only() -> None:
    assert numbers.mask("+12015550123") == "+1 ··· ··23"
    assert numbers.mask("+447400123456") == "+44 ··· ··56"
    assert numbers.ending("+12015550123") == "23"


def test_numbers_bought_in_one_go_share_all_but_four_digits() -> None:
    assert numbers.block("+12015550123") == numbers.block("+12015559999") == "+1201555"
    assert numbers.block("+12015550123") != numbers.block("+12015560123")


def test_a_region_is_a_country_and_has_an_example() -> None:
    assert numbers.is_region("US")
    assert not numbers.is_region("001")
    assert not numbers.is_region("EU")
    assert not numbers.is_region("us")
    assert re.fullmatch(r"[\d ()-]+", numbers.example("US"))
