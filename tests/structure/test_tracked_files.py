"""What is committed: no path of one machine, no registry host, nothing large that nobody meant."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

#: Written in pieces, so that this file passes its own test.
FORBIDDEN = {
    "a path of one machine": re.compile("/" + r"work/|/" + r"tmp/bash|/" + r"root/|/" + r"home/\w+/"),
    "a host of a package registry": re.compile(r"pypi\." + r"org|pythonhosted\." + r"org|registry\.npmjs\." + r"org"),
    "an unfinished note": re.compile(r"\b(TO" + "DO|FIX" + "ME)" + r"\b|NotImplemented" + "Error"),
}
TEXT = {".py", ".pyi", ".md", ".toml", ".yaml", ".yml", ".csv", ".json", ".cff", ".j2", ".css", ".txt", ".svg", ""}
MOST_BYTES = 2_000_000


@pytest.fixture(scope="module")
def tracked(root: Path) -> list[Path]:
    if shutil.which("git") is None or not (root / ".git").exists():
        pytest.skip("not a git checkout")
    done = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True)
    return [root / name for name in done.stdout.split("\0") if name and (root / name).is_file()]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_contains(root: Path, tracked: list[Path], what: str) -> None:
    found = [
        f"{path.relative_to(root)}:{number}: {line.strip()[:100]}"
        for path in tracked
        if path.suffix in TEXT
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if FORBIDDEN[what].search(line)
    ]
    assert found == []


def test_no_file_is_large(root: Path, tracked: list[Path]) -> None:
    sizes = {str(path.relative_to(root)): path.stat().st_size for path in tracked}
    assert {name: size for name, size in sizes.items() if size > MOST_BYTES} == {}


def test_nothing_built_is_tracked(root: Path, tracked: list[Path]) -> None:
    built = {".pyc", ".whl", ".egg-info", ".so"}
    assert [str(p.relative_to(root)) for p in tracked if p.suffix in built or "__pycache__" in p.parts] == []
