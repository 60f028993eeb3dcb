"""`detente talks`: what it prints is what the library finds, readable on a terminal, and whole in a folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from app_lab import answer_on_five, typed

from detente.analyses.talks.deal_sentences import headline
from detente.analyses.talks.result import Talks

CASE = """
dispute: small-talks
title: Small talks
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: steel, by: USA, on: CHN, status: threatened, goods: {sectors: [C24A, C26]}, add: 25%}
responses:
  - {by: CHN, to: steel, rule: in-kind, match: rate}
demands:
  - {id: buy, by: USA, of: CHN, ask: {purchases: {seller: USA, schedule: [{by: 2019-05-31, extra: 20bn}]}}}
  - {id: lower, by: USA, of: CHN, ask: {tariff_cut: {by: 50%}}}
  - {id: patents, by: USA, of: CHN, ask: {structural: {topic: cyber, what: end it}}}
  - {id: stop, by: CHN, of: USA, ask: {withdraw: steel}}
"""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("talks") / "talks.yaml"
    path.write_text(CASE, "utf-8")
    return path


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """All talks here are on five economies: what is tested is the command."""
    answer_on_five(monkeypatch)


def ask(*words: object) -> tuple[int, str, str]:
    return typed("talks", *words)


def test_json_is_the_talks_of_the_library_and_a_person_reads_them(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "130")
    code, out, err = ask(case, "--json")
    assert (code, err) == (0, "")
    talks = Talks.from_json(out)
    assert talks.to_json() + "\n" == out
    code, out, _ = ask(case)
    assert code == 0
    assert out.splitlines()[0] == headline(talks)
    for word in (
        "Demand by demand",
        "United States asks",
        "implied price",
        "both charge their Nash tariffs",
        "purchases of CHN",
    ):
        assert word in out
    assert f"{talks.id[:12]}" in out
    assert "\x1b" not in out


def test_what_is_met_beside_duties_needs_duties(case: Path) -> None:
    code, out, err = ask(case, "--met", "lower")
    assert (code, out) == (1, "")
    assert "add tariffs" in err


@pytest.mark.slow
def test_duties_are_bargained_over_where_asked(case: Path) -> None:
    code, out, _ = ask(case, "--tariffs", "--json")
    talks = Talks.from_json(out)
    assert code == 0
    assert set(talks.duties["by"]) == {"USA", "CHN"}
    assert (talks.duties["agreed"] >= 0).all()
    assert (talks.tariff_deal.set_index("economy")["gain"][list(talks.players)] > 0).all()
    assert any("largest product of gains over answered, beside no demand" in note for note in talks.notes)
    _, plain, _ = ask(case, "--json")
    assert Talks.from_json(plain).duties.empty
    assert Talks.from_json(plain).id != talks.id


def test_options_are_passed_on_and_a_folder_is_written(case: Path, tmp_path: Path) -> None:
    target = tmp_path / "out"
    words = (
        "--no-deal",
        "status-quo",
        "--only",
        "lower, stop",
        "--weights",
        "0.8,0.2",
        "--mfn",
        "--out",
        target,
        "--json",
    )
    code, out, _ = ask(case, *words)
    talks = Talks.from_json(out)
    assert code == 0
    assert (talks.no_deal, talks.weights, talks.mfn) == ("status quo", (0.8, 0.2), True)
    assert list(talks.demands["demand"]) == ["lower", "stop"]
    there = {p.relative_to(target).as_posix() for p in target.rglob("*") if p.is_file()}
    assert {"talks.json", "report.html", "report.md", "charts/frontier.svg", "tables/prices.csv"} <= there
    assert set(json.loads((target / "manifest.json").read_text())["files"]) | {"manifest.json"} == there
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "note.txt").write_text("x")
    assert ask(case, "--out", tmp_path / "mine")[0] == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--players", "USA"), "players are USA: name two different economies, such as USA,CHN"),
        (("--players", "USA,CHX"), "did you mean 'CHN'"),
        (("--only", "by"), "by is not a demand; there are buy, lower, patents, stop"),
        (("--weights", "a,b"), "weights holds 'a': give two numbers separated by a comma, over 0"),
        (("--weights", "1,-1"), "weights holds '-1': give two numbers"),
    ],
)
def test_faults_are_one_message(case: Path, words: tuple[str, ...], said: str) -> None:
    code, out, err = ask(case, *words)
    assert (code, out) == (1, "")
    assert said in err
    assert len(err.splitlines()) == 1
