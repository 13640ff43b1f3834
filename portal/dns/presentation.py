"""Values as name servers hand them over, in the form that is kept.

More lenient than what people may type: what a name server has is a fact, also where this portal would refuse it.
"""

import dns.name
import dns.rdata
from dns.exception import DNSException

from portal.dns.records import RecordError, quote


def canonical(type_: str, value: str) -> str:
    """The form that is kept of a value of any type, in presentation format with absolute names.

    Raises RecordError, for types that only some name servers have too: ALIAS, LUA.
    """
    try:
        found = dns.rdata.from_text("IN", type_, value, origin=dns.name.root, relativize=False)
        # On the wire in canonical form, names are in lower case (RFC 4034, 6.2).
        wire = found.to_digestable(dns.name.root)
        return str(dns.rdata.from_wire(found.rdclass, found.rdtype, wire, 0, len(wire)).to_text())
    except (DNSException, ValueError) as error:
        raise RecordError(f"{quote(value)} can't be read as a value of {type_}.") from error
