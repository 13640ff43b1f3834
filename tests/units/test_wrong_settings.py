"""Settings that are wrong: said all at once, a sentence each, with the setting and the fix."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from portal import create_app, settings
from portal.settings import SettingsError
from portal.sms_backends.base import Accepted, Setting, SmsBackend, SmsConfigError, SmsMessage
from portal.sms_backends.console import ConsoleBackend
from tests.units.test_settings import HTTPS, KEY


class PickyBackend(SmsBackend):
    """Has a setting of its own, and is never content."""

    name = "picky"
    settings = (Setting("PICKY_TOKEN", "from the desk of Picky", required=True, secret=True),)

    def __init__(self, config: Mapping[str, Any]) -> None:
        raise SmsConfigError(f"PICKY_TOKEN of {len(config['PICKY_TOKEN'])} characters will not do. Ask Picky.")

    def send(self, message: SmsMessage) -> Accepted:
        raise NotImplementedError


class FussyBackend(PickyBackend):
    name = "fussy"


class DressedUp(ConsoleBackend):
    """Another name for the console."""


PICKY, FUSSY = f"{__name__}:PickyBackend", f"{__name__}:FussyBackend"


def problems(instance: Path, **environ: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        settings.load(instance, environ)
    return caught.value.problems


def named(sentences: list[str]) -> list[str]:
    """The setting that each sentence begins with."""
    assert all(sentence.endswith(".") and "\n" not in sentence for sentence in sentences)
    return [sentence.split()[0] for sentence in sentences]


@pytest.mark.parametrize(
    ("name", "text", "fix"),
    [
        ("PORT", "0", "must be a whole number from 1 to 65535"),
        ("PORT", "http", "must be a whole number from 1 to 65535"),
        ("PORT", "٨٠", "must be a whole number from 1 to 65535"),
        ("SECRET_KEY", "short", "must have 32 characters or more. Make one: openssl rand -hex 32"),
        ("PUBLIC_URL", "portal.example.com", "must be http:// or https:// and a host, such as https://"),
        ("PUBLIC_URL", "http://portal.example.com/portal", "without a path"),
        ("PUBLIC_URL", "http://me@portal.example.com", "must be http:// or https:// and a host"),
        ("PUBLIC_URL", "http://", "must be http:// or https:// and a host"),
        ("PUBLIC_URL", "http://[::1", "must be http:// or https:// and a host"),
        ("PUBLIC_URL", "http://portal.example.com:http", "must be http:// or https:// and a host"),
        ("PUBLIC_URL", "http://portal example.com", "must be http:// or https:// and a host"),
        ("PUBLIC_URL", "http://a..b", "must be http:// or https:// and a host"),
        ("PUBLIC_URL", "http://under_score.example", "must be http:// or https:// and a host"),
        ("PUBLIC_URL", "http://portal.example.com?a=b", "must be http:// or https:// and a host"),
        ("PUBLIC_URL", "ftp://portal.example.com", "must be http:// or https:// and a host"),
        ("DATABASE_URL", "mysql://localhost/portal", "must look like sqlite:////path/to/file or postgresql"),
        ("DATABASE_URL", "postgresql://localhost/portal", "must look like sqlite:////path/to/file or postgresql"),
        ("DATABASE_URL", "postgresql+psycopg://localhost:port/portal", "must look like sqlite:////path"),
        ("DATABASE_URL", "portal.sqlite3", "must look like sqlite:////path"),
        ("PORTAL_NAME", "Café Ĉ", "a character that a text can't carry. Use plain letters"),
        ("PORTAL_NAME", "Two\nlines", "a character that a text can't carry. Use plain letters"),
        (
            "PORTAL_NAME",
            "The Quite Long Name That A Hosting Shop Chose For All Of Its Pages",
            "too long. Shorten the name",
        ),
        ("TRUSTED_PROXIES", "-1", "must be a whole number from 0 to 10"),
        ("REGISTRATION_OPEN", "maybe", "must be true or false"),
        ("REQUIRE_TWO_FACTOR", "everyone", "must be all, or any of reseller,business,personal"),
        ("REQUIRE_TWO_FACTOR", "all,personal", "must be all, or any of reseller,business,personal"),
        ("SMS_BACKENDS", ",", "must be one or more different names"),
        ("SMS_BACKENDS", "console,console", "must be one or more different names"),
        ("SMS_BACKENDS", "carrier-pigeon", "neither one of console, vonage, sns nor a package.module:Class path"),
        ("SMS_BACKENDS", "no_such_package:Backend", "can't be imported"),
        ("SMS_BACKENDS", "tests.fakes:NoSuchBackend", "can't be imported"),
        ("SMS_BACKENDS", "tests.fakes:accept", "is not an SmsBackend class"),
        ("SMS_SENDER", "Twelve Letters", "must be a number, or 1 to 11 letters and digits"),
        ("SMS_SENDER", "12", "must be a number, or 1 to 11 letters and digits"),
        ("SMS_DEFAULT_REGION", "USA", "which is no country code such as US"),
        ("SMS_DEFAULT_REGION", "US,GB", "must be one country code such as US"),
        ("SMS_DEFAULT_REGION", "001", "which is no country code such as US"),
        ("SMS_DEFAULT_REGION", "*", "which is no country code such as US"),
        ("SMS_ALLOWED_REGIONS", "US,UK", "names UK, which is no country code such as US or GB"),
        ("SMS_ALLOWED_REGIONS", ",", "must be country codes such as US,CA, or *"),
        ("SMS_TIMEOUT_SECONDS", "0", "must be a whole number from 1 to 30"),
        ("SMS_TIMEOUT_SECONDS", "2.5", "must be a whole number from 1 to 30"),
        ("CODE_TTL_SECONDS", "0", "must be a whole number from 1 to 600"),
        ("CODE_TTL_SECONDS", "601", "must be a whole number from 1 to 600"),
        ("CODE_MAX_ATTEMPTS", "0", "must be a whole number from 1 to 10"),
        ("CODE_RESEND_SECONDS", "0", "must be a whole number from 1 to 600"),
        ("TICKETS_WEBHOOK_URL", "desk.example.com/messages", "must be an https:// address without a user"),
        ("TICKETS_WEBHOOK_URL", "http://desk.example.com/messages", "or an http:// one to this machine"),
        ("TICKETS_WEBHOOK_URL", "https://me@desk.example.com/", "must be an https:// address without a user"),
        ("TICKETS_WEBHOOK_URL", "https://desk.example.com/#here", "must be an https:// address without a user"),
        ("TICKETS_WEBHOOK_URL", "https://desk.example.com/a b", "must be an https:// address without a user"),
        ("TICKETS_WEBHOOK_URL", "https:///messages", "must be an https:// address without a user"),
        ("TICKETS_WEBHOOK_URL", "https://[::1/", "must be an https:// address without a user"),
        ("TICKETS_WEBHOOK_SECRET", "short", "must have 32 characters or more. Make one: openssl rand -hex 32"),
        ("LIMIT_TEXT_NUMBER", "lots", "must look like 10/15min"),
        ("LIMIT_CODE_ACCOUNT_RUN", "0", "must look like 10/15min"),
    ],
)
def test_a_wrong_value_gives_one_sentence_with_the_setting_and_the_fix(
    tmp_path: Path, name: str, text: str, fix: str
) -> None:
    [sentence] = problems(tmp_path, **{"SMS_ALLOWED_REGIONS": "*", name: text})
    assert sentence.startswith(name)
    assert fix in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    said = problems(tmp_path, PORT="x", CODE_TTL_SECONDS="x", SMS_BACKENDS="x", LIMIT_TEXT_ACCOUNT="x", SECRET_KEY="x")
    assert sorted(named(said)) == [
        "CODE_TTL_SECONDS", "LIMIT_TEXT_ACCOUNT", "PORT", "SECRET_KEY", "SMS_ALLOWED_REGIONS", "SMS_BACKENDS"
    ]  # fmt: skip


def test_what_is_wrong_between_settings_is_said_with_what_is_wrong_alone(tmp_path: Path) -> None:
    said = problems(tmp_path, PORT="x", PUBLIC_URL="https://portal.example.com", TRUSTED_PROXIES="some")
    assert sorted(named(said)) == ["PORT", "SECRET_KEY", "SMS_BACKENDS", "TRUSTED_PROXIES"]


def test_a_setting_that_is_wrong_is_named_once_however_its_sentence_begins(tmp_path: Path) -> None:
    long_name = "Some Hosting Shop With A Long Name"
    long_url = f"https://{'portal.' * 12}example.com"
    fine = HTTPS | {"PORTAL_NAME": long_name, "PUBLIC_URL": long_url}
    assert named(problems(tmp_path, **fine)) == ["PORTAL_NAME"]
    # The length hangs on the host too, which is wrong in another way here: that comes first.
    assert named(problems(tmp_path, **(fine | {"PUBLIC_URL": f"{long_url}/path"}))) == ["PUBLIC_URL"]
    (tmp_path / "empty").mkdir()
    unread = problems(tmp_path, DATABASE_URL="", DATABASE_URL_FILE=str(tmp_path / "empty"), SMS_ALLOWED_REGIONS="*")
    assert unread == ["DATABASE_URL_FILE names a file that can't be read."]


@pytest.mark.parametrize("name", ["SECRET_KEY", "TRUSTED_PROXIES", "SMS_ALLOWED_REGIONS"])
def test_under_https_what_has_no_safe_default_must_be_set(tmp_path: Path, name: str) -> None:
    assert named(problems(tmp_path, **{n: value for n, value in HTTPS.items() if n != name})) == [name]
    assert settings.load(tmp_path, HTTPS | {"TRUSTED_PROXIES": "0"})["TRUSTED_PROXIES"] == 0


@pytest.mark.parametrize(
    "backends",
    [
        "console",
        "portal.sms_backends.console:ConsoleBackend",
        f"{__name__}:DressedUp",
        "tests.fakes:MemoryBackend,console",
    ],
)
def test_the_console_is_refused_under_https_whatever_it_is_called(tmp_path: Path, backends: str) -> None:
    [sentence] = problems(tmp_path, **(HTTPS | {"SMS_BACKENDS": backends}))
    assert sentence.startswith("SMS_BACKENDS must not name console when PUBLIC_URL is https: it shows the codes.")


def test_the_public_url_may_say_https_in_capitals(tmp_path: Path) -> None:
    said = problems(tmp_path, PUBLIC_URL="HTTPS://portal.example.com")
    assert sorted(named(said)) == ["SECRET_KEY", "SMS_BACKENDS", "TRUSTED_PROXIES"]


def test_a_provider_needs_to_know_which_countries_may_get_texts(tmp_path: Path) -> None:
    [sentence] = problems(tmp_path, SMS_BACKENDS="tests.fakes:MemoryBackend")
    assert sentence == "SMS_ALLOWED_REGIONS must name the countries that may get texts, such as US,CA, or * for all."


def test_a_backend_s_missing_setting_is_named_with_its_help(tmp_path: Path) -> None:
    said = problems(tmp_path, SMS_BACKENDS=PICKY, SMS_ALLOWED_REGIONS="*", PORT="x")
    assert said[-1] == "PICKY_TOKEN must be set: from the desk of Picky."
    assert named(said) == ["PORT", "PICKY_TOKEN"]


def test_every_backend_that_can_not_work_says_so(tmp_path: Path) -> None:
    said = problems(tmp_path, SMS_BACKENDS=f"{PICKY},{FUSSY}", SMS_ALLOWED_REGIONS="*", PICKY_TOKEN="secret")
    assert said == ["PICKY_TOKEN of 6 characters will not do. Ask Picky."] * 2


def test_the_two_providers_name_what_they_need(tmp_path: Path) -> None:
    said = problems(tmp_path, SMS_BACKENDS="vonage,sns", SMS_ALLOWED_REGIONS="US")
    assert named(said) == ["VONAGE_API_KEY", "VONAGE_API_SECRET", "AWS_REGION"]


def test_a_help_desk_needs_its_secret_and_none_is_made_without_one(tmp_path: Path) -> None:
    for url in ("https://desk.example.com", "http://localhost:8080/a?b=c", "http://127.0.0.1/", "http://[::1]:1/"):
        [sentence] = problems(tmp_path, TICKETS_WEBHOOK_URL=url)
        assert sentence.startswith("TICKETS_WEBHOOK_SECRET must be set when TICKETS_WEBHOOK_URL is.")
        desk = {"TICKETS_WEBHOOK_URL": url, "TICKETS_WEBHOOK_SECRET": "s" * 32}
        assert settings.load(tmp_path, desk)["HELP_DESK"] is not None
    assert settings.load(tmp_path, {"TICKETS_WEBHOOK_SECRET": "s" * 32})["HELP_DESK"] is None


def test_a_secret_s_file_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    assert problems(tmp_path, SECRET_KEY_FILE=str(tmp_path / "missing")) == [
        "SECRET_KEY_FILE names a file that can't be read."
    ]
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    assert named(problems(tmp_path, **(HTTPS | {"SECRET_KEY": "", "SECRET_KEY_FILE": str(tmp_path / "binary")}))) == [
        "SECRET_KEY_FILE"
    ]


@pytest.mark.parametrize("text", ["PORT = = 1", "import no_such_module", "1 / 0"])
def test_the_shop_s_own_file_that_can_not_be_read_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.py").write_text(text)
    [sentence] = problems(tmp_path)
    assert sentence.startswith("instance/config.py can't be read: ")


def test_what_is_wrong_in_the_shop_s_own_file_is_named_like_the_rest(tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text("PORT = 'x'\nCODE_TTL_SECONDS = 5.5\n")
    assert named(problems(tmp_path)) == ["PORT", "CODE_TTL_SECONDS"]


def test_a_key_that_can_not_be_kept_is_said(tmp_path: Path) -> None:
    (tmp_path / "secret_key").mkdir()
    [sentence] = problems(tmp_path)
    assert sentence.startswith("SECRET_KEY can't be kept in")
    assert sentence.endswith("Set it, or make the folder writable.")


def test_no_sentence_holds_a_secret(tmp_path: Path) -> None:
    said = problems(tmp_path, SECRET_KEY="hunter2", DATABASE_URL="mysql://me:hunter2@localhost/portal")
    assert named(said) == ["SECRET_KEY", "DATABASE_URL"]
    assert "hunter2" not in " ".join(said)


def test_wrong_settings_stop_the_app(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="PORT must be a whole number"):
        create_app(tmp_path, {"PORT": "x", "SECRET_KEY": KEY})
