"""`detente markets`: JSON of the library, a readable screen, a whole folder, faults in one line."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from app_lab import answer_on_five, typed

from detente.analyses.markets.report import headline
from detente.analyses.markets.result import Markets

TEXT = """
dispute: small-markets
title: Small markets
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: us-steel, title: Steel, by: USA, on: CHN, status: threatened, goods: {sectors: [C24A, C26]}, add: 25%,
     announced: 2018-04-03, earliest: 2018-05-23}
"""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("markets")
    (folder / "markets.yaml").write_text(TEXT, "utf-8")
    moves = np.random.default_rng(1).normal(0, 0.01, 420)
    levels = 100 * np.cumprod(1 + moves)
    lines = [f"{date(2017, 4, 1) + timedelta(k)},{level:.6f}" for k, level in enumerate(levels)]
    (folder / "prices.csv").write_text("date,index\n" + "\n".join(lines) + "\n", "utf-8")
    (folder / "unsorted.csv").write_text("date,index\n" + "\n".join([*lines[1:], lines[0]]) + "\n", "utf-8")
    return folder / "markets.yaml"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five economies: what is tested is the command."""
    answer_on_five(monkeypatch)


def ask(*words: object) -> tuple[int, str, str]:
    return typed("markets", *words)


def test_json_is_the_markets_of_the_library(case: Path) -> None:
    given = (
        "--prices",
        case.parent / "prices.csv",
        "--event",
        "2018-04-03",
        "--event",
        "2018-04-10",
        "--window",
        "-1,1",
    )
    code, out, err = ask(case, "--json", *given, "--values", "0.8,1", "--probability", "0.3")
    assert (code, err) == (0, "")
    found = Markets.from_json(out)
    assert found.to_json() + "\n" == out
    assert found.events["event"].tolist() == ["2018-04-03", "2018-04-10"]
    assert found.events["days"].tolist() == [3, 3]
    assert found.moves["war"].iloc[0] == 0.8


def test_a_person_reads_moves_events_and_exposures(case: Path, tmp_path: Path) -> None:
    words = (case, "--prices", case.parent / "prices.csv", "--event", "2018-05-10")
    found = Markets.from_json(ask(*words, "--json")[1])
    code, out, _ = ask(*words, "--out", tmp_path / "out")
    assert code == 0
    assert out.splitlines()[0] == headline(found)
    shown = " ".join(out.split())  # lines break where the path of the folder lets them
    for word in (
        "Moves of equity to expect",
        "constant mean, rolling variance",
        "after the day",
        "The probability of war that moves imply",
        "this prior",
        "- China would pay a year rather than give way",
        "Electronics and optics",
        "Wrote",
    ):
        assert word in shown
    assert (tmp_path / "out" / "markets.json").exists()


def test_without_prices_the_screen_has_no_events(case: Path) -> None:
    code, out, _ = ask(case)
    assert code == 0
    assert "Event study" not in out
    assert "Moves of equity to expect" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--prices", "unsorted.csv"), "prices are unsorted"),
        (("--prices", "none.csv"), "is not a file"),
        (("--prices", "prices.csv", "--event", "2012-01-01"), "outside the prices"),
        (("--prices", "prices.csv", "--event", "soon"), "events holds 'soon': give days such as"),
        (("--prices", "prices.csv", "--estimation", "5"), "too short"),
        (("--event", "2018-04-03"), "give a CSV of daily prices (--prices)"),
        (("--asset", "index"), "asset is given, but no prices: give a CSV of daily prices (--prices)"),
        (("--values", "1"), "values is '1': give two numbers"),
        (("--window", "a,b"), "window holds 'a': give two numbers"),
        (("--economy", "USX"), "did you mean 'USA'"),
    ],
)
def test_faults_are_one_message(case: Path, words: tuple[str, ...], said: str) -> None:
    placed = [case.parent / word if word.endswith(".csv") else word for word in words]
    code, out, err = ask(case, *placed)
    assert (code, out) == (1, "")
    assert said in err
    assert len(err.splitlines()) == 1
