"""Amounts of money: exact decimals, with as many decimals as their currency has."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

# ISO 4217, list one: https://www.six-group.com/en/products-services/financial-information/data-standards.html
_CODES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP "
    "CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS "
    "INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN "
    "MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE "
    "SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD XCG YER ZAR ZMW "
    "ZWG "
    # No more, but on invoices of the last years.
    "ANG BGN HRK",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
PLACES = {code: places for places, codes in _CODES.items() for code in codes.split()}
"""How many decimals each currency has."""
_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}
_ROUNDINGS = (ROUND_HALF_UP, ROUND_HALF_EVEN)
"""Both are in use: commercial, and as IEEE 754 and some programs round."""


@dataclass(frozen=True)
class Taxed:
    """What tax is worked out from: a line of an invoice."""

    percent: Decimal
    amount: Decimal
    """Without tax."""
    tax: Decimal | None = None
    """As the shop worked it out; None where it did so for all lines of a rate together, or does not say."""


@dataclass(frozen=True)
class Rate:
    percent: Decimal
    net: Decimal
    tax: Decimal


def written(value: Decimal, currency: str) -> str:
    """As a customer reads it: "€1,224.10", "1,200 JPY". Never rounded: a unit price may have more decimals."""
    minus, sign = "-" * (value < 0), _SIGNS.get(currency)
    amount = plain(abs(value), PLACES.get(currency, 2))
    return f"{minus}{sign}{amount}" if sign else f"{minus}{amount} {currency}"


def plain(value: Decimal, places: int = 0) -> str:
    """A number with at least so many decimals, and more only where they aren't zeros."""
    return f"{value:,.{max(places, decimals(value))}f}"


def decimals(value: Decimal) -> int:
    """How many decimals it needs."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def roundings(value: Decimal, currency: str) -> set[Decimal]:
    """What it may be rounded to: one amount but at an exact half."""
    return {_rounded(value, currency, rounding) for rounding in _ROUNDINGS}


def rates(lines: Iterable[Taxed], tax: Decimal, currency: str) -> list[Rate] | None:
    """The tax of an invoice by rate, the highest first; None where it can't be had from its lines.

    A shop rounds the tax of each line, or of all lines of a rate together: what adds up to `tax` is how it was done.
    """
    lines = list(lines)
    net: dict[Decimal, Decimal] = {}
    for line in lines:
        net[line.percent] = net.get(line.percent, Decimal(0)) + line.amount
    for taxes in _ways(lines, net, currency):
        if sum(taxes.values(), Decimal(0)) == tax:
            return [Rate(percent, net[percent], taxes[percent]) for percent in sorted(net, reverse=True)]
    return None


def _ways(lines: list[Taxed], net: dict[Decimal, Decimal], currency: str) -> Iterable[dict[Decimal, Decimal]]:
    if any(line.tax is not None for line in lines):
        yield _summed((line.percent, line.tax or Decimal(0)) for line in lines)
        return
    for rounding in _ROUNDINGS:
        yield {percent: _rounded(of * percent / 100, currency, rounding) for percent, of in net.items()}
        yield _summed((line.percent, _rounded(line.amount * line.percent / 100, currency, rounding)) for line in lines)


def _summed(taxes: Iterable[tuple[Decimal, Decimal]]) -> dict[Decimal, Decimal]:
    summed: dict[Decimal, Decimal] = {}
    for percent, tax in taxes:
        summed[percent] = summed.get(percent, Decimal(0)) + tax
    return summed


def _rounded(value: Decimal, currency: str, rounding: str) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-PLACES.get(currency, 2)), rounding)
