"""What people type, as it is kept."""

import pytest

from portal.tickets.typed import mask_codes, one_line, plain


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("123456", "······"),
        ("My code is 123456.", "My code is ······."),
        ("code:123456", "code:······"),
        ("(123456)", "(······)"),
        ("@portal.example.com #123456", "@portal.example.com #······"),
        ("123 456", "··· ···"),
        ("123-456", "···-···"),
        ("123\N{NO-BREAK SPACE}456", "···\N{NO-BREAK SPACE}···"),
        ("123\N{EN DASH}456", "···\N{EN DASH}···"),
        ("123\N{NON-BREAKING HYPHEN}456", "···\N{NON-BREAKING HYPHEN}···"),
        ("123 - 456", "··· - ···"),
        ("123 -456", "··· -···"),
        ("123- 456", "···- ···"),
        ("123    456", "···    ···"),
        ("1-2-3-4-5-6", "·-·-·-·-·-·"),
        ("12 34 56", "·· ·· ··"),
        ("1 2 3 4 5 6", "· · · · · ·"),
        ("123\u200b456", "···\u200b···"),
        ("\uff11\uff12\uff13\uff14\uff15\uff16", "······"),
        ("\u0661\u0662\u0663\u0664\u0665\u0666", "······"),
        ("\u0967\u0968\u0969 \u096a\u096b\u096c", "··· ···"),
        ("\U0001d7cf\U0001d7d0\U0001d7d1\U0001d7d2\U0001d7d3\U0001d7d4", "······"),
        ("\u2460\u2461\u2462\u2463\u2464\u2465", "······"),
        ("1\ufe0f\u20e3" * 6, "·\ufe0f\u20e3" * 6),
        ("验证码123456", "验证码······"),
        ("コードは123456です", "コードは······です"),
        ("G-123456", "G-······"),
        ("123456abc", "······abc"),
        ("two: 123456 654321", "two: ······ ······"),
        ("012345 654321", "······ ······"),
        ("123-456 654-321", "···-··· ···-···"),
        ("123456, 654321", "······, ······"),
        ("123456/654321", "······/······"),
        ("1) 123456 2) 654321", "1) ······ 2) ······"),
        ("it came at 9 123456 2 times", "it came at 9 ······ 2 times"),
        ("123456 2 times", "······ 2 times"),
        ("123 456 2 times", "··· ··· 2 times"),
        ("2 123 456", "2 ··· ···"),
        ("012345 10 minutes ago", "······ 10 minutes ago"),
        ("on 2026-11-24 123456", "on 2026-11-24 ······"),
        ("123456\n654321", "······\n······"),
        ("step 2 - 123456", "step 2 - ······"),
    ],
)
def test_a_number_of_six_digits_is_masked_however_it_is_written(typed: str, kept: str) -> None:
    assert mask_codes(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "12345", "1234567", "12 345", "order 4711", "1 2 3 4 5", "123", "123 45", "123,456", "123.456",
        # invoices and amounts
        "2026-123456", "2026123456", "123456-01", "123456.78", "1,123,456", "INV123456", "ns123456.example.net",
        "/var/log/app_123456.log", "123456789012",
        # phone numbers
        "+12015550123", "+1 201 555 0123", "(201) 555-0123", "201-555-0123", "201.555.0123", "201 555 0123",
        "+49 30 123456", "+49 (30) 123456", "030 123456", "(030) 123456", "030 / 123456", "0151-123456",
        "01632 960123", "+44 1632 960123", "600 123 456", "+34 600 123 456", "91 123 45 67", "0532 123 45 67",
        # dates, times, addresses
        "2026-11-24 09:30", "24.11.2026", "203.0.113.10", "2001:db8::1234:5678", "12:34:56", "24-11-26",
        "1-2-3-4-5", "1.2.3.4.5.6",
        "4111 1111 1111 1111",
        "\u0661\u0662\u0663\u0664\u0665",
    ],
)  # fmt: skip
def test_longer_and_shorter_numbers_stay_as_they_are(typed: str) -> None:
    assert mask_codes(typed) == typed
    assert mask_codes(f"Call {typed}, please.") == f"Call {typed}, please."


def test_masking_twice_changes_nothing_more() -> None:
    once = mask_codes("123456 and 123 456 and +1 201 555 0123")
    assert mask_codes(once) == once


def test_a_long_text_of_digits_takes_no_time_worth_mentioning() -> None:
    for piece in (
        "1",
        "1 ",
        "1-",
        "123456 ",
        "123 456 ",
        "1        ",
        "1 - ",
        "1 -",
        "        -",
        "0123456789 ",
        "+1 (",
        "١٢٣",
    ):
        assert len(mask_codes(piece * 10_000)) == len(piece) * 10_000


def test_line_breaks_of_all_kinds_are_one_character() -> None:
    assert plain("a\r\nb\rc\nd\u2028e\u2029f\x85g") == "a\nb\nc\nd\ne\nf\ng"


def test_what_can_not_be_seen_is_left_out_and_all_else_stays() -> None:
    assert plain("a\x00b\x1b[31mc\x7f\u202ed\u2066e") == "ab[31mcde"
    for text in (
        "\tindented\n\n  twice",
        "\U0001f468\u200d\U0001f469",
        "\u0645\u06cc\u200c\u062e\u0648",
        "<b>&amp;",
        "\ufffe",
    ):
        assert plain(text) == text


def test_half_a_character_is_left_out() -> None:
    assert plain("a\ud800b") == "ab"


def test_a_subject_is_one_line() -> None:
    assert one_line(" Mail\r\nis \t down ") == "Mail is down"
