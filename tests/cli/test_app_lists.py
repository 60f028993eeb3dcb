"""Every command says how the product lists of a dispute were read; all of them refuse a list that is unknown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from app_lab import typed

TEXT = """\
dispute: listed
title: T
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - id: m
    by: CHN
    on: USA
    status: in-force
    from: 2018-04-02
    add: 25%
    goods: {list: list.csv}
    exempt: {list: out.csv}
"""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    codes = ["0101.21", "0101.29", "8542.31", "870323", "720851", "080211", "760200"]
    (tmp_path / "list.csv").write_text("HS code;what\n" + "".join(f"{code};x\n" for code in codes))
    (tmp_path / "out.csv").write_text("hs\n0101\n")
    (tmp_path / "d.yaml").write_text(TEXT)
    return tmp_path / "d.yaml"


COUNTS = "m, goods: 6 read, 0 moved, 0 unknown, 1 without a sector"


@pytest.mark.parametrize("command", [("check",), ("tariffs", "--on", "2018-05-04"), ("run", "--json")])
def test_counts_and_unread_columns_are_said(case: Path, command: tuple[str, ...]) -> None:
    code, out, _ = typed(command[0], case, *command[1:])
    words = " ".join(out.split())
    assert code == 0
    for said in (COUNTS, "m, exemptions: 1 read", "760200", "list.csv: columns not read: what"):
        assert said in words


@pytest.mark.parametrize("command", [("check",), ("tariffs", "--on", "2018-05-04")])
def test_json_lists_every_code(case: Path, command: tuple[str, ...]) -> None:
    found = json.loads(typed(command[0], case, *command[1:], "--json")[1])
    assert [(its["part"], its["read"], its["no_sector"]) for its in found["lists"]] == [
        ("goods", 6, 1),
        ("exempt", 1, 0),
    ]
    assert {its["written"]: its["status"] for its in found["codes"]}["760200"] == "no-sector"
    assert len(found["codes"]) == 8


@pytest.mark.parametrize("command", [("check",), ("tariffs", "--on", "2018-05-04"), ("run",), ("war",)])
@pytest.mark.parametrize("file", ["list.csv", "out.csv"])
def test_an_unknown_list_is_refused_by_every_command(case: Path, command: tuple[str, ...], file: str) -> None:
    (case.parent / file).write_text("hs6\n010121\n854298\n")
    code, _, err = typed(command[0], case, *command[1:])
    assert code == 1
    assert "50.0% of its codes are unknown (854298)" in " ".join(err.split())
