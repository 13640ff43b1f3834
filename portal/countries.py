"""Countries, by ISO 3166-1 alpha-2: codes and most names as the tz database has them (iso3166.tab, public domain)."""

from pathlib import Path

_FILE = Path(__file__).with_name("data") / "countries.txt"
COUNTRIES: dict[str, str] = dict(line.split(" ", 1) for line in _FILE.read_text(encoding="utf-8").splitlines())
"""The name of each code, in the order of the names."""
