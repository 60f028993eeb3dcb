"""NOTICE names every file that is shipped beside Python code, with its source and its licence, and no other."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "src/detente"


def shipped() -> list[str]:
    """Every file of the package that is not Python code, by its path inside it."""
    found = (path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return sorted(path.relative_to(PACKAGE).as_posix() for path in found if path.suffix != ".py")


@pytest.fixture(scope="module")
def entries(root: Path) -> list[dict[str, str]]:
    """The paragraphs of NOTICE that name files: their fields, each on one line."""
    paragraphs = (root / "NOTICE").read_text("utf-8").split("\n\n")
    fields = [re.findall(r"^(\w+): (.*(?:\n  .*)*)", text, re.MULTILINE) for text in paragraphs]
    return [{name: " ".join(text.split()) for name, text in each} for each in fields if each and each[0][0] == "Files"]


@pytest.fixture(scope="module")
def named(entries: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    """File → its paragraph."""
    return {name: entry for entry in entries for name in entry["Files"].split()}


@pytest.mark.parametrize("path", shipped())
def test_a_shipped_file_has_its_source_and_licence(named: dict[str, dict[str, str]], path: str) -> None:
    assert path in named, f"{path} is not in NOTICE: name its source and its licence there"
    assert named[path].keys() == {"Files", "Source", "Licence"}
    assert all(named[path].values())


def test_every_named_file_is_there_and_named_once(entries: list[dict[str, str]]) -> None:
    assert sorted(name for entry in entries for name in entry["Files"].split()) == shipped()


def test_vendored_files_have_the_licence_of_their_manifest(named: dict[str, dict[str, str]]) -> None:
    for folder in ("web/static/vendor", "report/shapes"):
        for entry in json.loads((PACKAGE / folder / "manifest.json").read_text("utf-8")):
            said = named[f"{folder}/{entry['file']}"]
            assert f"{entry['package'].removesuffix('-atlas')}" in said["Source"]
            assert entry["version"] in said["Source"]
            assert said["Licence"].startswith(entry["licence"].split()[0])
            assert f"{folder}/{entry['licence_file']}" in said["Licence"]


def test_worlds_have_the_licence_of_their_provenance(named: dict[str, dict[str, str]]) -> None:
    for name, about in json.loads((PACKAGE / "data/worlds/index.json").read_text("utf-8")).items():
        assert named[f"data/worlds/{name}.npz"]["Licence"].startswith(about["provenance"]["licence"])


def test_every_notice_of_the_mit_licence_is_given_and_used(root: Path, entries: list[dict[str, str]]) -> None:
    text = (root / "NOTICE").read_text("utf-8")
    given = set(re.findall(r"^([A-Z])\. Copyright \(c\) \S", text, re.MULTILINE))
    used = {letter for entry in entries for letter in re.findall(r"notice ([A-Z])\b", entry["Licence"])}
    assert given == used
    assert "Permission is hereby granted, free of charge" in text


def test_what_is_shipped_is_what_is_tracked(root: Path) -> None:
    if not (root / ".git").exists():
        pytest.skip("not a git checkout")
    done = subprocess.run(["git", "ls-files", "src/detente"], cwd=root, capture_output=True, text=True, check=True)
    tracked = [name.removeprefix("src/detente/") for name in done.stdout.splitlines() if not name.endswith(".py")]
    assert sorted(tracked) == shipped()
