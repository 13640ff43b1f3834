"""Zone files: what is read from them, what is wrong with them, and that large ones are no trouble."""

import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.dns import zonefile
from portal.dns.zonefile import MAX_BYTES, Imported, ZoneFileError
from tests.dns.forms import ZONE, examples, typed

GOOD = """\
; what BIND's own manual shows, and more
$ORIGIN example.com.
$TTL 1h30m
@               IN SOA  ns1.example.net. host.example.com. (
                        2026010101 ; serial
                        3h 1h
                        1w 1h )
                IN NS   ns1.example.net.
                NS      ns2.example.net.
                MX      10 mail
www     600 IN  A       203.0.113.1
        IN 600  A       203.0.113.2
WWW     600     a       203.0.113.3
mail.example.com. AAAA  2001:DB8::1
$ORIGIN sub
@               A       203.0.113.4
host            CNAME   @
_sip._tcp       SRV     10 5 5060 sip.example.com.
$ORIGIN .
txt.example.com 1d TXT  ( "one; two" three\\;
                          "fo\\"ur" ) ; five
caa.example.com 1w CAA  0 issue "letsencrypt.org"
*.example.com   60 IN   CNAME bücher.example
"""
READ = [
    typed("NS", "ns1.example.net\nns2.example.net", "@", "5400"),
    typed("MX", "10 mail", "@", "5400"),
    typed("A", "203.0.113.1\n203.0.113.2\n203.0.113.3", "www", "600"),
    typed("AAAA", "2001:db8::1", "mail", "5400"),
    typed("A", "203.0.113.4", "sub", "5400"),
    typed("CNAME", "sub.example.com", "host.sub", "5400"),
    typed("SRV", "10 5 5060 sip", "_sip._tcp.sub", "5400"),
    typed("TXT", '"one; two" "three;" "fo\\"ur"', "txt", "86400"),
    typed("CAA", "0 issue letsencrypt.org", "caa", "604800"),
    typed("CNAME", "bücher.example", "*", "60"),
]


def read(text: str) -> Imported:
    return zonefile.read(text.encode(), ZONE)


def problems(data: str | bytes) -> list[str]:
    with pytest.raises(ZoneFileError) as caught:
        zonefile.read(data.encode() if isinstance(data, str) else data, ZONE)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("text", [GOOD, GOOD.replace("\n", "\r\n"), "\ufeff" + GOOD])
def test_a_zone_file_is_read_as_the_standard_says(text: str) -> None:
    imported = read(text)
    assert set(imported.record_sets) == set(READ)
    assert imported.lines["www", "A"] == 11
    assert imported.notes == ("The SOA record on line 4 was left out: the name servers keep their own.",)


