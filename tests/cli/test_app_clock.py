"""`detente clock`: what it prints is what the library finds, with prior, span and scores; faults in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from app_lab import answer_on_five, typed

from detente.analyses.clock.report import headline
from detente.analyses.clock.result import Clock

TEXT = """
dispute: small-clock
title: A small clock
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: us-steel, title: Steel, by: USA, on: CHN, status: threatened, goods: {sectors: [C24A, C26]}, add: 25%,
     earliest: 2018-05-23}
forecasts: [{who: Someone, date: 2018-05-04, outcome: truce, quote: Not for long}]
outcomes: [{date: 2018-05-20, outcome: truce}]
"""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clock") / "clock.yaml"
    path.write_text(TEXT, "utf-8")
    return path


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every clock here is on five economies: what is tested is the command."""
    answer_on_five(monkeypatch)


def ask(*words: object) -> tuple[int, str, str]:
    return typed("clock", *words)


def test_json_is_the_clock_of_the_library(case: Path) -> None:
    code, out, err = ask(case, "--json", "--until", "2018-12-31", "--seed", "3")
    assert (code, err) == (0, "")
    found = Clock.from_json(out)
    assert found.to_json() + "\n" == out
    assert (found.until, found.seed, len(found.scores)) == ("2018-12-31", 3, 0)


def test_a_person_reads_the_prior_the_span_and_the_scores(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "110")
    found = Clock.from_json(ask(case, "--json", "--score")[1])
    code, out, _ = ask(case, "--score")
    assert code == 0
    assert out.splitlines()[0] == headline(found)
    for word in (
        "The United States would pay a year rather than give way",
        "the span over other priors and elasticities",
        "A forecast without a probability is listed and not scored",
        "One dispute is one observation",
        "No probability depends on what is dated after 2018-05-04",
        found.id[:12],
    ):
        assert word in out
    assert "Brier" not in ask(case)[1]


def test_a_folder_has_numbers_a_chart_and_a_report(case: Path, tmp_path: Path) -> None:
    code, out, _ = ask(case, "--out", tmp_path / "out")
    assert code == 0
    assert "Wrote" in out
    assert (tmp_path / "out" / "charts" / "chances.svg").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "note.txt").write_text("x")
    assert ask(case, "--out", tmp_path / "mine")[0] == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--until", "tomorrow"), "until is 'tomorrow': give a day such as"),
        (("--until", "2018-05-01"), "give a later day"),
        (("--players", "USA"), "players are USA: name two different economies"),
    ],
)
def test_faults_are_one_message(case: Path, words: tuple[str, ...], said: str) -> None:
    code, out, err = ask(case, *words)
    assert (code, out) == (1, "")
    assert said in err
    assert len(err.splitlines()) == 1
