"""Settings: where they come from, and what they are when not set."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import config
from portal import limits, numbers, settings
from portal.limits import LIMITS, Rate
from portal.settings.problems import Problems
from portal.settings.secret_key import made_once
from portal.sms_backends.console import ConsoleBackend
from tests.fakes import MemoryBackend, SecondBackend

KEY = "0123456789abcdef" * 2
HTTPS = {
    "PUBLIC_URL": "https://portal.example.com",
    "SECRET_KEY": KEY,
    "TRUSTED_PROXIES": "1",
    "SMS_BACKENDS": "tests.fakes:MemoryBackend",
    "SMS_ALLOWED_REGIONS": "US,CA",
}
CONTRACT = [
    "HOST", "PORT", "SECRET_KEY", "PUBLIC_URL",
    "DATABASE_URL", "PORTAL_NAME", "SUPPORT_EMAIL", "SUPPORT_URL",
    "SUPPORT_PHONE", "TRUSTED_PROXIES", "REGISTRATION_OPEN", "REQUIRE_TWO_FACTOR",
    "SMS_BACKENDS", "SMS_SENDER", "SMS_DEFAULT_REGION", "SMS_ALLOWED_REGIONS",
    "SMS_TIMEOUT_SECONDS", "CODE_TTL_SECONDS", "CODE_MAX_ATTEMPTS", "CODE_RESEND_SECONDS",
    "TICKETS_WEBHOOK_URL", "TICKETS_WEBHOOK_SECRET",
]  # fmt: skip
LIMIT_DEFAULTS = {
    "PASSWORD_ACCOUNT_ADDRESS": "10/15min",
    "PASSWORD_ACCOUNT": "100/h",
    "PASSWORD_ADDRESS": "100/h",
    "REGISTER_ADDRESS": "10/h",
    "CODE_ACCOUNT": "10/h",
    "CODE_ACCOUNT_DAY": "20/day",
    "CODE_ACCOUNT_RUN": "100",
    "TEXT_NUMBER": "5/10min",
    "TEXT_NUMBER_DAY": "15/day",
    "TEXT_ACCOUNT": "10/10min",
    "TEXT_ACCOUNT_DAY": "30/day",
    "TEXT_CONFIRM_DAY": "10/day",
    "TEXT_NEW_ADDRESS": "10/h",
    "TEXT_NEW_PREFIX": "20/h",
    "TEXT_NEW_ALL": "200/h",
    "TICKET_ACCOUNT": "10/h",
    "TICKET_MESSAGE_ACCOUNT": "60/h",
    "ZONE_ACCOUNT": "30/h",
    "HOOK_ADDRESS": "30/10min",
}


def load(instance: Path, **environ: str) -> dict[str, Any]:
    return settings.load(instance, environ)


def test_every_setting_of_the_contract_stands_once_in_config() -> None:
    names = [setting.name for setting in config.SETTINGS]
    assert set(names) >= {*CONTRACT, *(f"LIMIT_{name}" for name in LIMIT_DEFAULTS)}
    assert len(names) == len(set(names))
    assert all(setting.help for setting in config.SETTINGS)
    assert [setting.name for setting in ConsoleBackend.settings] == ["SMS_CONSOLE_FILE"]
    assert {limit.name: limit.default for limit in LIMITS} == LIMIT_DEFAULTS


def test_with_nothing_set_everything_has_its_default(tmp_path: Path) -> None:
    values = load(tmp_path)
    expected = {
        "HOST": "127.0.0.1",
        "PORT": 8000,
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'portal.sqlite3'}",
        "PORTAL_NAME": "Client Portal",
        "SUPPORT_EMAIL": None,
        "SUPPORT_URL": None,
        "SUPPORT_PHONE": None,
        "TRUSTED_PROXIES": None,
        "REGISTRATION_OPEN": True,
        "REQUIRE_TWO_FACTOR": frozenset(),
        "SMS_BACKENDS": ("console",),
        "SMS_SENDER": None,
        "SMS_DEFAULT_REGION": "US",
        "SMS_ALLOWED_REGIONS": numbers.ANYWHERE,
        "SMS_TIMEOUT_SECONDS": 5,
        "SMS_CONSOLE_FILE": None,
        "CODE_TTL_SECONDS": timedelta(seconds=300),
        "CODE_MAX_ATTEMPTS": 5,
        "CODE_RESEND_SECONDS": timedelta(seconds=30),
        "IS_HTTPS": False,
        "SESSION_COOKIE_NAME": "portal",
        "SESSION_COOKIE_SECURE": False,
        "MAX_CONTENT_LENGTH": 65536,
    }
    assert {name: values[name] for name in expected} == expected
    assert values["RATES"] == {name: limits.parse(default) for name, default in LIMIT_DEFAULTS.items()}
    assert [type(backend) for backend in values["SMS_BACKEND_OBJECTS"]] == [ConsoleBackend]


def test_what_is_set_is_read(tmp_path: Path) -> None:
    values = load(
        tmp_path,
        HOST="0.0.0.0",
        PORT="80",
        SECRET_KEY=KEY,
        REGISTRATION_OPEN="no",
        REQUIRE_TWO_FACTOR="all",
        SMS_BACKENDS="tests.fakes:SecondBackend, tests.fakes:MemoryBackend",
        SMS_ALLOWED_REGIONS="us, gb",
        SMS_SENDER="MyShop",
        LIMIT_TEXT_NUMBER="2/3min",
        LIMIT_CODE_ACCOUNT_RUN="50",
        LIMIT_TEXT_NEW_ALL="off",
        CODE_TTL_SECONDS=" 60 ",
    )
    assert values["PUBLIC_URL"] == "http://0.0.0.0:80"
    assert values["SECRET_KEY"] == KEY
    assert values["REGISTRATION_OPEN"] is False
    assert values["REQUIRE_TWO_FACTOR"] == {"personal", "business", "reseller"}
    assert [type(backend) for backend in values["SMS_BACKEND_OBJECTS"]] == [SecondBackend, MemoryBackend]
    assert values["SMS_ALLOWED_REGIONS"] == {"US", "GB"}
    assert values["SMS_SENDER"] == "MyShop"
    assert values["RATES"]["TEXT_NUMBER"] == Rate(2, timedelta(minutes=3))
    assert values["RATES"]["CODE_ACCOUNT_RUN"] == Rate(50, None)
    assert values["RATES"]["TEXT_NEW_ALL"] is None
    assert values["CODE_TTL_SECONDS"] == timedelta(minutes=1)


def test_two_made_in_turn_find_the_same_key(tmp_path: Path) -> None:
    first = load(tmp_path)["SECRET_KEY"]
    assert load(tmp_path)["SECRET_KEY"] == first
    assert len(first) >= 64
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_processes_that_make_the_key_at_once_agree_on_one(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: made_once(tmp_path / "deep" / "secret_key", Problems()), range(64)))
    assert len(keys) == 1
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["secret_key"]


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n")
    (tmp_path / "url").write_text("sqlite:////srv/portal.sqlite3\n")
    values = load(tmp_path, SECRET_KEY_FILE=str(tmp_path / "key"), DATABASE_URL_FILE=str(tmp_path / "url"))
    assert (values["SECRET_KEY"], values["DATABASE_URL"]) == (KEY, "sqlite:////srv/portal.sqlite3")


def test_the_setting_itself_wins_over_its_file(tmp_path: Path) -> None:
    values = load(tmp_path, SECRET_KEY=KEY, SECRET_KEY_FILE=str(tmp_path / "missing"))
    assert values["SECRET_KEY"] == KEY


def test_only_a_secret_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "name").write_text("From A File")
    assert load(tmp_path, PORTAL_NAME_FILE=str(tmp_path / "name"))["PORTAL_NAME"] == "Client Portal"


def test_the_shop_s_own_file_overrides_the_environment(tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text(
        "import os\nPORT = 9000\nPORTAL_NAME = 'My ' + 'Shop'\nREGISTRATION_OPEN = False\n"
        "SMS_ALLOWED_REGIONS = ['US', 'CA']\nSUPPORT_URL = None\nlower = 'ignored'\n"
    )
    values = load(tmp_path, PORT="1", PORTAL_NAME="Other", HOST="::1", SUPPORT_URL="https://a.example")
    assert (values["PORT"], values["PORTAL_NAME"], values["REGISTRATION_OPEN"]) == (9000, "My Shop", False)
    assert values["SMS_ALLOWED_REGIONS"] == {"US", "CA"}
    assert values["SUPPORT_URL"] is None
    assert values["PUBLIC_URL"] == "http://[::1]:9000"


def test_under_https_cookies_are_secure_and_strangers_can_not_sign_up(tmp_path: Path) -> None:
    values = load(tmp_path, **HTTPS)
    assert (values["SESSION_COOKIE_NAME"], values["SESSION_COOKIE_SECURE"]) == ("__Host-portal", True)
    assert (values["IS_HTTPS"], values["IS_DEMO"], values["REGISTRATION_OPEN"]) == (True, False, False)
    assert values["TRUSTED"] == {"portal.example.com"}
    assert load(tmp_path, **HTTPS, REGISTRATION_OPEN="true")["REGISTRATION_OPEN"] is True
    assert load(tmp_path, **(HTTPS | {"PUBLIC_URL": "HTTPS://Portal.Example.com/"}))["SESSION_COOKIE_SECURE"] is True
    assert not (tmp_path / "secret_key").exists()


def test_texts_name_the_host_of_the_public_url_without_its_port_and_in_ascii(tmp_path: Path) -> None:
    for url, host in (
        ("http://portal.example.com:8080", "portal.example.com"),
        ("http://München.example", "xn--mnchen-3ya.example"),
        ("http://[::1]:8000", "[::1]"),
    ):
        values = load(tmp_path, PUBLIC_URL=url)
        assert values["SMS_FROM"].host == host
        assert host in values["TRUSTED"]


def test_the_demo_is_for_a_portal_that_only_this_machine_can_open(tmp_path: Path) -> None:
    assert load(tmp_path)["IS_DEMO"]
    assert load(tmp_path, HOST="0.0.0.0", PUBLIC_URL="http://localhost:8000")["IS_DEMO"]
    assert not load(tmp_path, PUBLIC_URL="http://portal.example.com")["IS_DEMO"]
    assert not load(tmp_path, HOST="192.0.2.1")["IS_DEMO"]


def test_a_backend_s_own_settings_are_read_for_it_alone(tmp_path: Path) -> None:
    vonage = {"SMS_BACKENDS": "vonage", "SMS_ALLOWED_REGIONS": "*", "SMS_SENDER": "MyShop"}
    values = load(tmp_path, **vonage, VONAGE_API_KEY="key", VONAGE_API_SECRET="secret", AWS_REGION="nonsense")
    assert (values["VONAGE_API_KEY"], values["VONAGE_API_HOST"]) == ("key", "rest.nexmo.com")
    assert "AWS_REGION" not in values
    assert "VONAGE_API_KEY" not in load(tmp_path, VONAGE_API_KEY="key")
    assert values["SMS_ALLOWED_REGIONS"] == numbers.ANYWHERE
