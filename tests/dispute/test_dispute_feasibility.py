"""A file with faults of every kind says all of them at once, each with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from detente import run
from detente.cli.main import app
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.errors import BadDispute

HEAD = """\
dispute: all-kinds
title: Faults of every kind
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: law, by: USA, on: CHN, status: in-force, from: 2018-03-23, goods: {sectors: [C24A]}, add: 25%}
"""
LAID = """\
  - {id: nothing, by: USA, on: CHN, status: threatened, goods: {codes: [{hs: "999999"}]}, add: 25%}
  - {id: huge, by: USA, on: CHN, status: threatened, goods: {value: 900bn, basis: customs}, add: 25%}
  - {id: line, by: USA, on: CHN, status: threatened, goods: {codes: [{hs: "85423100"}]}, add: 25%}
  - {id: steep, by: USA, on: CHN, status: threatened, goods: {value: 300bn, basis: customs}, add: 900%}
"""
NAMES = """\
  - {id: place, by: USA, on: CHM, status: threatened, goods: {all: true}, add: 25%}
  - {id: sector, by: USA, on: CHN, status: threatened, goods: {sectors: [C99]}, add: 25%}
"""
RESPONSES = """\
responses:
  - {by: CHN, to: law, rule: in-kind, match: value}
  - {by: CHN, to: line, rule: in-kind, match: rate}
  - {by: CHN, to: steep, rule: in-kind, match: duty}
  - {by: CHN, to: nothing, rule: in-kind, match: value}
"""


def _said(text: str) -> dict[int | None, str]:
    with pytest.raises(BadDispute) as problem:
        run(Dispute.parse(text))
    return {fault.line: f"{fault.path}: {fault.message}" for fault in problem.value.faults}


def test_names_and_what_laying_finds_come_together_each_with_its_line() -> None:
    said = _said(HEAD + LAID + NAMES + RESPONSES)
    assert list(said) == [8, 9, 12, 13, 16, 17]
    assert said[8].startswith("measures.nothing: ")
    assert "999999" in said[8]
    assert said[9].startswith("measures.huge: ")
    assert "covers 900bn of goods" in said[9]
    assert said[12] == "measures.place.on: is not an economy of icio-2017"
    assert said[13] == "measures.sector.goods.sectors[0]: is not a sector of icio-2017"
    assert "lines of more than six digits" in said[16]
    assert "over 1000%" in said[17]


def test_without_a_fault_of_names_the_run_says_the_rest_with_lines_too() -> None:
    said = _said(HEAD + LAID + RESPONSES)
    assert list(said) == [8, 9, 14, 15]
    assert said[14].startswith("responses[1]: ")
    assert said[15].startswith("responses[2]: ")


def test_lines_outlast_a_change_of_what_is_no_entry_and_no_other(small_text: str, small_world: World) -> None:
    text = small_text.replace("{sectors: [A01]}, add", "{sectors: [SERV]}, add")
    dispute = Dispute.parse(text, world=small_world)
    (fault,) = dispute.model_copy(update={"title": "Another"}).feasibility_faults(small_world)
    assert fault.line == 8
    (fault,) = dispute.model_copy(update={"measures": dispute.measures[1:]}).feasibility_faults(small_world)
    assert fault.line is None
    assert Dispute.parse("\n" + text, world=small_world) == dispute


@pytest.mark.parametrize("command", ["check", "run"])
@pytest.mark.parametrize("names", [NAMES, ""])
def test_check_and_run_both_say_all_of_them(tmp_path: Path, command: str, names: str) -> None:
    path = tmp_path / "all-kinds.yaml"
    path.write_text(HEAD + LAID + names + RESPONSES, encoding="utf-8")
    result = CliRunner().invoke(app, [command, str(path)])
    assert result.exit_code == 1
    count = 6 if names else 4
    assert f"{count} faults" in result.stderr
    assert result.stderr.count("line ") >= count
