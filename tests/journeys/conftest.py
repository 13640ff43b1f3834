"""What journeys need from the outside."""

from tests.drivers.pdns import pdns

__all__ = ["pdns"]
