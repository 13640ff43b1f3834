"""Names of hosts, as customers type them."""

import pytest

from portal.host_names import HostNameError, parse


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ns1.example.com", "ns1.example.com"),
        (" NS1.Example.COM. ", "ns1.example.com"),
        ("a.co", "a.co"),
        ("1.example", "1.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("ns.bücher.example", "ns.xn--bcher-kva.example"),
        ("ns.faß.example", "ns.xn--fa-hia.example"),  # fass.example is another's.
        ("ns1\u3002ex\u00e4mple\uff0ecom", "ns1.xn--exmple-cua.com"),
        (f"{'a' * 63}.example", f"{'a' * 63}.example"),
        (".".join(["a" * 49] * 5) + ".abc", ".".join(["a" * 49] * 5) + ".abc"),
    ],
)
def test_a_name_is_kept_in_one_form(typed: str, name: str) -> None:
    assert parse(typed) == name


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("192.0.2.1", "is an address"),
        ("2001:db8::1", "is an address"),
        ("[2001:db8::1]", "is an address"),
        ("localhost", "is only a part of a name"),
        ("", "starts or ends with a dot"),
        (".example.com", "starts or ends with a dot, or has two in a row"),
        ("ns1..example.com", "has two in a row"),
        ("-ns.example.com", "starts or ends with a hyphen"),
        ("ns-.example.com", "starts or ends with a hyphen"),
        ("ns_1.example.com", "no letter, digit, hyphen or dot"),
        ("https://example.com/", "no letter, digit, hyphen or dot"),
        ("ns1.example.com\x00", "no letter, digit, hyphen or dot"),
        ("ns\u202e1.example.com", "can't be in a name"),
        (f"{'a' * 64}.example", "more than 63 characters"),
        (f"{'ä' * 64}.example", "can't be in a name"),
        (".".join(["a" * 50] * 5) + ".abc", "at most 253 characters"),
        ("ä." * 200_000, "at most 253 characters"),
    ],
)
def test_what_is_wrong_with_it_is_said(typed: str, sentence: str) -> None:
    with pytest.raises(HostNameError, match=sentence) as raised:
        parse(typed)
    assert str(raised.value).isprintable()
