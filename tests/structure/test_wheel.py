"""The wheel a user installs holds the package's data, and little else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

WORLDS_BYTES = 5_000_000


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """Name → compressed size of every file in a wheel built from a copy, so that the checkout stays clean."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "copy"
    copy.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(root / name, copy / name)
    shutil.copytree(root / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(folder),
    ]
    subprocess.run([*build, str(copy)], check=True, capture_output=True, text=True, timeout=300)
    (path,) = folder.glob("detente-*.whl")
    with zipfile.ZipFile(path) as archive:
        return {info.filename: info.compress_size for info in archive.infolist()}


def test_every_file_of_the_package_is_in_the_wheel(root: Path, wheel: dict[str, int]) -> None:
    source = root / "src"
    files = (path for path in (source / "detente").rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    assert {path.relative_to(source).as_posix() for path in files} - set(wheel) == set()


def test_the_worlds_take_under_5_mb(wheel: dict[str, int]) -> None:
    worlds = {name: size for name, size in wheel.items() if name.endswith(".npz")}
    assert {f"detente/data/worlds/icio-{year}.npz" for year in (2014, 2017, 2018, 2022)} <= set(worlds)
    assert sum(worlds.values()) < WORLDS_BYTES


def test_the_licence_travels_and_tests_do_not(wheel: dict[str, int]) -> None:
    assert {name.rpartition("/")[2] for name in wheel if "/licenses/" in name} == {"LICENSE", "NOTICE"}
    assert {name.split("/")[0] for name in wheel if not name.startswith("detente-")} == {"detente"}
