"""No file by any door ends in a fault of detente, and none is answered with a page of its own text."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from doors import DOORS, OWN_FAULT, Ended
from files import FILES, Hostile

MOST_SAID = 30_000
"""Characters of a refusal: fifty faults with their remedies, as text and as JSON."""
LONGEST_LINE = 2500
"""Characters of one line of a message."""
SECONDARY = ("a case in Python", "prices of a command", "a dispute in a form", "a body of YAML", "a table of uses",
             "a form that is none")  # fmt: skip
"""Doors that share their rooms with others: a run of every day leaves them to `make acceptance`."""
ON_DISK = ("check", "a case in Python", "a list of goods", "a table of flows", "a table of tariffs", "a table of uses",
           "the tables of the OECD", "the tables of WIOD", "prices", "prices of a command", "an article")  # fmt: skip
"""Doors that are given a path and open it themselves."""


def judged(ended: Ended, where: str) -> list[str]:
    """What is wrong with how a file ended."""
    if ended.code == OWN_FAULT or "Traceback (most recent call last)" in ended.said:
        return [f"{where}: a fault: {ended.said[-600:]}"]
    if ended.code == 0:
        return []
    if not ended.said.strip():
        return [f"{where}: refused without a word"]
    longest = 0 if ended.said.startswith("{") else max(map(len, ended.said.split("\n")))
    if len(ended.said) > MOST_SAID or longest > LONGEST_LINE:
        return [f"{where}: {len(ended.said):,} characters are said: {ended.said[:300]}"]
    return []


def put(file: Hostile, folder: Path) -> Path:
    """A file in a folder."""
    path = folder / "hostile.csv"
    path.write_bytes(file.make())
    return path


def secondary(names: object) -> list[object]:
    """Names of doors, those of the second rank marked as slow."""
    return [pytest.param(name, marks=pytest.mark.slow) if name in SECONDARY else name for name in names]  # type: ignore[attr-defined]


@pytest.mark.parametrize("door", secondary(DOORS))
def test_no_file_ends_in_a_fault(door: str, tmp_path: Path) -> None:
    light = {name: file for name, file in FILES.items() if not file.heavy}
    assert [fault for name, file in light.items() for fault in judged(DOORS[door](put(file, tmp_path)), name)] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, file in FILES.items() if file.heavy])
@pytest.mark.parametrize("door", DOORS)
def test_no_heavy_file_ends_in_a_fault(door: str, name: str, tmp_path: Path) -> None:
    assert judged(DOORS[door](put(FILES[name], tmp_path)), name) == []


@pytest.mark.parametrize("door", secondary(ON_DISK))
def test_what_is_no_file_is_refused(door: str, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "circle.csv").symlink_to(tmp_path / "circle.csv")
    (tmp_path / "nowhere.csv").symlink_to(tmp_path / "not-there")
    wrong = []
    for name in ("missing.csv", "folder.csv", "circle.csv", "nowhere.csv", "x" * 5000 + ".csv", "a\nb.csv", os.devnull):
        ended = DOORS[door](tmp_path / name)
        wrong += judged(ended, name[:20])
        if ended.code == 0:
            wrong.append(f"{name[:20]} was read")
    assert wrong == []
