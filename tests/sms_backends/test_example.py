"""The example provider: installed as a shop would install it, and held to the contract as its author would."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "acme_sms"


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


def test_the_example_installs_and_passes_the_contract(tmp_path: Path) -> None:
    # A copy, because building leaves files beside the source.
    source = Path(shutil.copytree(EXAMPLE, tmp_path / "source", ignore=shutil.ignore_patterns(".*", "__pycache__")))
    installed = tmp_path / "installed"
    offline = ("--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check")
    run("pip", "install", "--quiet", *offline, "--target", str(installed), str(source), path=[], cwd=tmp_path)
    shutil.rmtree(source / "src")
    summary = run("pytest", "-q", "-p", "no:cacheprovider", path=[installed, ROOT], cwd=source).splitlines()[-1]
    assert "passed" in summary
    assert "skipped" not in summary


def test_the_example_is_short_enough_to_read() -> None:
    assert len((EXAMPLE / "src" / "acme_sms.py").read_text().splitlines()) <= 60
