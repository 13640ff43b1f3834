"""What the text messages say, and that each fits one GSM-7 segment."""

import re

import pytest

from portal import acts, texts
from portal.acts import DOES, WHATS, Act
from portal.settings.hosts import to_ascii
from portal.texts import Notice, Sender

SENDER = Sender("Client Portal", "portal.example.com")
PURPOSES = ("sign_in", "prove", "confirm")


def every_text(sender: Sender, seconds: range) -> list[str]:
    """All that can be sent, with every time left."""
    codes = [
        texts.code(sender, purpose, digits, left, what)
        for purpose in PURPOSES
        for what in WHATS
        for digits in ("000000", "987654")
        for left in seconds
    ]
    codes += [texts.approval(sender, "000000", left, does) for does in DOES for left in seconds]
    return codes + [texts.notice(sender, kind, slot) for kind in Notice for slot in ("primary", "backup", "")]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_last_line_of_a_code_is_the_host_and_the_code_and_nothing_follows(purpose: str) -> None:
    text = texts.code(SENDER, purpose, "012345", 300, "change your password")
    assert re.search(r"\n@portal\.example\.com #012345\Z", text)
    assert text.startswith("012345 ")
    assert text.count("@") == text.count("#") == 1


def test_a_code_says_what_it_is_for_how_long_it_works_and_not_to_share_it() -> None:
    head = "is your Client Portal sign-in code. It works for 5 minutes. Do not share it.\n\n@"
    assert head in texts.code(SENDER, "sign_in", "012345", 300)
    assert "adds this phone to Client Portal." in texts.code(SENDER, "prove", "012345", 300)
    confirm = texts.code(SENDER, "confirm", "012345", 300, "remove your backup phone")
    assert "is your Client Portal code to remove your backup phone." in confirm


@pytest.mark.parametrize("kind", list(Notice))
def test_a_notice_says_who_speaks_and_what_to_do_and_has_no_line_for_browsers(kind: Notice) -> None:
    text = texts.notice(SENDER, kind, "backup")
    assert text.startswith("Client Portal: ")
    assert text.endswith("Not you? Tell us at once: portal.example.com/help")
    assert "@" not in text
    assert "#" not in text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (600, "10 minutes"),
        (300, "5 minutes"),
        (299, "5 minutes"),  # sent a moment after it was asked for
        (290, "5 minutes"),
        (289, "4 minutes"),
        (120, "2 minutes"),
        (60, "1 minute"),
        (50, "1 minute"),
        (49, "49 seconds"),
        (1, "1 second"),
    ],
)
def test_the_time_left_is_in_words(seconds: int, words: str) -> None:
    assert f"It works for {words}. Do" in texts.code(SENDER, "sign_in", "012345", seconds)


@pytest.mark.parametrize(
    "sender", [SENDER, Sender("Portal", "a.de"), Sender("€uro [Hosting]", "xn--mnchen-3ya.example")]
)
def test_longest_is_the_length_of_the_longest_text_there_can_be(sender: Sender) -> None:
    assert texts.longest(sender, WHATS, DOES) == max(texts.length(text) for text in every_text(sender, range(601)))


def test_every_text_of_a_sender_that_the_settings_take_fits_one_segment() -> None:
    lengths = [texts.length(text) for text in every_text(SENDER, range(0, 601, 7))]
    assert max(lengths) <= texts.SEGMENT == 160


def reset(admin: str, site: str) -> str:
    return acts.does({"act": Act.RESET_ADMIN, "kind": "wordpress", "name": site, "values": {"admin": admin}})


@pytest.mark.parametrize(
    ("admin", "site", "words"),
    [
        ("editor", "shop.example", "'editor' on 'shop.example'"),
        ("admin", "www.mueller-shop.de", "'admin' on 'www.muel..-shop.de'"),
        ("anna.schmidt@mueller-shop.de", "blog.example", "'anna..p.de' on 'blog.example'"),
        ("anna.schmidt@mueller-shop.de", "www.mueller-shop.de", "'anna..p.de' on 'www.m..op.de'"),
        ("the-one-who-writes", "a.de", "'the-one-who-writes' on 'a.de'"),
        ("o'neil", "shop.example", "'o?neil' on 'shop.example'"),
        ("a~b[c]`\\", "shop.example", "'a?b?c???' on 'shop.example'"),
        ("édith", "shop.example", "'?dith' on 'shop.example'"),
    ],
)
def test_the_text_that_resets_an_admin_password_says_which_admin_on_which_site(
    admin: str, site: str, words: str
) -> None:
    assert reset(admin, site) == f"resets the password of {words}"


def test_however_long_an_admin_and_a_site_are_their_text_is_no_longer_than_the_settings_were_checked_for() -> None:
    found = {texts.length(reset("{" * admin, "~" * site)) for admin in range(1, 101) for site in range(1, 254)}
    assert max(found) == max(len(does) for does in DOES if "password of" in does and " on " in does)
    assert texts.longest(SENDER, WHATS, DOES) == texts.longest(SENDER, WHATS, [])


def test_a_segment_counts_some_signs_twice() -> None:
    assert texts.length("a" * 160) == 160
    assert texts.length("@#\n") == 3
    assert texts.length("€") == texts.length("{") == texts.length("~") == 2


@pytest.mark.parametrize("outside", ["á", "ő", "—", "“", "`", "\t", "日", "Ж", "🙂", "\u00a0"])
def test_a_sign_that_a_text_can_not_carry_makes_it_too_long(outside: str) -> None:
    assert not texts.is_gsm7(f"Shop {outside}")
    assert texts.length(outside) > texts.SEGMENT
    assert texts.longest(Sender(f"Shop{outside}", "a.de"), WHATS, DOES) > texts.SEGMENT


def test_an_international_host_is_written_as_its_punycode() -> None:
    assert to_ascii("münchen.example") == "xn--mnchen-3ya.example"
    assert to_ascii("portal.example.com") == "portal.example.com"
