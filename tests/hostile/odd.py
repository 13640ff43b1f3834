"""What nobody types who means well: a list of it, and more of its kind by Hypothesis."""

from dataclasses import dataclass
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

from portal import otp
from tests.person import OTHER

LIST = (
    "", " ", "\t", "x" * 20_000, "9" * 20_000, "\u0301" * 5_000, "\U0001f600" * 2_000,
    # NUL, control and bidirectional characters, others that can't be seen, halves of a pair
    "\x00", "a\x00b", "\x00alice@example.com", "alice@example.com\x00", "\x01\x02\x1b[31m", "\x7f", "\x85", "\u2028",
    "\u202ealice", "\u2066evil\u2069", "\u200b", "\ufeffalice@example.com", "\ud800", "a\udfffb", "\U000e0041",
    "\uffff",
    # SQL, templates, markup, shells, formats
    "' OR '1'='1' --", "1; DROP TABLE accounts; --", "' UNION SELECT password_hash FROM accounts --", "\\'; SELECT 1",
    "1' AND (SELECT pg_sleep(0)) IS NULL --", "{{7*7}}", "${7*7}", "{% for x in ().__class__ %}", "{{config}}",
    "#{7*7}",
    "<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "$(id)", "`id`", "| id", "%s%n%x",
    "{0.__class__}",
    # headers
    "\r\nSet-Cookie: injected=1", "a\nX-Injected: 1", "%0d%0aX-Injected: 1", "/\r\nX-Injected: 1", "\r\n\r\n<html>",
    # elsewhere
    "//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "../../etc/passwd",
    "file:///",
    # other types
    "[]", "{}", "null", "true", "-1", "0", "1e309", "NaN", "0x10", "١٢٣", "\uff11\uff12", "²³", "Ⅻ", "12345", "1234567",
    # nearly right
    "alice@example.com ", "ALICE@EXAMPLE.COM", "alice@example.com'--", "@", "a@b", "a@b.", "a b@c.d", "tertiary",
    "PRIMARY",
    "+1201555", "+1 201 555 0123 ext. 5", "tel:+12015550123", "+" * 41,
)  # fmt: skip

FIELDS = (
    "name", "email", "password", "current_password", "account_type", "code", "number", "phone", "next", "csrf_token",
    "act", "once", "revision", "image", "admin", "name_servers", "values",
)  # fmt: skip
HARMLESS = {
    "name": "Eve", "email": "alice@example.com", "password": "four other words in a row",
    "current_password": "not the password of alice", "account_type": "personal", "code": "12345", "number": OTHER,
    "phone": "primary", "next": "/profile/", "act": "start server", "once": "a" * 32, "revision": "7",
    "image": "Debian 13", "admin": "admin", "name_servers": "ns1.new.example ns2.new.example", "values": "nothing",
}  # fmt: skip
"""What the other fields hold, so that the odd one gets far: all well formed but for the code and the
records, and nothing right: of no thing is this the newest revision."""

FORM = "application/x-www-form-urlencoded"
CONTENT_TYPES = (
    "", "application/json", "text/plain", "application/xml", "application/octet-stream", "image/png",
    f"{FORM}; charset=utf-7",
    f"{FORM}; charset=\xff", "multipart/form-data", "multipart/form-data; boundary=",
    "multipart/form-data; boundary=x",
    "multipart/mixed; boundary=x", "application/x-www-form-urlencoded, text/html", ";", "\x01",
)  # fmt: skip
HEADERS = {
    "User-Agent": ("", "x" * 20_000, "\x00", "' OR '1'='1", "{{7*7}}", "\xff\xfe", "() { :;}; echo"),
    "Host": ("", "evil.example", "localhost:99999", "localhost:x", "[::1", "..", "\xff", "localhost@evil.example",
    "x" * 20_000),
    "Referer": ("https://evil.example/", "\xff", "//", "http://[", "javascript:alert(1)"),
    "Origin": ("null", "https://evil.example"),
    "X-Forwarded-For": ("127.0.0.1", "\x00", "' OR 1=1", "::1, x", "[::1]:99999999"),
    "X-Forwarded-Host": ("evil.example",), "X-Forwarded-Proto": ("https", "javascript"),
    "X-Original-URL": ("/profile/",),
    "X-HTTP-Method-Override": ("DELETE",), "Content-Encoding": ("gzip", "x"), "Transfer-Encoding": ("chunked",),
    "Content-Length": ("0", "-1", "x", "99999999999999999999"), "Range": ("bytes=0-", "bytes=-1", "x=1-0",
    "bytes=9-1"),
    "If-Modified-Since": ("x", "\xff"), "If-None-Match": ("*", "\xff"), "Accept": ("\xff", "*/*;q=x"),
    "Expect": ("100-continue",),
    "Authorization": ("Basic", "Basic \xff", "Bearer x", "Digest =", "Negotiate"), "X-CSRFToken": ("x", "\xff"),
    "Cookie": ("", ";", "=", "portal", "portal=\xff", "portal=.", "portal=..", "portal=e30.aaaa.bbbb",
    "portal=" + "x" * 9_000,
               "remember_token=1|x", "remember_token=1|\xff", "remember_token=|", "remember_token=\x00",
               "portal-known=\xff",
               "portal-known=\x00", "portal=; portal=; portal-known=' OR '1'='1", "\x00=\x00",
               "$Version=1; portal=x"),
}  # fmt: skip
PATHS = (
    "/%00", "/%ff%fe", "/%", "/%zz", "//", "//evil.example", "///profile/", "/./", "/..", "/;a=b", "/auth/login/",
    "/AUTH/LOGIN",
    "/auth//login", "/auth/login%00", "/auth/login%0d%0aX-Injected:1", "/profile%0d%0aX-Injected:1",
    "/profile/phones/primary%00",
    "/profile/phones/%f0%9f%98%80", "/profile/phones/' OR '1'='1", "/profile/phones/{{7*7}}/verify",
    "/static/../config.py",
    "/static/%2e%2e/%2e%2e/wsgi.py", "/static/..%2f..%2fwsgi.py", "/static/%5c..%5cwsgi.py", "/static//etc/passwd",
    "/static/%00",
    "/static/", "/static/portal.css%00.html", "/static/" + "a" * 5_000, "/" + "a" * 20_000, "/%ed%a0%80",
    "/%c0%ae%c0%ae/",
    "/\u202e", "/profile/phones/" + "%2f" * 500,
)  # fmt: skip
QUERIES = (
    "next=//evil.example", "next=%0d%0aX-Injected:1", "next=%00", "next=%ff", "next=/%5cevil.example",
    "next=" + "/" * 20_000,
    "next[]=1", "next=1&next=2", "&", "=", "%", "%zz=%zz", "a" * 20_000, "&".join(f"{n}=" for n in range(3_000)),
    "?", "#", "\xff",
    "__class__=1", "email=alice@example.com&password=x&code=123456", "_method=DELETE", "next=javascript:alert(1)",
)  # fmt: skip


