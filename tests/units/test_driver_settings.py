"""DRIVER_ settings: which driver each kind has, and what is wrong with them, all at once and with the fix."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from portal import settings
from portal.drivers.base import Done, Driver, DriverConfigError, Kind, Later, Setting, Task
from portal.drivers.local import LocalDriver
from tests.fakes import MemoryDriver
from tests.orders.drivers import KnowingDriver
from tests.units.test_settings import HTTPS
from tests.units.test_wrong_settings import named, problems

WEBHOOK = {"WEBHOOK_URL": "https://panel.example.com/orders", "WEBHOOK_SECRET": "w" * 32}


class PickyDriver(Driver):
    """Has settings of its own, and is never content."""

    name = "picky"
    settings = (
        Setting("PICKY_PANEL", "where the panel is", required=True),
        Setting("PICKY_TOKEN", "from the desk of Picky", required=True, secret=True),
    )

    def __init__(self, config: Mapping[str, Any]) -> None:
        raise DriverConfigError(f"PICKY_TOKEN of {len(config['PICKY_TOKEN'])} characters will not do. Ask Picky.")

    def carry_out(self, task: Task) -> Done | Later:
        raise NotImplementedError


class BrokenDriver(LocalDriver):
    name = "broken"

    def __init__(self, config: Mapping[str, Any]) -> None:
        raise RuntimeError(f"no library for {len(config)} settings")


class NamelessDriver(Driver):
    def __init__(self, config: Mapping[str, Any]) -> None:
        del config

    def carry_out(self, task: Task) -> Done | Later:
        raise NotImplementedError


class HalfDriver(Driver):
    """Lacks what does the work."""

    name = "half"

    def __init__(self, config: Mapping[str, Any]) -> None:
        del config


PICKY, BROKEN = f"{__name__}:PickyDriver", f"{__name__}:BrokenDriver"


def test_without_settings_the_shop_s_people_carry_everything_out(tmp_path: Path) -> None:
    values = settings.load(tmp_path, {})
    assert set(values["DRIVERS"]) == set(Kind)
    assert {type(driver) for driver in values["DRIVERS"].values()} == {LocalDriver}
    assert values["DRIVER_TIMEOUT_SECONDS"] == 20
    assert "WEBHOOK_URL" not in values


def test_each_kind_has_the_driver_that_is_named_for_it_and_each_driver_is_made_once(tmp_path: Path) -> None:
    memory = {f"DRIVER_{kind}": "tests.fakes:MemoryDriver" for kind in ("VPS", "DOMAIN")}
    values = settings.load(
        tmp_path,
        memory | {"DRIVER_DEDICATED": "tests.orders.drivers:KnowingDriver", "DRIVER_TIMEOUT_SECONDS": "7"},
    )
    drivers = values["DRIVERS"]
    assert {kind: type(driver) for kind, driver in drivers.items()} == {
        Kind.VPS: MemoryDriver, Kind.DOMAIN: MemoryDriver, Kind.DEDICATED: KnowingDriver,
        Kind.WORDPRESS: LocalDriver, Kind.DNS: LocalDriver,
    }  # fmt: skip
    assert drivers[Kind.VPS] is drivers[Kind.DOMAIN]
    assert values["DRIVER_TIMEOUT_SECONDS"] == 7


def test_a_driver_s_own_settings_are_read_for_it_alone_and_a_secret_also_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s" * 32 + "\n")
    environ = {"WEBHOOK_URL": WEBHOOK["WEBHOOK_URL"], "WEBHOOK_SECRET_FILE": str(tmp_path / "secret")}
    values = settings.load(tmp_path, environ | {"DRIVER_VPS": "webhook", "POWERDNS_API_KEY": "key"})
    assert values["WEBHOOK_SECRET"] == "s" * 32
    assert values["DRIVERS"][Kind.VPS].name == "webhook"
    assert "POWERDNS_API_KEY" not in values


def test_powerdns_is_a_driver_of_dns(tmp_path: Path) -> None:
    values = settings.load(tmp_path, {"DRIVER_DNS": "powerdns", "POWERDNS_API_KEY": "key"})
    assert values["DRIVERS"][Kind.DNS].name == "powerdns"


@pytest.mark.parametrize(
    ("name", "text", "fix"),
    [
        ("DRIVER_VPS", "carrier-pigeon", "neither one of local, webhook, powerdns nor a package.module:Class path."),
        ("DRIVER_DNS", "a.b.c", "neither one of local, webhook, powerdns nor a package.module:Class path."),
        ("DRIVER_DEDICATED", "no_such_package:Driver", "can't be imported: No module named 'no_such_package'."),
        ("DRIVER_WORDPRESS", "tests.fakes:NoSuchDriver", "can't be imported"),
        ("DRIVER_DOMAIN", "tests.fakes:MemoryBackend", "which is not a Driver class."),
        ("DRIVER_DOMAIN", "tests.fakes:accept", "which is not a Driver class."),
        ("DRIVER_VPS", "portal.drivers.base:Driver", "which has no name"),
        ("DRIVER_VPS", f"{__name__}:NamelessDriver", "which has no name: orders are marked with it."),
        ("DRIVER_VPS", f"{__name__}:HalfDriver", "half can't start: TypeError"),
        ("DRIVER_VPS", BROKEN, "broken can't start: RuntimeError: no library for"),
        ("DRIVER_VPS", "powerdns", "which carries out nothing for vps."),
        ("DRIVER_TIMEOUT_SECONDS", "0", "must be a whole number from 1 to 120."),
        ("DRIVER_TIMEOUT_SECONDS", "soon", "must be a whole number from 1 to 120."),
        ("SERVER_IMAGES", ",", "must be one or more different names, separated by commas."),
    ],
)
def test_a_wrong_one_gives_one_sentence_with_the_setting_and_the_fix(
    tmp_path: Path, name: str, text: str, fix: str
) -> None:
    settings_ = {name: text} | ({"POWERDNS_API_KEY": "key"} if text == "powerdns" else {})
    [sentence] = problems(tmp_path, **settings_)
    assert named([sentence])[0].rstrip(":") == name
    assert fix in sentence


def test_what_a_driver_needs_is_said_once_however_many_kinds_it_has(tmp_path: Path) -> None:
    said = problems(tmp_path, DRIVER_VPS="webhook", DRIVER_DEDICATED="webhook", DRIVER_DNS="powerdns", PORT="x")
    assert named(said) == ["PORT", "WEBHOOK_URL", "WEBHOOK_SECRET", "POWERDNS_API_KEY"]
    assert said[1].startswith("WEBHOOK_URL must be set: where orders are posted to")


def test_everything_that_is_wrong_with_drivers_is_said_at_once_with_the_rest(tmp_path: Path) -> None:
    said = problems(
        tmp_path, DRIVER_VPS="x", DRIVER_DEDICATED="powerdns", DRIVER_DOMAIN="webhook", WEBHOOK_URL="panel",
        WEBHOOK_SECRET="short", DRIVER_TIMEOUT_SECONDS="0", SECRET_KEY="short",
    )  # fmt: skip
    assert sorted(named(said)) == [
        "DRIVER_DEDICATED", "DRIVER_TIMEOUT_SECONDS", "DRIVER_VPS", "SECRET_KEY", "WEBHOOK_SECRET", "WEBHOOK_URL",
    ]  # fmt: skip
    assert "short" not in " ".join(said)


def test_every_driver_that_can_not_work_says_so(tmp_path: Path) -> None:
    token = {"PICKY_PANEL": "here", "PICKY_TOKEN": "secret"}
    said = problems(tmp_path, DRIVER_VPS=PICKY, DRIVER_DEDICATED=PICKY, DRIVER_DNS=BROKEN, **token)
    assert said[0] == "PICKY_TOKEN of 6 characters will not do. Ask Picky."
    assert said[1].startswith("DRIVER_DNS: broken can't start: RuntimeError: ")
    assert len(said) == 2


def test_drivers_and_providers_are_complained_of_together(tmp_path: Path) -> None:
    said = problems(tmp_path, **(HTTPS | {"SMS_BACKENDS": "x", "DRIVER_VPS": "y"}))
    assert named(said) == ["SMS_BACKENDS", "DRIVER_VPS"]
