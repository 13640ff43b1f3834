"""The example provider and driver: installed as a shop would install them, and tested as their authors would."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from portal import ROOT

EXAMPLES = ROOT / "examples"


def run(*command: str, path: list[Path], cwd: Path) -> str:
    env = os.environ | {"PYTHONPATH": os.pathsep.join([*map(str, path), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=cwd,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.long
@pytest.mark.parametrize("example", ["acme_sms", "acme_panel"])
def test_an_example_installs_and_passes_its_contract(example: str, tmp_path: Path) -> None:
    # A copy, because building leaves files beside the source.
    source = Path(
        shutil.copytree(EXAMPLES / example, tmp_path / "source", ignore=shutil.ignore_patterns(".*", "__pycache__"))
    )
    installed = tmp_path / "installed"
    offline = ("--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check")
    run("pip", "install", "--quiet", *offline, "--target", str(installed), str(source), path=[], cwd=tmp_path)
    shutil.rmtree(source / "src")
    summary = run("pytest", "-q", "-p", "no:cacheprovider", path=[installed, ROOT], cwd=source).splitlines()[-1]
    assert "passed" in summary
    assert "skipped" not in summary


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        ("acme_sms/src/acme_sms.py", 60),
        ("acme_panel/src/acme_panel.py", 70),
        ("acme_panel/receiver.py", 150),
        ("acme_desk/receiver.py", 100),
    ],
)
def test_an_example_is_short_enough_to_read(path: str, lines: int) -> None:
    assert len((EXAMPLES / path).read_text().splitlines()) <= lines
