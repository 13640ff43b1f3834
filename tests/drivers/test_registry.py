"""How a name in a DRIVER_ setting becomes a driver."""

import subprocess
import sys

import pytest

from portal import drivers
from portal.drivers.base import Driver, DriverConfigError, Kind
from portal.drivers.local import LocalDriver
from portal.drivers.powerdns import PowerDnsDriver
from portal.drivers.webhook import WebhookDriver


@pytest.mark.parametrize(
    ("kind", "name", "driver"),
    [
        (Kind.VPS, "local", LocalDriver),
        (Kind.DOMAIN, "webhook", WebhookDriver),
        (Kind.DNS, "powerdns", PowerDnsDriver),
        (Kind.DNS, "portal.drivers.local:LocalDriver", LocalDriver),
    ],
)
def test_a_name_or_a_path_finds_its_class(kind: Kind, name: str, driver: type[Driver]) -> None:
    assert drivers.find(kind, name) is driver
    if name in drivers.BUILT_IN:
        assert driver.name == name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cpanel", "neither one of local, webhook, powerdns nor"),
        ("portal.drivers.local", "neither one of"),
        ("", "neither one of"),
        ("no_such_module:Driver", "can't be imported"),
        ("portal.drivers.local:NoSuchClass", "can't be imported"),
        ("json:dumps", "is not a Driver class"),
        ("json:JSONDecoder", "is not a Driver class"),
        ("powerdns", "carries out nothing for vps"),
    ],
)
def test_what_is_no_driver_for_it_is_refused_by_its_setting_and_name(name: str, said: str) -> None:
    with pytest.raises(DriverConfigError, match=said) as refused:
        drivers.find(Kind.VPS, name)
    assert str(refused.value).startswith("DRIVER_VPS ")
    assert repr(name) in str(refused.value)


def test_local_costs_no_library_and_reading_an_answer_neither() -> None:
    code = (
        "import sys; from portal import drivers; from portal.drivers.base import Kind;"
        "drivers.find(Kind.VPS, 'local'); import portal.drivers.answers, portal.signing;"
        "print({'requests', 'urllib3'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
