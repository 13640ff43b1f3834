"""The name and the TTL of a record, as people type them."""

import pytest

from portal.dns import names
from portal.dns.typed import parse, to_typed
from tests.dns.forms import ZONE, problems, typed

LONG = "a" * 63


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("www", "www"),
        (" WWW ", "www"),
        ("www.example.com", "www"),
        ("www.example.com.", "www"),
        ("Www.Example.COM.", "www"),
        ("@", "@"),
        ("example.com", "@"),
        ("example.com.", "@"),
        ("*", "*"),
        ("*.shop", "*.shop"),
        ("*.example.com", "*"),
        ("a.b.c", "a.b.c"),
        ("_dmarc", "_dmarc"),
        ("s1._domainkey", "s1._domainkey"),
        ("my_server", "my_server"),
        ("com", "com"),
        ("www.other.com.example.com", "www.other.com"),
        ("1.2.3.4.example.com", "1.2.3.4"),
        ("example.com.example.com.", "example.com"),
        ("bücher", "xn--bcher-kva"),
        ("BÜCHER.example.com", "xn--bcher-kva"),
        ("xn--bcher-kva", "xn--bcher-kva"),
        ("straße", "xn--strae-oqa"),
        ("日本語", "xn--wgv71a119e"),
        ("www。example。com", "www"),
        ("نامه‌ای", "xn--mgba3gch31f060k"),
        (f"{LONG}.{LONG}.{LONG}.{'a' * 49}", f"{LONG}.{LONG}.{LONG}.{'a' * 49}"),
    ],
)
def test_a_name_is_relative_to_the_zone_or_in_full(name: str, kept: str) -> None:
    record_set = typed("A", "203.0.113.1", name)
    assert record_set.name == kept
    assert parse(to_typed(record_set, ZONE), ZONE) == record_set


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Type a name, such as www, or @ for example.com itself."),
        ("  ", "Type a name, such as www"),
        ("www.example.org.", "“www.example.org.” is not in example.com. Type a name that ends in example.com."),
        ("www.example.org", "if you mean www.example.org.example.com, type it in full"),
        ("www.other.com", "“www.other.com” is not in example.com"),
        ("badexample.com", "“badexample.com” is not in example.com"),
        ("example.com.org.", "is not in example.com"),
        ("203.0.113.1", "is an address. Type a name here"),
        ("2001:db8::1", "is an address. Type a name here"),
        ("https://www.example.com/", "Type only the name in it, without https://."),
        ("me@example.com", "there is an @ in it"),
        ("www shop", "there is a space in it"),
        ("www;", "there is “;” in it"),
        ("w(w)w", "there is “(” in it"),
        ("www\\.shop", "there is “\\” in it"),
        ("$ORIGIN", "there is “$” in it"),
        ("www,mail", "there is “,” in it"),
        ("a/b", "there is “/” in it"),
        ("www..shop", "two dots in a row"),
        (".www", "it starts with a dot"),
        ("www..", "two dots in a row"),
        (".", "A name is missing"),
        ("a.*", "a * stands for a whole first part"),
        ("*a", "a * stands for a whole first part"),
        ("*.*.a", "a * stands for a whole first part"),
        ("-www", "a part starts or ends with a hyphen"),
        ("www-.shop", "a part starts or ends with a hyphen"),
        (LONG + "a", "each part between dots has at most 63 characters"),
        ("ü" * 60, "can't be part of a name on the Internet"),
        (f"{LONG}.{LONG}.{LONG}.{'a' * 50}", "a full name has at most 253 characters"),
        ("a." * 50_000, "a full name has at most 253 characters"),
        ("ü" * 100_000, "a full name has at most 253 characters"),
        ("\U0001f4a9", "can't be part of a name on the Internet"),
        ("www\x00", "There is an invisible character after “www”"),
        ("www\nmail", "There is an invisible character after “www”"),
        ("w\u202eww", "There is an invisible character after “w”"),
    ],
)
def test_a_name_that_is_none_gets_a_sentence(name: str, sentence: str) -> None:
    [said] = problems("A", "203.0.113.1", name)["name"]
    assert sentence in said


@pytest.mark.parametrize(
    ("ttl", "sentence"),
    [
        ("", "whole number of seconds, such as 3600"),
        ("1 hour", "whole number of seconds"),
        ("1h", "whole number of seconds"),
        ("-60", "whole number of seconds"),
        ("3600.5", "whole number of seconds"),
        ("٣٦٠٠", "whole number of seconds"),
        ("9" * 5000, "whole number of seconds"),
        ("0", "A TTL of 0 seconds is too short. The shortest is 60 seconds."),
        ("59", "A TTL of 59 seconds is too short"),
        ("604801", "A TTL of 604801 seconds is too long. The longest is 604800 seconds, which is 1 week."),
    ],
)
def test_a_ttl_is_a_whole_number_of_seconds_from_a_minute_to_a_week(ttl: str, sentence: str) -> None:
    [said] = problems("A", "203.0.113.1", ttl=ttl)["ttl"]
    assert sentence in said
    assert (typed("A", "203.0.113.1", ttl="60").ttl, typed("A", "203.0.113.1", ttl=" 604800 ").ttl) == (60, 604800)


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("@", "@"),
        ("www", "www"),
        ("xn--bcher-kva", "bücher"),
        ("xn--a", "xn--a"),
        ("www.example.com", "www.example.com.example.com."),
        ("shop.com", "shop.com.example.com."),
        ("1.2.3.4", "1.2.3.4.example.com."),
    ],
)
def test_a_form_shows_a_name_so_that_it_means_the_same_when_typed_again(kept: str, shown: str) -> None:
    assert names.shown_owner(kept, ZONE) == shown
    assert names.owner(shown, ZONE) == kept


def test_sentences_say_punycode_and_what_it_stands_for() -> None:
    assert names.spoken("xn--bcher-kva.example.com") == "bücher.example.com (xn--bcher-kva.example.com)"
    assert names.spoken("www.example.com") == "www.example.com"
