"""What name servers make of the zone files that the portal writes."""

import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from portal.dns import rules, zonefile
from portal.dns.difference import between
from tests.dns.forms import ZONE, typed

RECORD_SETS = [
    typed("NS", "ns1\nns2.example.net", "@"),
    typed("A", "203.0.113.1\n203.0.113.2", "ns1", "60"),
    typed("AAAA", "2001:db8::1\n2001:db8::2", "ns1", "604800"),
    typed("MX", "10 mail.example.net\n20 bücher.example", "@"),
    typed("MX", "0 .", "*.shop"),
    typed("TXT", "v=spf1 -all\n" + "x" * 3000 + '\n"a" "b;c"\n"\\"\\\\\\000\\255"\nüber "quoted" \\o/ (;)', "_dmarc"),
    typed("SRV", "10 5 5060 ns1\n0 0 0 ns1"),
    typed("CAA", '0 issue "letsencrypt.org; account=12"\n0 issuewild ;\n128 iodef mailto:ca@example.com', "@"),
    typed("CNAME", "_x.example.net", "s1._domainkey"),
    typed("NS", "ns1.example.org", "xn--bcher-kva"),
]
FILE = zonefile.write(RECORD_SETS, ZONE, ("ns1.example.com", "host.master@example.com", 7))
SCHEMA = Path("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql")


def run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_zone_breaks_no_rule() -> None:
    assert rules.check(ZONE, RECORD_SETS) == []


def test_powerdns_reads_the_file_and_has_the_same_records(tmp_path: Path) -> None:
    if not (shutil.which("pdnsutil") and SCHEMA.exists()):
        pytest.skip("PowerDNS is not installed: apt-get install pdns-server pdns-backend-sqlite3")
    with sqlite3.connect(tmp_path / "zones.sqlite3") as database:
        database.executescript(SCHEMA.read_text())
    database.close()
    (tmp_path / "pdns.conf").write_text(f"launch=gsqlite3\ngsqlite3-database={tmp_path}/zones.sqlite3\n")
    (tmp_path / "zone").write_text(FILE)
    pdnsutil = ("pdnsutil", f"--config-dir={tmp_path}")
    run(*pdnsutil, "load-zone", ZONE, tmp_path / "zone")
    assert "0 errors, 0 warnings" in run(*pdnsutil, "check-zone", ZONE)
    # Its names in SOA have no last dot there, and its own origin is the root.
    listed = run(*pdnsutil, "list-zone", ZONE)
    assert between(RECORD_SETS, zonefile.read(listed.encode(), ZONE).record_sets) == []


def test_bind_reads_the_file_where_it_is_installed(tmp_path: Path) -> None:
    (tmp_path / "zone").write_text(FILE)
    bind = shutil.which("named-checkzone")
    if bind:  # The tests ask nobody to install it: dnspython and PowerDNS are asked in any case.
        assert "loaded serial 7" in run(bind, ZONE, tmp_path / "zone")
