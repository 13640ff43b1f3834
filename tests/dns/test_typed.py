"""The values of a record of each type, as people type them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.dns.records import TYPES
from portal.dns.typed import FIELDS, Typed, TypedError, parse, shown_value, to_typed
from tests.dns.forms import ZONE, examples, problems, typed


@pytest.mark.parametrize(
    ("type_", "values", "kept"),
    [
        ("A", "203.0.113.2\r\n\r\n 203.0.113.1 \r\n", ["203.0.113.1", "203.0.113.2"]),
        ("AAAA", "2001:DB8:0:0::1\n::ffff:1.2.3.4", ["2001:db8::1", "::ffff:1.2.3.4"]),
        ("CNAME", "Shop.Example.NET", ["shop.example.net."]),
        ("CNAME", "shop.example.net.", ["shop.example.net."]),
        ("CNAME", "shop", ["shop.example.com."]),
        ("CNAME", "@", ["example.com."]),
        ("CNAME", "localhost.", ["localhost."]),
        ("CNAME", "s1._domainkey.mail.example", ["s1._domainkey.mail.example."]),
        ("CNAME", "bücher.example", ["xn--bcher-kva.example."]),
        ("MX", "10 mail\n20\tMail.Example.NET.", ["10 mail.example.com.", "20 mail.example.net."]),
        ("MX", "0 .", ["0 ."]),
        ("MX", "010 mail", ["10 mail.example.com."]),
        ("SRV", "10 5 5060 sip", ["10 5 5060 sip.example.com."]),
        ("SRV", "0 0 0 .", ["0 0 0 ."]),
        ("NS", "ns2.example.net\nns1", ["ns1.example.com.", "ns2.example.net."]),
        ("CAA", "0 issue letsencrypt.org", ['0 issue "letsencrypt.org"']),
        ("CAA", '0 Issue "letsencrypt.org"', ['0 issue "letsencrypt.org"']),
        ("CAA", "0 issue ;", ['0 issue ";"']),
        ("CAA", '0 issuewild ""', ['0 issuewild ""']),
        ("CAA", "0 issue ca.example; account=1 2", ['0 issue "ca.example; account=1 2"']),
        ("CAA", "128 iodef mailto:ca@example.com", ['128 iodef "mailto:ca@example.com"']),
        ("TXT", "v=spf1 mx -all", ['"v=spf1 mx -all"']),
        ("TXT", '"v=spf1 mx -all"', ['"v=spf1 mx -all"']),
        ("TXT", "v=DKIM1; k=rsa; p=abc", ['"v=DKIM1; k=rsa; p=abc"']),
        ("TXT", 'he said "no" \\o/', ['"he said \\"no\\" \\\\o/"']),
        ("TXT", "über", ['"\\195\\188ber"']),
        ("TXT", "$INCLUDE /etc/passwd", ['"$INCLUDE /etc/passwd"']),
        ("TXT", "one\ntwo", ['"one"', '"two"']),
        ("TXT", '"txtvers=1" "path=/"', ['"txtvers=1" "path=/"']),
        ("TXT", '" a "', ['" a "']),
        ("TXT", '""', ['""']),
        ("TXT", '"a\\;\\010"', ['"a;\\010"']),
        ("TXT", "x" * 600, [f'"{"x" * 255}" "{"x" * 255}" "{"x" * 90}"']),
        ("TXT", f'"{"x" * 256}"', [f'"{"x" * 255}" "x"']),
        ("TXT", "ü" * 128, ['"' + "\\195\\188" * 127 + '\\195" "\\188"']),
    ],
)
def test_what_is_typed_is_kept_in_one_form(type_: str, values: str, kept: list[str]) -> None:
    record_set = typed(type_, values)
    assert record_set.values == tuple(kept)
    assert parse(to_typed(record_set, ZONE), ZONE) == record_set


@pytest.mark.parametrize(
    ("type_", "values", "sentence"),
    [
        ("A", "", "An A record is one IPv4 address, such as 203.0.113.1."),
        ("A", " \n\r\n", "Type at least one."),
        ("A", "2001:db8::1", "“2001:db8::1” is no IPv4 address. Use AAAA for it."),
        ("A", "203.0.113.300", "is no IPv4 address, which looks like 203.0.113.1."),
        ("A", "203.0.113", "is no IPv4 address"),
        ("A", "203.0.113.01", "is no IPv4 address"),
        ("A", "203.0.113.1/24", "Leave out the / and what follows."),
        ("A", "203.0.113.1:80", "is no IPv4 address"),
        ("A", "http://203.0.113.1", "is no IPv4 address"),
        ("A", "203.0.113.1, 203.0.113.2", "An A record is one IPv4 address"),
        ("A", "203.0.113.1 ; old", "A comment can't stand here. Leave out the ; and what follows it."),
        ("A", "www", "is no IPv4 address"),
        ("A", "\\# 4 cb007101", "Raw data, which \\# stands for, is not taken here."),
        ("A", "$INCLUDE /etc/passwd", "An A record is one IPv4 address"),
        ("A", "203.0.113.1\r203.0.113.2", "There is an invisible character after “203.0.113.1”"),
        ("A", "203.0.113.1\x0b203.0.113.2", "There is an invisible character"),
        ("A", "203.0.113.1\x00", "There is an invisible character"),
        ("A", "\x85203.0.113.1", "There is an invisible character at the start"),
        ("A", "203.0.113.1\u200b", "There is an invisible character"),
        ("A", "203.0.113.1\u200d", "There is an invisible character"),
        ("A", "\uff12\uff10\uff13.0.113.1", "is no IPv4 address"),
        ("AAAA", "203.0.113.1", "“203.0.113.1” is no IPv6 address. Use A for it."),
        ("AAAA", "2001:db8::g", "is no IPv6 address, which looks like 2001:db8::1."),
        ("AAAA", "2001:db8::1/64", "Leave out the / and what follows."),
        ("AAAA", "fe80::1%eth0", "is no IPv6 address"),
        ("AAAA", "[2001:db8::1]", "is no IPv6 address"),
        ("CNAME", "", "A CNAME record is one name"),
        ("CNAME", "a.example\nb.example", "A CNAME has one target only."),
        ("CNAME", "203.0.113.1", "is an address, and a CNAME points to a name. Use A instead."),
        ("CNAME", "2001:db8::1", "Use AAAA instead."),
        ("CNAME", "https://shop.example.net", "Type only the name in it, without https://."),
        ("CNAME", "*.example.net", "has a * in it. A record can point to one name only."),
        ("CNAME", ".", "Type the name it points to"),
        ("CNAME", "shop..example.net", "two dots in a row"),
        ("CNAME", "203.0.113.300", "the last part of a name is no number"),
        ("CNAME", ".".join(["a" * 63] * 4), "a full name has at most 253 characters"),
        ("MX", "mail.example.com", "An MX record is a preference and a mail server, such as 10 mail.example.com."),
        ("MX", "mail.example.com 10", "“mail.example.com” can't be the preference"),
        ("MX", "65536 mail", "which is a whole number from 0 to 65535"),
        ("MX", "-1 mail", "can't be the preference"),
        ("MX", "\u0661\u0660 mail", "can't be the preference"),
        ("MX", "10 203.0.113.1", "is an address, and the mail server must be a name."),
        ("MX", "10 203.0.113.1.", "is an address, and the mail server must be a name."),
        ("MX", "10 [2001:db8::1]", "is an address, and the mail server must be a name."),
        ("MX", "10 my_mail", "has an underscore in it, which the name of a mail server can't have."),
        ("MX", "10 .", "For no mail at all, type 0 and a dot: 0 ."),
        ("MX", "0 .\n10 mail", "“0 .” says that there is no such service, so it must be the only value."),
        ("MX", "10 mail ; the old one", "A comment can't stand here."),
        ("MX", "10 mail\x0bevil", "There is an invisible character"),
        ("SRV", "10 5060 sip", "An SRV record is a priority, a weight, a port and a target"),
        ("SRV", "10 5 65536 sip", "“65536” can't be the port"),
        ("SRV", "x 5 5060 sip", "“x” can't be the priority"),
        ("SRV", "10 x 5060 sip", "“x” can't be the weight"),
        ("SRV", "10 5 5060 203.0.113.1", "is an address, and the target must be a name."),
        ("SRV", "0 0 0 .\n10 5 5060 sip", "it must be the only value"),
        ("NS", "203.0.113.1", "is an address, and the name server must be a name."),
        ("NS", "ns_1.example.net", "the name of a name server can't have"),
        ("NS", "ns1.example.net ns2.example.net", "An NS record is the name of one name server"),
        ("CAA", "letsencrypt.org", "A CAA record is flags, a tag and a value"),
        ("CAA", "1 issue letsencrypt.org", "“1” can't be the flags."),
        ("CAA", "0 issues letsencrypt.org", "“issues” is no tag that is known here. Use issue, issuewild,"),
        ("CAA", "0 issue https://letsencrypt.org", "is no name of an authority."),
        ("CAA", '0 issue "letsencrypt.org', "must end with one"),
        ("CAA", '0 issue "a" "b"', "A CAA record is flags, a tag and a value"),
        ("CAA", "0 issue bücher.example", "in plain letters, without accents"),
        ("CAA", "0 iodef ca@example.com", "Type mailto: and an address, or the https:// of a page."),
        ("CAA", '0 contactemail ""', "Type a value after contactemail."),
        ("TXT", "\n\n", "A TXT record is a text"),
        ("TXT", '"v=spf1', "must end with one"),
        ("TXT", '"v=spf1" -all', "must end with one"),
        ("TXT", '"a\\256"', "the numbers after a \\ end at 255"),
        ("TXT", '"a\\25"', "followed by the character it protects, or by three digits"),
        ("TXT", "\\# 3 616263", "Raw data"),
        ("TXT", "a\tb", "There is an invisible character after “a”."),
        ("TXT", "a\x00b", "There is an invisible character after “a”."),
        ("TXT", "a\rb", "There is an invisible character after “a”."),
        ("TXT", "a\u00a0b", "There is an invisible character after “a”."),
        ("TXT", "a\u2028b", "There is an invisible character after “a”."),
        ("TXT", "\ud800", "There is an invisible character at the start."),
        ("TXT", "\n".join(str(n) for n in range(101)), "There are 101 values"),
        ("TXT", "\n".join(f"{n:0700}" for n in range(100)), "more than fits in one answer of a name server"),
        ("TXT", "x" * 65_400, "more than fits in one answer of a name server"),
        ("TXT", "x" * 5_000_000, "more than fits in one answer of a name server"),
        ("A", "\n" * 1_000_000, "more than fits in one answer of a name server"),
    ],
)  # fmt: skip
def test_a_value_that_is_wrong_gets_a_sentence(type_: str, values: str, sentence: str) -> None:
    [said] = problems(type_, values)["values"]
    assert sentence in said


def test_a_sentence_names_its_line_when_there_are_several() -> None:
    assert problems("A", "203.0.113.1\n\nx\n203.0.113.1")["values"] == [
        "Line 3: “x” is no IPv4 address, which looks like 203.0.113.1.",
        "Line 4 says the same as line 1. Delete one of them.",
    ]


def test_the_same_value_written_in_two_ways_is_said_to_be_the_same() -> None:
    for type_, values in [("MX", "10 mail\n10 MAIL.example.com."), ("TXT", 'a\n"a"'), ("AAAA", "::1\n0:0::1")]:
        assert problems(type_, values) == {"values": ["Line 2 says the same as line 1. Delete one of them."]}


def test_many_wrong_lines_are_told_in_ten_sentences_and_a_count() -> None:
    sentences = problems("A", "\n".join("x" * n for n in range(1, 51)))["values"]
    assert len(sentences) == 11
    assert sentences[-1] == "40 more lines are wrong."


def test_all_fields_are_told_at_once() -> None:
    assert problems("A", "x", "a..b", "1").keys() == {"name", "ttl", "values"}


def test_a_hundred_values_and_64_kib_are_taken() -> None:
    assert len(typed("A", "\n".join(f"203.0.113.{n}" for n in range(100))).values) == 100
    assert len(typed("TXT", "x" * 65_000).values) == 1


@pytest.mark.parametrize("type_", ["", "a", "PTR", "SOA", "ANY", "TYPE65280", "DNSKEY", "A\n"])
def test_other_types_are_refused(type_: str) -> None:
    assert problems(type_, "x") == {"type": ["Choose one of the types A, AAAA, CNAME, MX, TXT, SRV, CAA or NS."]}


@pytest.mark.parametrize("name", ["sip", "sip.tcp", "@"])
def test_the_name_of_an_srv_record_says_the_service(name: str) -> None:
    assert problems("SRV", "10 5 5060 sip", name) == {
        "name": ["The name of an SRV record says the service and how it is spoken to, such as _sip._tcp."]
    }


def test_a_form_shows_values_as_people_write_them() -> None:
    assert shown_value("MX", "10 mail.example.com.") == "10 mail.example.com"
    assert shown_value("MX", "0 .") == "0 ."
    assert shown_value("CNAME", "xn--bcher-kva.example.") == "bücher.example"
    assert shown_value("CNAME", "localhost.") == "localhost."
    assert shown_value("TXT", '"v=spf1 \\"x\\" -all"') == 'v=spf1 "x" -all'
    assert shown_value("TXT", '"a" "b"') == '"a" "b"'
    assert shown_value("TXT", '"\\000"') == '"\\000"'
    assert shown_value("TXT", '"\\195"') == '"\\195"'
    assert shown_value("SSHFP", "1 1 aabb") == "1 1 aabb"


def test_the_example_of_each_type_is_right() -> None:
    for type_ in TYPES:
        assert typed(type_, FIELDS[type_].example)


odd = st.one_of(
    st.text(max_size=50),
    st.text(st.sampled_from('.@*_-"\\;#()$ \t\r\n\x0001234567089aXü:/é\u200d。'), max_size=40),
    st.lists(
        st.sampled_from(["10", ".", "mail", "0 issue", '"', "\\", "xn--", "::", "\n", " ", "1.2.3.4"]), max_size=8
    ).map("".join),
)


@examples(300)
@given(odd, st.sampled_from([*TYPES, "PTR"]), odd, odd)
@example("xn--" + "9" * 59, "A", "1" * 300, "²")
def test_nothing_typed_raises_anything_but_sentences(name: str, type_: str, ttl: str, values: str) -> None:
    for form in (Typed(name, type_, ttl, values), Typed("www", type_, "3600", values), Typed(name, type_, "60", "::1")):
        try:
            record_set = parse(form, ZONE)
        except TypedError as error:
            said = [sentence for sentences in error.problems.values() for sentence in sentences]
        else:
            said = ["Nothing."]
            assert parse(to_typed(record_set, ZONE), ZONE) == record_set
        assert said
        assert all(sentence.endswith(".") for sentence in said)
