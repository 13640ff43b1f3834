"""Names: as people type them, as zone files have them, and in the form that is kept.

A zone is named in lower case, without its last dot, in ASCII: "example.com".
"""

import re
from functools import lru_cache
from ipaddress import ip_address

from dns.exception import DNSException
from dns.name import IDNA_2008_Practical

from portal.dns.records import APEX, RecordError, quote, refuse_invisible

ROOT = "."
MAX_NAME = 253
"""Characters without the last dot (RFC 1035, 2.3.4)."""
MAX_LABEL = 63
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?:\*|{_LABEL})(?:\.{_LABEL})*")
_DOTS = re.compile("[\u3002\uff0e\uff61]")
"""Dots of East Asian keyboards, which separate labels as well (UTS 46, 4.5)."""
_ENDINGS = {"com", "net", "org"}
"""With the zone's own ending: no host is called so, hence a typed name that ends in one is meant in full."""


def owner(typed: str, zone: str) -> str:
    """The relative name of what may be typed relative to the zone or in full. Raises RecordError."""
    text = _DOTS.sub(".", typed.strip())
    if not text:
        raise RecordError(f"Type a name, such as www, or @ for {zone} itself.")
    if text == APEX:
        return APEX
    if is_address(text):
        raise RecordError(f"{quote(text)} is an address. Type a name here, such as www.")
    name = to_ascii(text.removesuffix("."))
    if is_in(name, zone):
        return relative(f"{name}.", zone)
    labels = name.split(".")
    if text.endswith("."):
        raise RecordError(f"{quote(text)} is not in {zone}. Type a name that ends in {zone}.")
    if len(labels) > 1 and labels[-1] in _ENDINGS | {zone.rpartition(".")[2]}:
        raise RecordError(
            f"{quote(text)} is not in {zone}. Type a name that ends in {zone}; "
            f"if you mean {name}.{zone}, type it in full."
        )
    return relative(absolute(name, f"{zone}."), zone)


def target(typed: str, zone: str) -> str:
    """What a record points to, as an absolute name: in full where a dot is in it, else relative to the zone.

    Raises RecordError.
    """
    text = _DOTS.sub(".", typed.strip())
    if text in {"", "."}:
        raise RecordError("Type the name it points to, such as server.example.com.")
    return absolute(text if "." not in text or text.endswith(".") else f"{text}.", f"{zone}.")


def absolute(text: str, origin: str) -> str:
    """The absolute name of one in a zone file, where a name without a last dot stands below `origin`.

    Raises RecordError.
    """
    if text == APEX:
        return origin
    name = to_ascii(text.removesuffix("."))
    if not text.endswith(".") and origin != ROOT:
        name = f"{name}.{origin[:-1]}"
        if len(name) > MAX_NAME:
            raise RecordError(_too_long(name))
    return f"{name}."


def to_ascii(text: str) -> str:
    """Lower case, international labels in punycode (IDNA 2008), no last dot. Raises RecordError."""
    plain = text.lower() if text.isascii() else _encoded(text)
    if len(plain) > MAX_NAME:
        raise RecordError(_too_long(text))
    if not _NAME.fullmatch(plain):
        raise RecordError(_why_not(text, plain))
    return plain


def is_in(name: str, zone: str) -> bool:
    return name == zone or name.endswith(f".{zone}")


def relative(absolute: str, zone: str) -> str:
    """Raises RecordError for a name that is not in the zone."""
    name = absolute[:-1]
    if not is_in(name, zone):
        raise RecordError(f"{quote(name)} is not in {zone}.")
    return name[: -len(zone) - 1] or APEX


def full(name: str, zone: str) -> str:
    """A relative name in full, without the last dot."""
    return zone if name == APEX else f"{name}.{zone}"


def is_address(text: str) -> bool:
    if ":" not in text and not text.rstrip(".]")[-1:].isdigit():
        return False  # Quickly, for files with many names.
    try:
        ip_address(text.removeprefix("[").removesuffix(".").removesuffix("]"))
    except ValueError:
        return False
    return True


def shown_owner(name: str, zone: str) -> str:
    """What a form shows of a relative name. Typed again, it means the same."""
    shown = _decoded(name)
    try:
        same = owner(shown, zone) == name
    except RecordError:
        same = False
    return shown if same else f"{full(name, zone)}."


def shown_target(absolute: str) -> str:
    """What a form shows of an absolute name. Typed again, it means the same."""
    bare = _decoded(absolute[:-1])
    return bare if "." in bare else f"{bare}."


def spoken(name: str) -> str:
    """A name as sentences have it: punycode says nothing to people, so both are said."""
    decoded = _decoded(name)
    return name if decoded == name else f"{decoded} ({name})"


def _encoded(text: str) -> str:
    if len(text) > MAX_NAME:
        raise RecordError(_too_long(text))  # The encoder takes its time for long ones.
    return ".".join(_encoded_label(label) for label in _DOTS.sub(".", text).split("."))


@lru_cache(maxsize=1024)
def _encoded_label(label: str) -> str:
    try:
        return IDNA_2008_Practical.encode(label).decode().lower()
    except (DNSException, UnicodeError) as error:
        refuse_invisible(label)
        raise RecordError(f"{quote(label)} can't be part of a name on the Internet. Check each character.") from error


def _decoded(name: str) -> str:
    return ".".join(_decoded_label(label) for label in name.split("."))


def _decoded_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        decoded = IDNA_2008_Practical.decode(label.encode())
        return decoded if _encoded_label(decoded) == label and "\\" not in decoded else label
    except (DNSException, UnicodeError, RecordError):
        return label


def _too_long(text: str) -> str:
    return f"{quote(text)} is too long: a full name has at most {MAX_NAME} characters."


def _why_not(text: str, plain: str) -> str:
    """The sentence for a name that is none, the likeliest mistake first."""
    refuse_invisible(text)
    if not text:
        return "A name is missing here."
    scheme, slashes, _ = plain.partition("://")
    if slashes:
        return f"{quote(text)} is the address of a page. Type only the name in it, without {scheme}://."
    return f"{quote(text)} can't be a name: {_why_no_label(plain.split('.'))}"


def _why_no_label(labels: list[str]) -> str:
    if not all(labels):
        return "it starts with a dot, or has two dots in a row."
    if any("*" in label for label in labels):
        return "a * stands for a whole first part, as in *.shop, and nowhere else."
    odd = re.search(r"[^a-z0-9_-]", "".join(labels))
    if odd:
        what = {" ": "a space", "@": "an @"}.get(odd[0], f"“{odd[0]}”")
        return f"there is {what} in it. Names are made of letters, digits and hyphens, with dots between."
    if any(len(label) > MAX_LABEL for label in labels):
        return f"each part between dots has at most {MAX_LABEL} characters."
    return "a part starts or ends with a hyphen."
