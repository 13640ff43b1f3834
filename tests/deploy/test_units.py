"""deploy/: the systemd units, the settings file and the command's wrapper."""

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

import config
from portal import settings
from portal.sms_backends.sns import SnsBackend
from portal.sms_backends.vonage import VonageBackend

from .front import DEPLOY, changed, need

UNITS = ("portal.service", "portal-backup.service", "portal-backup.timer")
OF_BOTO3 = "AWS_SHARED_CREDENTIALS_FILE"


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units as they would be installed, the portal being there."""
    checkout = tmp_path / "checkout"
    (checkout / ".venv/bin").mkdir(parents=True)
    shutil.copy("/bin/true", checkout / ".venv/bin/portal")
    for name in UNITS:
        (tmp_path / name).write_text((DEPLOY / name).read_text().replace("/opt/portal", str(checkout)))
    return tmp_path


@pytest.mark.parametrize("name", UNITS)
def test_systemd_has_nothing_to_say_about_a_unit(units: Path, name: str) -> None:
    command = [need("systemd-analyze", "systemd"), "verify", "--man=no", str(units / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("name", ["portal.service", "portal-backup.service"])
def test_a_service_is_shut_in(units: Path, name: str) -> None:
    """At most 2.0 of 10 by systemd's own measure; a service that says nothing has 9.6."""
    command = [need("systemd-analyze", "systemd"), "security", "--offline=yes", "--threshold=20", str(units / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def env_file(tmp_path: Path) -> dict[str, str]:
    """The sample settings, with secrets in place."""
    etc = tmp_path / "etc"
    etc.mkdir()
    (etc / "portal.env").write_text((DEPLOY / "portal.env").read_text().replace("/etc/portal", str(etc)))
    (etc / "secret_key").write_text("5" * 64)
    (etc / "vonage_api_secret").write_text("made up")
    lines = (etc / "portal.env").read_text().splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: "".join(shlex.split(value)) for name, _, value in pairs}


def test_the_sample_settings_are_good(tmp_path: Path) -> None:
    values = settings.load(tmp_path, env_file(tmp_path))
    assert values["SECRET_KEY"] == "5" * 64
    assert values["PORTAL_NAME"] == "Example Hosting"


def test_a_shell_reads_the_sample_settings_like_systemd(tmp_path: Path) -> None:
    expected = env_file(tmp_path)
    script = f"set -a; . {tmp_path}/etc/portal.env; env"
    done = subprocess.run(["/bin/sh", "-c", script], env={}, capture_output=True, text=True, check=True)
    seen = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert {name: seen.get(name) for name in expected} == expected


def test_the_sample_settings_name_only_what_there_is() -> None:
    lines = (DEPLOY / "portal.env").read_text().splitlines()
    names = {line.lstrip("#").partition("=")[0] for line in lines if "=" in line and not line.startswith("# ")}
    known = {setting.name for setting in (*config.SETTINGS, *VonageBackend.settings, *SnsBackend.settings)}
    assert {name for name in names if name not in known and name.removesuffix("_FILE") not in known} == {OF_BOTO3}


def test_the_command_runs_as_the_portals_user_with_its_settings_and_names_the_person(tmp_path: Path) -> None:
    env_file(tmp_path)
    tools = tmp_path / "tools"
    tools.mkdir()
    text = changed(
        (DEPLOY / "portal.sh").read_text(), {"/etc/portal": f"{tmp_path}/etc", "/opt/portal/.venv/bin": f"{tools}"}
    )
    (tools / "wrapper").write_text(text)
    (tools / "setpriv").write_text('#!/bin/sh\necho "as: $1 $2 $3"; shift 4; exec "$@"\n')
    (tools / "portal").write_text('#!/bin/sh\nprintf "%s\\n" "$LOGNAME" "$PORTAL_NAME" "$@"\n')
    for tool in tools.iterdir():
        tool.chmod(0o700)
    done = subprocess.run(
        [tools / "wrapper", "users", "disable", "a@example.com", "--reason", "two words"],
        env={"PATH": f"{tools}:{os.environ['PATH']}", "SUDO_USER": "dana"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        "as: --reuid=portal --regid=portal --init-groups",
        "dana", "Example Hosting", "users", "disable", "a@example.com", "--reason", "two words",
    ]  # fmt: skip
