"""`detente war`: what it prints is what the library finds, readable on a terminal, and whole in a folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from app_lab import answer_on_five, typed
from typer.main import get_command

from detente.analyses.war.report import headline
from detente.analyses.war.result import War
from detente.cli.main import app
from detente.report.terminal import shade

WAR = """
dispute: small-war
title: A small war
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: us-steel, title: Steel, by: USA, on: CHN, status: threatened, goods: {sectors: [C24A, C26]}, add: 25%}
"""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("war") / "war.yaml"
    path.write_text(WAR, "utf-8")
    return path


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every war here is on five economies and two rates: what is tested is the command."""
    answer_on_five(monkeypatch, grid=(0.0, 0.4))


def ask(*words: object) -> tuple[int, str, str]:
    return typed("war", *words)


def test_json_is_the_war_of_the_library(case: Path) -> None:
    code, out, err = ask(case, "--json")
    assert (code, err) == (0, "")
    war = War.from_json(out)
    assert war.to_json() + "\n" == out
    assert war.certified
    assert war.players == ("USA", "CHN")


def test_a_person_reads_payoffs_who_blinks_and_duties(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "110")
    war = War.from_json(ask(case, "--json")[1])
    code, out, _ = ask(case)
    assert code == 0
    assert out.splitlines()[0] == headline(war)
    for word in ("Who blinks", "nobody would move", "in kind", "its threat", "Electronics and optics", "█", "Mexico"):
        assert word in out
    assert f"{war.id[:12]}" in out
    rows = [
        line for line in out.splitlines() if line.strip().startswith(("China: in kind", "China: best tariffs", "Crops"))
    ]
    assert rows
    assert all(len(line.rstrip()) <= 110 for line in rows)
    assert "\x1b" not in out


def test_players_objective_and_one_rate_are_passed_on(case: Path) -> None:
    code, out, _ = ask(
        case, "--json", "--players", "MEX, USA", "--objective", "real income + 0.5 revenue", "--one-rate"
    )
    war = War.from_json(out)
    assert code == 0
    assert (war.players, war.rates) == (("MEX", "USA"), "one")
    assert war.objective == "real income + 0.5 × revenue of MEX + 0.5 × revenue of USA"


@pytest.mark.slow
def test_a_folder_has_numbers_charts_and_a_report(case: Path, tmp_path: Path) -> None:
    target = tmp_path / "out"
    code, out, _ = ask(case, "--out", target)
    assert code == 0
    there = {p.relative_to(target).as_posix() for p in target.rglob("*") if p.is_file()}
    assert {"war.json", "report.html", "report.md", "charts/curves.svg", "charts/nash-duties.png"} <= there
    assert set(json.loads((target / "manifest.json").read_text())["files"]) | {"manifest.json"} == there
    assert f"Wrote {len(there)} files to {target}" in out
    assert ask(case, "--out", target)[0] == 0, "its own folder may be written again"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "note.txt").write_text("x")
    assert ask(case, "--out", tmp_path / "mine")[0] == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--players", "USA"), "name two different economies"),
        (("--players", ","), "players are nobody"),
        (("--players", "USA,CHX"), "did you mean 'CHN'"),
        (("--objective", "glory"), "objective 'glory' is not understood"),
        (("--objective", "real income + 2 glory"), "understood at '+ 2 glory'"),
    ],
)
def test_faults_are_one_message(case: Path, words: tuple[str, ...], said: str) -> None:
    code, out, err = ask(case, *words)
    assert (code, out) == (1, "")
    assert said in err
    assert len(err.splitlines()) == 1


def test_a_shade_is_as_dark_as_its_duty_is_high() -> None:
    assert [shade(rate, 0.2) for rate in (0.0, 0.05, 0.1, 0.15, 0.2)] == [c * 4 for c in " ░▒▓█"]
    assert shade(0.0, 0.0) == "    "


def test_the_command_is_registered() -> None:
    assert "war" in get_command(app).list_commands(None)