@pytest.mark.parametrize(
    ("text", "ttl"),
    [
        ("$TTL 600\na A 203.0.113.1", 600),
        ("$TTL 600\na 300 A 203.0.113.1", 300),
        ("b 300 AAAA ::1\na A 203.0.113.1", 300),
        ("$TTL 600\nb 300 AAAA ::1\na A 203.0.113.1", 600),
        ("@ SOA a. b. 1 2 3 4 900\na A 203.0.113.1", 900),
        ("@ 700 SOA a. b. 1 2 3 4 900\na A 203.0.113.1", 700),
        ("$ttl 1D\na A 203.0.113.1", 86400),
    ],
)
def test_a_record_without_a_ttl_has_the_one_of_the_file(text: str, ttl: int) -> None:
    assert typed("A", "203.0.113.1", "a", str(ttl)) in read(text).record_sets


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "There is no record in it. Records can be A, AAAA, CNAME, MX, TXT, SRV, CAA and NS."),
        ("; nothing\n\n", "There is no record in it."),
        ("$INCLUDE /etc/passwd", "Line 1: “$INCLUDE” is not carried out here. Write the records themselves."),
        ("\n$generate 1-9 a$ A 10.0.0.$", "Line 2: “$GENERATE” is not carried out here."),
        ("$FOO", "Line 1: “$FOO” is not carried out here."),
        ("$ORIGIN", "Line 1: $ORIGIN is followed by a name, and by nothing else."),
        ("$TTL 1 2", "Line 1: $TTL is followed by a number of seconds, and by nothing else."),
        ("$TTL x", "Line 1: “x” is no TTL. Write it in seconds, such as 3600."),
        ("$TTL 5\na A 203.0.113.1", "Line 1: A TTL of 5 seconds is too short."),
        ("a 5 A 203.0.113.1", "Line 1: A TTL of 5 seconds is too short. The shortest is 60 seconds."),
        ("a 5w A 203.0.113.1", "Line 1: A TTL of 5 weeks is too long."),
        ("a A 203.0.113.1", "Line 1: The TTL is missing. Write $TTL 3600 on a line of its own at the top of the file."),
        (" 300 A 203.0.113.1", "Line 1: The line starts with a space, so it has the name of the record before"),
        ("a 300", "Line 1: The type and the value are missing."),
        ("a 300 CH TXT x", "Line 1: The class CH is not kept here. Only IN is."),
        ("a 300 IN RRSIG x", "Line 1: RRSIG records are made by the name servers when they sign a zone."),
        ("a 300 IN SSHFP 1 1 aa", "Line 1: SSHFP records are not kept here. Leave it out;"),
        ("a 300 IN TYPE65280 x", "Line 1: TYPE65280 records are not kept here."),
        ("a 300 IN 203.0.113.1", "Line 1: “203.0.113.1” stands where the type must be, such as A or MX."),
        ("a 300 A \\# 4 cb007101", "Line 1: Raw data, which \\# stands for, is not taken."),
        ("a 300 TXT \\# 4 cb007101", "Line 1: Raw data"),
        ("a 300 A", "Line 1: An A record is one IPv4 address"),
        ("a 300 A ::1", "Line 1: “::1” is no IPv4 address. Use AAAA for it."),
        ("a 300 MX 10 203.0.113.1", "Line 1: “203.0.113.1” is an address, and the mail server must be a name."),
        ("a 300 MX mail", "Line 1: An MX record is a preference and a mail server"),
        ("a 300 TXT", "Line 1: A TXT record is a text"),
        ("a 300 NS .", "Line 1: A name is missing here."),
        ("a 300 CAA 5 issue x", "Line 1: “5” can't be the flags."),
        ("a.example.org. 300 A 203.0.113.1", "Line 1: “a.example.org” is not in example.com."),
        ("$ORIGIN example.org.\na 300 A 203.0.113.1", "Line 2: “a.example.org” is not in example.com."),
        ("a\\.b 300 A 203.0.113.1", "Line 1: “a\\.b” can't be a name: there is “\\” in it."),
        ('"a" 300 A 203.0.113.1', "Line 1: “\"a\"” can't be a name"),
        ('a 300 TXT "x\na 300 TXT y', "Line 1: A quotation mark is opened and not closed on the same line."),
        ("a 300 TXT x\\", "Line 1: A \\ stands at the end of the line, with nothing after it."),
        ('a 300 TXT "\\300"', "Line 1: \\300 is no character: the numbers after a \\ end at 255."),
        ("\n\na 300 TXT ( x\n; y )\n", "Line 3: A parenthesis is opened here and not closed."),
        ("a 300 TXT x )", "Line 1: A parenthesis is closed that was not opened."),
        ("a 300 A 203.0.113.1\n\nA 300 A 203.0.113.1", "Line 3: This says the same as line 1. Delete one of them."),
        ("a 300 A 203.0.113.1\na 301 A 203.0.113.2", "Line 2: The TTL is 301 here, and 300 on line 1"),
        ("a 300 CNAME b\na 300 CNAME c", "Line 1: A CNAME has one target only."),
        ("a 300 MX 0 .\na 300 MX 10 b", "Line 1: “0 .” says that there is no such service"),
        ("\n" + "\n".join(f"a 300 A 203.0.113.{n}" for n in range(101)), "Line 2: There are 101 values"),
        ("a 300 TXT " + '"x" ' * 40_000, "Line 1: This is more than fits in one answer of a name server"),
        ("a 300 TXT " + '"x" ' * 80_000, "Line 1: This is too long for one record."),
        ("a\x00 300 A 203.0.113.1", "Line 1: There is an invisible character. Save the file as plain text."),
        ("\na 300 A 203.0.113.1\ra 300 A 203.0.113.2", "Line 2: There is an invisible character."),
        (b"\n\xff\xfea", "Line 2: This is no text in UTF-8. Save the file as plain text."),
        (b"\x00" * (MAX_BYTES + 1), "The file is larger than 5 MiB."),
    ],
)  # fmt: skip
def test_what_is_wrong_gets_a_sentence_with_its_line(text: str | bytes, said: str) -> None:
    [problem] = problems(text)
    assert problem.startswith(said)


def test_all_that_is_wrong_is_told_at_once_and_nothing_twice() -> None:
    assert problems("$TTL x\na..b A 203.0.113.1\n  A 203.0.113.2\nc A x\nd A 203.0.113.1\n") == [
        "Line 1: “x” is no TTL. Write it in seconds, such as 3600.",
        "Line 2: “a..b” can't be a name: it starts with a dot, or has two dots in a row.",
        "Line 4: “x” is no IPv4 address, which looks like 203.0.113.1.",
    ]


