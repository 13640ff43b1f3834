"""The PowerDNS driver against a real PowerDNS: zones as a whole, and its settings."""

import pytest

from portal.dns.records import RecordSet
from portal.drivers.base import Done, DriverUnavailableError
from portal.drivers.contract import read
from portal.drivers.powerdns import PowerDnsDriver
from portal.drivers.powerdns_records import is_later
from tests.drivers.outcomes import refused, unavailable
from tests.drivers.pdns import Pdns
from tests.drivers.zones import NS, WWW, change, task


def test_a_zone_is_read_in_the_portals_form(pdns: Pdns, driver: PowerDnsDriver) -> None:
    zone = pdns.make_zone(NS)
    pdns.put(zone, "WWW", "A", "192.0.2.9", "192.0.2.10")
    pdns.put(zone, "unsplit", "TXT", f'"{"a" * 600}"')
    pdns.put(zone, "other", "ALIAS", "a.example.net.")
    pdns.put(zone, "mail", "MX", "10 Mail.example.net.")
    content = driver.read_zone(zone)
    assert content
    assert content.serial == pdns.serial(zone)
    assert content.record_sets == (
        NS,
        RecordSet("mail", "MX", 300, ("10 Mail.example.net.",)),
        RecordSet("other", "ALIAS", 300, ("a.example.net.",)),
        RecordSet("unsplit", "TXT", 300, (f'"{"a" * 255}" "{"a" * 255}" "{"a" * 90}"',)),
        RecordSet("www", "A", 300, ("192.0.2.10", "192.0.2.9")),
    )


@pytest.mark.parametrize("name", ["_odd.example", "0/25.2.0.192.in-addr.arpa"])
def test_a_zone_with_any_name_is_found(pdns: Pdns, driver: PowerDnsDriver, name: str) -> None:
    zone = pdns.make_zone(name=name)
    driver.carry_out(task(zone, change(None, RecordSet("1", "PTR", 300, ("a.example.net.",)))))
    assert pdns.ask(f"1.{zone}", "PTR") == ["a.example.net."]
    driver.carry_out(task(zone, act="delete zone"))
    assert driver.read_zone(zone) is None


def test_a_zone_that_is_not_there_is_none_and_changes_of_it_are_refused(driver: PowerDnsDriver) -> None:
    assert driver.read_zone("missing.example") is None
    said = refused(driver, task("missing.example", change(None, WWW)))
    assert said == "The name server doesn't have missing.example. Nothing was changed."


def test_a_copy_of_a_zone_is_left_alone(pdns: Pdns, driver: PowerDnsDriver) -> None:
    zone = pdns.make_zone(kind="Slave", masters=["192.0.2.53"])
    assert "copied from another name server" in refused(driver, task(zone, change(None, WWW)))


def test_a_zone_is_deleted_once_and_is_gone(pdns: Pdns, driver: PowerDnsDriver) -> None:
    zone = pdns.make_zone(WWW)
    for attempt in (1, 2):
        assert driver.carry_out(task(zone, act="delete zone", attempt=attempt)) == Done()
        assert driver.read_zone(zone) is None
        assert pdns.ask(f"www.{zone}", "A") == []


def test_a_deleted_zone_is_made_again_with_a_higher_serial(pdns: Pdns, driver: PowerDnsDriver) -> None:
    zone = pdns.make_zone(NS, WWW)
    soa = f"ns1.example.net. hostmaster.{zone}. 2099010100 10800 3600 604800 3600"
    pdns.put(zone, "@", "SOA", soa, ttl=3600)
    serial = pdns.serial(zone)
    driver.carry_out(task(zone, act="delete zone"))
    order = task(zone, change(None, NS), change(None, WWW), act="make zone", serial=serial)
    first = driver.carry_out(order)
    assert pdns.serial(zone) > serial
    assert first == Done({"serial": pdns.serial(zone)})
    content = driver.read_zone(zone)
    assert content
    assert content.record_sets == (NS, WWW)
    assert pdns.call("GET", f"/zones/{zone}.")["kind"] == "Native"
    assert driver.carry_out(order) == first, "a second attempt finds it made"


def test_a_zone_that_somebody_else_made_meanwhile_is_left_alone(pdns: Pdns, driver: PowerDnsDriver) -> None:
    zone = pdns.make_zone(WWW)
    said = refused(driver, task(zone, change(None, NS), act="make zone"))
    assert said == f"The name server has another {zone} by now. Nothing was changed."


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"POWERDNS_API_KEY": "wrong"}, "POWERDNS_API_KEY is wrong"),
        ({"POWERDNS_SERVER_ID": "other"}, "POWERDNS_URL or POWERDNS_SERVER_ID is wrong"),
        ({"POWERDNS_SERVER_ID": "../localhost?x#"}, "POWERDNS_URL or POWERDNS_SERVER_ID is wrong"),
    ],
)
def test_a_wrong_setting_is_named_and_makes_no_zone_seem_gone(pdns: Pdns, settings: dict[str, str], said: str) -> None:
    zone = pdns.make_zone(WWW)
    driver = PowerDnsDriver(read(PowerDnsDriver, {**pdns.settings, **settings}))
    for act in ("delete zone", "change records"):
        assert said in unavailable(driver, task(zone, change(WWW, None), act=act), possible=False)
    with pytest.raises(DriverUnavailableError, match=said):
        driver.read_zone(zone)
    assert pdns.ask(f"www.{zone}", "A") == ["192.0.2.1"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:8081", "http://10.0.0.2:8081/", "https://pdns.example.com/api-here"])
def test_an_address_loses_its_last_slash(url: str) -> None:
    settings = {"POWERDNS_URL": url, "POWERDNS_API_KEY": "k"}
    assert read(PowerDnsDriver, settings)["POWERDNS_URL"] == url.rstrip("/")


@pytest.mark.parametrize(
    "settings",
    [
        {"POWERDNS_URL": "http://pdns.example.com:8081"},
        {"POWERDNS_URL": "http://8.8.8.8:8081"},
        {"POWERDNS_URL": "https://pdns.example.com/?x=1"},
        {"POWERDNS_API_KEY": "two words"},
        {"POWERDNS_API_KEY": "žluť"},
    ],
)
def test_settings_that_can_not_work_are_refused(settings: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="must be"):
        read(PowerDnsDriver, {"POWERDNS_API_KEY": "k", **settings})


def test_serials_are_compared_as_secondaries_do() -> None:
    assert is_later(2, 1)
    assert is_later(1, 2**32 - 1)
    assert not is_later(1, 1)
    assert not is_later(1, 2)
