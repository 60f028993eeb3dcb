"""The make targets: one install, a clear word where Python is too old, nothing installed twice."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

TARGETS = [
    *("demo", "test", "lint", "hooks", "docs", "bench", "acceptance", "papers"),
    *("wheel", "versions", "minimum", "mutants", "stored"),
]


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Path:
    """A folder with the Makefile and nothing installed."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(root / name, tmp_path / name)
    return tmp_path


def make(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    # An outer make passes its flags through the environment.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def installed(folder: Path, *extras: str) -> None:
    """Pretend that the package and some extras have been installed."""
    (folder / ".venv/bin").mkdir(parents=True)
    (folder / ".venv/bin/python").touch()
    time.sleep(0.01)
    for name in (".installed", *(f".installed-{extra}" for extra in extras)):
        (folder / ".venv" / name).touch()


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_installs_first(folder: Path, target: str) -> None:
    planned = make(folder, "-n", target)
    assert planned.returncode == 0, planned.stderr
    assert "-m venv .venv" in planned.stdout
    assert "pip install -qq --editable" in planned.stdout


@pytest.mark.parametrize("target", TARGETS)
def test_a_second_run_installs_nothing(folder: Path, target: str) -> None:
    installed(folder, "dev", "docs", "release", "mutants")
    planned = make(folder, "-n", target)
    assert "pip install" not in planned.stdout
    assert "-m venv" not in planned.stdout


def test_a_change_of_what_the_package_needs_installs_again(folder: Path) -> None:
    installed(folder)
    later = time.time() + 10
    os.utime(folder / "pyproject.toml", (later, later))
    assert "pip install" in make(folder, "-n", "demo").stdout


def test_an_old_python_is_refused_in_words(folder: Path) -> None:
    old = folder / "python3.9"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.18" && exit 0\nexit 1\n', "utf-8")
    old.chmod(0o755)
    refused = make(folder, "demo", f"PYTHON={old}")
    assert refused.returncode != 0
    assert "detente needs Python 3.11 or newer; found: Python 3.9.18." in refused.stderr
    assert "PYTHON=/path/to/python3.11" in refused.stderr
    assert not (folder / ".venv").exists()


def test_help_names_every_target(folder: Path) -> None:
    said = make(folder, "help").stdout
    assert [target for target in TARGETS if f"make {target} " not in said] == []


def test_a_part_is_one_room_in_one_process_without_the_checks_of_style(folder: Path) -> None:
    installed(folder, "dev")
    whole, part = make(folder, "-n", "test").stdout, make(folder, "-n", "test", "PART=policy").stdout
    assert "ruff check" in whole
    assert "pytest -n 2" in whole
    assert "NPROC=1" in whole
    assert "ruff" not in part
    assert part.splitlines()[-1].endswith("-m pytest tests/policy")