def test_the_first_fifty_problems_are_told() -> None:
    said = problems("x\n" * 1000)
    assert len(said) == 51
    assert said[49:] == ["Line 50: The type and the value are missing.", "The rest of the file was not read."]


def test_a_zone_file_is_written_for_every_name_server() -> None:
    record_sets = [typed("A", "203.0.113.1\n203.0.113.2", ttl="300"), typed("TXT", 'v="1"; x', "@")]
    assert zonefile.write(record_sets, ZONE, ("ns1.example.net", "host.master@example.com", 7)) == (
        "$ORIGIN example.com.\n"
        "$TTL 3600\n"
        "@\t3600\tIN\tSOA\tns1.example.net. host\\.master.example.com. 7 10800 3600 604800 3600\n"
        '@\t3600\tIN\tTXT\t"v=\\"1\\"; x"\n'
        "www\t300\tIN\tA\t203.0.113.1\n"
        "www\t300\tIN\tA\t203.0.113.2\n"
    )
    assert "SOA\tns1.example.net. host.example.com. 7 " in zonefile.write(
        [], ZONE, ("ns1.example.net.", "host.example.com.", 7)
    )


_WORDS = (
    "$TTL ",
    "$ORIGIN ",
    "300 ",
    "1h ",
    "IN ",
    "A ",
    "TXT ",
    "MX 10 ",
    "CAA 0 issue ",
    "SOA ",
    "www ",
    "@ ",
    "mail ",
)
_SIGNS = ("\n", "\n ", "\t", "(", ")", '"', "\\", ";", ".", "1.2.3.4 ", "ü", "xn--")
odd = st.one_of(st.text(max_size=80), st.lists(st.sampled_from([*_WORDS, *_SIGNS]), max_size=30).map("".join))


@examples(500)
@given(odd)
def test_nothing_in_a_file_raises_anything_but_sentences(text: str) -> None:
    try:
        imported = read(text)
    except ZoneFileError as error:
        said = [str(problem) for problem in error.problems]
    else:
        said = ["Nothing."]
        again = zonefile.write(imported.record_sets, ZONE, ("a", "b", 1))
        assert read(again).record_sets == imported.record_sets
    assert said
    assert all(sentence.endswith(".") for sentence in said)


def filled(line: Callable[[int], str], size: int) -> bytes:
    """A file of that size of such lines."""
    lines, length = ["$TTL 1h"], 100
    while length < size:
        lines.append(line(len(lines)))
        length += len(lines[-1].encode()) + 1
    return "\n".join(lines[:-1]).encode()


def test_a_file_of_five_mebibytes_is_read() -> None:
    data = filled(lambda n: f"host{n}.example.com.\t3600\tIN\tMX\t10 mail{n}.example.net.", MAX_BYTES)
    assert len(zonefile.read(data, ZONE).record_sets) > 80_000


def test_a_file_takes_some_times_its_size_in_memory() -> None:
    data = filled(lambda n: f"h{n} A 203.0.113.{n % 256}", 500_000)
    tracemalloc.start()
    zonefile.read(data, ZONE)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 60 * len(data)


MANY = 1_000_000


@pytest.mark.parametrize(
    "line",
    [
        lambda n: f"host{n} A 203.0.113.{n % 256}",
        lambda _: "(",
        lambda _: '"',
        lambda _: "\\",
        lambda _: "( a",
        lambda _: "@ TXT ( a b c",
        lambda n: ("a" if n == 1 else "") + f" TXT {n}",
        lambda _: "a" * MANY,
        lambda _: "(" * MANY,
        lambda _: "a TXT " + "\\a" * MANY,
        lambda _: 'a TXT "' + "\\a" * MANY,
        lambda _: "a TXT " + '"' * MANY,
        lambda _: "a 1" + "m1" * MANY,
        lambda _: "a " + "1" * 39 + "x A 203.0.113.1",
        lambda _: "ü" * MANY + " A 1",
        lambda _: "." * MANY + " A 1",
        lambda _: "a CNAME " + "a-" * MANY,
        lambda _: "a CAA 0 issue " + "a-" * MANY,
    ],
)
def test_no_file_takes_longer_the_more_it_repeats_itself(line: Callable[[int], str]) -> None:
    # Whatever is tried again from each place on takes minutes at this size.
    data = filled(line, MANY) if len(line(1)) < MANY else f"$TTL 1h\n{line(1)}".encode()
    try:
        said = zonefile.read(data, ZONE).notes
    except ZoneFileError as error:
        said = tuple(map(str, error.problems))
    assert all(len(sentence) < 500 for sentence in said)
