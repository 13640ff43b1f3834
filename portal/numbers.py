"""Phone numbers: what a person typed, as E.164 or as a sentence why not.

The numbering plans come from phonenumberslite. They change, so a stored number is never judged again.
"""

import re
from collections.abc import Collection

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

MAX_TYPED = 40
_MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
"""North American mobiles can't be told from fixed lines, so both types pass."""
ANYWHERE = frozenset(phonenumbers.SUPPORTED_REGIONS)
"""Every country. "001", the region of satellite and global numbers, is none: typed as mobiles, and very expensive."""


class PhoneError(ValueError):
    """What is wrong with a number, as a sentence for the person who typed it."""


def parse(typed: str, default_region: str, allowed_regions: Collection[str]) -> str:
    """The number in E.164.

    `default_region` is the ISO region of numbers typed without `+`. A country outside `allowed_regions` is refused, so
    an empty one refuses all. Raises PhoneError.
    """
    if len(typed) > MAX_TYPED:
        raise PhoneError("That is too long for a phone number.")
    try:
        number = phonenumbers.parse(typed, default_region)
    except NumberParseException as error:
        raise PhoneError(_example_sentence("That is not a phone number.", default_region)) from error
    if number.extension:
        raise PhoneError("Leave out the extension: a text can't reach one.")
    if re.search(r"[^\W\d_]", typed):
        raise PhoneError("Type the number in digits.")
    if not phonenumbers.is_valid_number(number):
        raise PhoneError(_example_sentence("That number does not exist. Check each digit.", default_region))
    if phonenumbers.number_type(number) not in _MOBILE:
        raise PhoneError("That is not a mobile number, so it can't get a text.")
    if phonenumbers.region_code_for_number(number) not in ANYWHERE.intersection(allowed_regions):
        raise PhoneError("We can't send texts to that country. Use a number from another one, or ask support.")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def ending(number: str) -> str:
    """The last two digits: all that a page shows of a number."""
    return number[-2:]


def mask(number: str) -> str:
    """The number as a page or a log may show it: `+44 ··· ··42`."""
    return f"+{_parsed(number).country_code} ··· ··{ending(number)}"


def block(number: str) -> str:
    """The number without its last four digits: what numbers bought in one go share."""
    return number[:-4]


def example(region: str) -> str:
    """A mobile number of the region as its people write it."""
    number = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL) if number else ""


def is_region(code: str) -> bool:
    """Whether it is the code of a country that has mobile numbers."""
    return code in ANYWHERE and example(code) != ""


def _parsed(number: str) -> PhoneNumber:
    return phonenumbers.parse(number, None)


def _example_sentence(sentence: str, region: str) -> str:
    return f"{sentence} It should look like {example(region)}, or start with + and the country code."
