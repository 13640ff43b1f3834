"""Forms: filled in by a test, or by Hypothesis: every type, each thing in the several ways in which people type it."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from portal.dns import strings
from portal.dns.records import TYPES, RecordSet
from portal.dns.typed import Typed, TypedError, parse

ZONE = "example.com"
Draw = Any


def form(type_: str, values: str, name: str | None = None, ttl: str = "3600") -> Typed:
    usual = "_sip._tcp" if type_ == "SRV" else "www"
    return Typed(usual if name is None else name, type_, ttl, values)


def typed(type_: str, values: str, name: str | None = None, ttl: str = "3600") -> RecordSet:
    return parse(form(type_, values, name, ttl), ZONE)


def problems(type_: str, values: str, name: str | None = None, ttl: str = "3600") -> dict[str, list[str]]:
    with pytest.raises(TypedError) as caught:
        typed(type_, values, name, ttl)
    return caught.value.problems


def examples(most: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return settings(max_examples=most, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


_labels = st.one_of(
    st.sampled_from(["www", "mail", "a", "x-1", "Shop", "192", "localhost", "xn--bcher-kva", "0", "example"]),
    st.sampled_from(["bücher", "Straße", "日本語", "نامه‌ای", "ελλάδα"]),
    st.from_regex(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True),
)
_underscored = st.one_of(_labels, st.sampled_from(["_dmarc", "_tcp", "s1._domainkey", "a_b"]))
hosts = st.lists(_labels, min_size=2, max_size=4).map(".".join).filter(lambda name: not name[-1].isdigit())
seconds = st.integers(60, 604800).map(str)
numbers = st.integers(0, 65535)
_printable = st.characters(exclude_categories=["C", "Z"], include_characters=" ")
texts = (
    st.text(_printable, min_size=1, max_size=700)
    .map(str.strip)
    .filter(lambda text: text and not text.startswith(('"', "\\#")))
)
quoted = st.lists(st.binary(max_size=300), min_size=1, max_size=4).map(strings.canonical)
_issuers = st.sampled_from(["letsencrypt.org", ";", "ca.example; account=12 3", '"sectigo.com"', '";"', "Ca.Example"])


@st.composite
def owners(draw: Draw) -> str:
    """Relative, or in full with and without the last dot; with a wildcard at times."""
    labels = draw(st.lists(_underscored, min_size=1, max_size=3))
    name = ".".join([*draw(st.sampled_from([[], [], [], ["*"]])), *labels])
    return str(
        draw(st.sampled_from(["@", name, f"{name}.{ZONE}", f"{name}.{ZONE}.".upper(), f"{name}.{ZONE}.{ZONE}."]))
    )


targets = st.one_of(hosts, hosts.map(lambda name: f"{name}."), _labels.filter(lambda label: not label[-1].isdigit()))
issues = st.builds("0 {} {}".format, st.sampled_from(["issue", "IssueWild", "issuemail"]), _issuers)
reports = st.builds("128 iodef {}".format, st.sampled_from(["mailto:ca@example.com", '"https://example.com/a"']))
LINES: dict[str, st.SearchStrategy[str]] = {
    "A": st.ip_addresses(v=4).map(str),
    "AAAA": st.ip_addresses(v=6).flatmap(lambda ip: st.sampled_from([str(ip), ip.exploded, str(ip).upper()])),
    "CNAME": targets,
    "MX": st.builds("{} {}".format, numbers, targets),
    "TXT": st.one_of(texts, quoted),
    "SRV": st.builds("{}\t{} {}   {}".format, numbers, numbers, numbers, targets),
    "CAA": st.one_of(issues, reports),
    "NS": targets,
}
ALONE = {"MX": "0 .", "SRV": "0 0 0 ."}


@st.composite
def forms(draw: Draw) -> Typed:
    type_ = draw(st.sampled_from(TYPES))
    most = 1 if type_ == "CNAME" else 5
    lines = draw(st.lists(LINES[type_], min_size=1, max_size=most))
    if type_ in ALONE and draw(st.integers(0, 9)) == 0:
        lines = [ALONE[type_]]
    name = draw(st.sampled_from(["_sip._tcp", "_xmpp-server._tcp.chat"]) if type_ == "SRV" else owners())
    between = draw(st.sampled_from(["\n", "\r\n", "\n \n"]))
    return Typed(name, type_, draw(seconds), between.join(lines))