@dataclass(frozen=True)
class Body:
    content_type: str | None
    """None: as a form is sent, with its token; else this, and whatever bytes."""
    fields: tuple[tuple[str, str], ...] = ()
    raw: bytes = b""
    in_parts: bool = False
    """As multipart/form-data."""


@dataclass(frozen=True)
class Shot:
    """One request, but for where it goes and whose it is."""

    body: Body
    query: str
    headers: tuple[tuple[str, str], ...]


def _is_no_code(text: str) -> bool:
    # Six digits would be a try at the code, and something with an @ perhaps somebody's email: both may change things.
    return otp.normalise(text) is None and "@" not in text


UNUSUAL = st.characters(categories=["Cs", "Cc", "Cf", "Co", "Cn", "Nd", "No", "Zl"])
"""Digits of all scripts and what can't be seen; halves of pairs too, which UTF-8 has no bytes for."""

texts = st.one_of(
    st.sampled_from(LIST),
    st.text(max_size=60).filter(_is_no_code),
    st.text(UNUSUAL, max_size=20).filter(_is_no_code),
)


@st.composite
def _forms(draw: st.DrawFn) -> Body:
    """A form like the real ones, in which a few fields are odd, missing or there more than once."""
    odd = draw(st.dictionaries(st.sampled_from(FIELDS), st.lists(texts, max_size=3), min_size=1, max_size=3))
    more = draw(st.lists(st.tuples(texts, texts), max_size=1))
    fields = [(name, value) for name, value in HARMLESS.items() if name not in odd]
    fields += [(name, value) for name, values in odd.items() for value in values]
    if "csrf_token" not in odd:
        fields.append(("csrf_token", TOKEN))
    return Body(None, (*fields, *more), in_parts=draw(st.booleans()))


TOKEN = "the token of this browser"
"""Stands for it; the sender puts the real one in its place."""

bodies = st.one_of(
    _forms(),
    _forms(),
    _forms(),
    st.builds(Body, st.sampled_from((FORM, *CONTENT_TYPES)), raw=st.binary(max_size=200)),
    st.builds(
        Body,
        st.sampled_from(CONTENT_TYPES),
        raw=st.sampled_from(
            (
                b'{"email": "alice@example.com", "password": {"$ne": null}, "csrf_token": 1}',
                b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
                b'--x\r\nContent-Disposition: form-data; name="email"; filename="../../x"\r\n\r\nx\r\n--x--\r\n',
                b'--x\r\nContent-Disposition: form-data; name="email\r\n\r\n',
                b"--x\r\n\r\n\r\n--x",
                b"--x\r\nContent-Disposition: form-data\r\n\r\na part without a name\r\n--x--\r\n",
                b"email=%ff&password=%00&code=%f0%9f&csrf_token=%",
            )
        ),
    ),
)
headers = st.sampled_from(sorted(HEADERS)).flatmap(
    lambda name: st.tuples(st.just(name), st.one_of(st.sampled_from(HEADERS[name]), st.text(max_size=30).map(as_latin)))
)
shots = st.builds(
    Shot,
    bodies,
    st.one_of(st.just(""), st.just(""), st.sampled_from(QUERIES), texts.map(lambda text: f"next={quoted(text)}")),
    st.one_of(st.just(()), st.just(()), st.lists(headers, max_size=2, unique_by=lambda pair: pair[0]).map(tuple)),
)


def as_bytes(text: str) -> bytes:
    """UTF-8, and for half a pair the bytes that UTF-8 forbids."""
    return text.encode("utf-8", "surrogatepass")


def quoted(text: str) -> str:
    return quote_from_bytes(as_bytes(text))


def as_latin(text: str) -> str:
    """As a server hands on the bytes of a header, which has no line breaks by then."""
    return as_bytes(text).decode("latin-1").replace("\r", "").replace("\n", "")
