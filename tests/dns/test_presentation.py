"""Values as name servers hand them over."""

import pytest

from portal.dns.presentation import canonical
from portal.dns.records import RecordError


@pytest.mark.parametrize(
    ("type_", "value", "kept"),
    [
        ("MX", "10 Mail.Example.COM.", "10 mail.example.com."),
        ("SRV", "1 2 3 Sip.Example.COM.", "1 2 3 sip.example.com."),
        ("CNAME", "A.B", "a.b."),
        ("AAAA", "2001:DB8:0::1", "2001:db8::1"),
        ("TXT", '"a" b "ü"', '"a" "b" "\\195\\188"'),
        ("CAA", "1 issue other", '1 issue "other"'),
        ("MX", "10 my_mail.", "10 my_mail."),
        ("DNAME", "Example.NET.", "example.net."),
        ("PTR", "Example.NET.", "example.net."),
    ],
)
def test_what_a_name_server_has_is_kept_in_one_form(type_: str, value: str, kept: str) -> None:
    assert canonical(type_, value) == kept
    assert canonical(type_, kept) == kept


@pytest.mark.parametrize(
    ("type_", "value"),
    [("A", "x"), ("A", "203.0.113.01"), ("MX", "10"), ("ALIAS", "example.net."), ("", ""), ("A", "")],
)
def test_what_can_t_be_read_is_said(type_: str, value: str) -> None:
    with pytest.raises(RecordError, match=f"can't be read as a value of {type_}"):
        canonical(type_, value)
