import pytest

from portal.drivers.contract import read
from portal.drivers.powerdns import PowerDnsDriver
from tests.drivers.pdns import Pdns, pdns

__all__ = ["pdns"]


@pytest.fixture
def driver(pdns: Pdns) -> PowerDnsDriver:
    return PowerDnsDriver(read(PowerDnsDriver, pdns.settings))
