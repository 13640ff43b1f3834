"""Amounts: exact, with the decimals of their currency, and tax that adds up as the shop added it up."""

from decimal import Decimal

import pytest

from portal.money import PLACES, Rate, Taxed, plain, rates, roundings, written

D = Decimal


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("24.1", "EUR", "€24.10"),
        ("1234567.89", "USD", "$1,234,567.89"),
        ("0", "GBP", "£0.00"),
        ("24.10", "CHF", "24.10 CHF"),
        ("-5", "EUR", "-€5.00"),
        ("1200", "JPY", "1,200 JPY"),
        ("1200.0000", "JPY", "1,200 JPY"),
        ("1.5", "KWD", "1.500 KWD"),
        ("-0.005", "KWD", "-0.005 KWD"),
        ("39.1234", "CLF", "39.1234 CLF"),
        ("0.0012", "EUR", "€0.0012"),
        ("24.1000", "EUR", "€24.10"),
        ("999999999999.9999", "CLF", "999,999,999,999.9999 CLF"),
    ],
)
def test_money_has_the_decimals_of_its_currency_and_is_never_rounded(amount: str, currency: str, shown: str) -> None:
    assert written(D(amount), currency) == shown


@pytest.mark.parametrize(
    ("number", "shown"), [("2.0000", "2"), ("100", "100"), ("1.5", "1.5"), ("8.875", "8.875"), ("0", "0")]
)
def test_a_number_has_no_zeros_that_say_nothing(number: str, shown: str) -> None:
    assert plain(D(number)) == shown


def test_each_currency_is_three_letters_and_has_at_most_four_decimals() -> None:
    assert all(len(code) == 3 and code.isupper() and 0 <= places <= 4 for code, places in PLACES.items())
    assert (PLACES["EUR"], PLACES["JPY"], PLACES["KWD"], PLACES["CLF"]) == (2, 0, 3, 4)


@pytest.mark.parametrize(
    ("exact", "currency", "may_be"),
    [
        ("0.125", "EUR", {"0.13", "0.12"}),
        ("-0.125", "EUR", {"-0.13", "-0.12"}),
        ("0.1251", "EUR", {"0.13"}),
        ("2.5", "JPY", {"3", "2"}),
        ("0.0125", "KWD", {"0.013", "0.012"}),
    ],
)
def test_a_half_is_rounded_up_or_to_the_even_one(exact: str, currency: str, may_be: set[str]) -> None:
    assert roundings(D(exact), currency) == {D(amount) for amount in may_be}


def line(percent: str, amount: str, tax: str | None = None) -> Taxed:
    return Taxed(D(percent), D(amount), None if tax is None else D(tax))


def test_tax_is_split_by_rate_the_highest_first() -> None:
    lines = [line("7", "10.00"), line("19", "20.00"), line("7", "5.00"), line("0", "1.00")]
    assert rates(lines, D("4.85"), "EUR") == [
        Rate(D(19), D("20.00"), D("3.80")),
        Rate(D(7), D("15.00"), D("1.05")),
        Rate(D(0), D("1.00"), D(0)),
    ]


@pytest.mark.parametrize(
    ("tax", "how"),
    [("0.38", "of all lines of a rate together"), ("0.40", "of each line"), ("0.39", None), ("0.41", None)],
)
def test_tax_may_be_rounded_for_each_rate_or_for_each_line(tax: str, how: str | None) -> None:
    lines = [line("19", "0.50") for _ in range(4)]  # 0.095 each
    found = rates(lines, D(tax), "EUR")
    assert (found is not None) == (how is not None)
    if found:
        assert found == [Rate(D(19), D("2.00"), D(tax))]


def test_the_tax_that_the_shop_gives_for_each_line_counts_as_it_is() -> None:
    lines = [line("19", "0.03", "0.00"), line("19", "8.40", "1.60")]
    assert rates(lines, D("1.60"), "EUR") == [Rate(D(19), D("8.43"), D("1.60"))]
    assert rates(lines, D("1.61"), "EUR") is None


def test_an_invoice_without_lines_has_no_tax_to_split() -> None:
    assert rates([], D(0), "EUR") == []
    assert rates([], D(1), "EUR") is None
