"""The report on a war: sentences true to the numbers, tables whole, charts that draw, a folder all or nothing."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import detente as dt
from detente.analyses.war.report import (
    blink_table,
    curves_chart,
    document,
    economies,
    figures,
    games_table,
    headline,
    heat_chart,
    other_game,
    payoff_table,
    sector_table,
    split_table,
    verdict,
)
from detente.dispute.results import UnknownChart
from detente.report.render import markdown, page, svg, write_report
from stored import stored

TEXT = """
dispute: small
title: A small dispute
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: us-steel, title: Steel, by: USA, on: CHN, status: threatened, goods: {sectors: [C24A, C26]}, add: 25%}
"""


@pytest.fixture(scope="module")
def war() -> dt.War:
    whole = dt.load_world("icio-2017")
    kept = {"USA", "CHN", "MEX", "VNM"}
    world = whole.aggregate(economies={"OTH": [code for code in whole.economies if code not in kept]})
    return stored("war", dt.War, lambda: dt.run_war(dt.Dispute.parse(TEXT), world=world, grid=(0.0, 0.2, 0.4)), TEXT)


def with_gains(war: dt.War, first: float, second: float) -> dt.War:
    """The same war with other gains from backing down."""
    gains = [first, second]
    return replace(war, blinks=war.blinks.assign(gain=gains, blinks=[gain > 0 for gain in gains]))


def test_the_headline_has_the_signs_of_the_numbers(war: dt.War) -> None:
    text = headline(war)
    for code, name in (("USA", "the United States"), ("CHN", "China")):
        change = war.matrix(code).loc["Nash", "Nash"]
        assert f"{name} {'gains' if change > 0 else 'loses'}" in text


def test_political_weights_stand_beside_the_headline(war: dt.War) -> None:
    rows = war.games[(war.games["game"] == "floored")].drop_duplicates("player")
    weighted = rows.assign(game="weighted", average=[0.3, 0.1], real_income=[-2e-4, 3e-4])
    beside = replace(war, games=pd.concat([war.games, weighted], ignore_index=True))
    said = (
        "With the political weights that are given, Nash tariffs are on average 30.0 % (United States) and 10.0 % "
        "(China), and the United States loses 0.020 % of real income and China gains 0.030 % of real income."
    )
    assert said in headline(beside).replace("\N{NO-BREAK SPACE}", " ")
    assert "political weights" not in headline(war)
    assert other_game(beside) == other_game(war)
    assert len(games_table(beside).rows) == len(games_table(war).rows) + 1
    assert games_table(beside).rows[-1].cells[0].startswith("with political weights; base tariffs")


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (1e-4, 2e-4, "both gain by backing down alone, China more"),
        (3e-4, 2e-4, "both gain by backing down alone, the United States more"),
        (-1e-4, 2e-4, "China blinks: it alone gains"),
        (1e-4, -2e-4, "the United States blinks: it alone gains"),
        (-1e-4, -2e-4, "neither gains by backing down alone"),
    ],
)
def test_the_verdict_follows_the_gains(war: dt.War, first: float, second: float, said: str) -> None:
    text = verdict(with_gains(war, first, second))
    assert said in text
    assert "the United States carries out its threat and China answers in kind" in text


@pytest.mark.parametrize(
    ("move", "said"),
    [("none", "both keep what is in force"), ("threat", "both carry out"), ("Nash", "both charge their Nash")],
)
def test_what_both_do_is_said_once(war: dt.War, move: str, said: str) -> None:
    text = verdict(replace(war, blinks=war.blinks.assign(clash_first=move, clash_second=move)))
    assert text.startswith(f"If {said}")


def test_tables_have_every_pair_and_sector(war: dt.War) -> None:
    cells = [row for row in payoff_table(war).rows if not row.heading]
    assert len(cells) == 16
    assert sum("nobody would move" in row.cells[0] for row in cells) == 1
    assert len(payoff_table(war).head) == 1 + len(economies(war)) == 6
    assert [len(row.cells) for row in sector_table(war).rows] == [9] * war.sectors["sector"].nunique()
    assert [row.cells[0] for row in blink_table(war).rows] == ["United States", "China"]
    assert economies(war)[:2] == ["USA", "CHN"]


def test_the_headline_says_which_game_it_is_and_what_the_other_brings(war: dt.War) -> None:
    text = headline(war)
    assert "no lower than the duties in force" in text
    assert "may be lowered too" in headline(replace(war, liberalise=True))
    free = war.games[(war.games["game"] == "free") & (war.games["base_tariffs"] == war.games["base_tariffs"].iloc[0])]
    assert f"the {free['lowered'].sum()} cuts of that game alone bring" in text
    assert "threatened" in text
    assert "Over the rules of base tariffs" in text
    alone = war.games[war.games["base_tariffs"] == war.games["base_tariffs"].iloc[0]]
    assert "Over the rules" not in headline(replace(war, games=alone))
    level = replace(war, games=war.games.assign(lowered=0))
    assert "Neither side would lower a duty in force." in headline(level)


def test_one_rate_is_held_against_the_average_duty_in_force(war: dt.War) -> None:
    told = headline(replace(war, rates="one"))
    assert "no lower than the average duty in force" in told
    assert "no lower than the duties in force" in headline(war)


def test_both_games_and_the_parts_of_the_free_one_are_tables(war: dt.War) -> None:
    assert [row.cells[0] for row in split_table(war).rows] == [
        "Cuts of the United States", "Cuts of China", "Cuts of both sides", "Raises of both sides", "Nash tariffs",
    ]  # fmt: skip
    assert len(games_table(war).rows) == 2 * war.games["base_tariffs"].nunique()
    assert {len(row.cells) for row in games_table(war).rows} == {7}


def test_charts_draw_and_say_their_numbers(war: dt.War) -> None:
    for chart in (curves_chart(war), heat_chart(war)):
        chart.to_dict()  # checked against the schema of Vega-Lite
    drawn = svg(heat_chart(war))
    for rate in war.sectors["nash"]:
        assert f"{rate * 100:.1f}" in drawn
    first, second = war.crossing["rate"] * 100
    assert f"Nash {first:.1f} % and {second:.1f} %" in svg(curves_chart(war))
    with pytest.raises(UnknownChart, match="did you mean 'curves'"):
        war.plot("curve")
    assert war.plot().to_dict() == curves_chart(war).to_dict()
    assert war.id[:12] in drawn


def test_the_report_is_whole_and_asks_nothing_of_the_network(war: dt.War) -> None:
    report = document(war)
    text = markdown(report)
    assert [section.title for section in report.sections] == re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert verdict(war)[:40] in text
    assert war.certificate.split(";")[0] in text
    drawn = page(report, {figure.name: svg(figure.chart) for figure in figures(war)})
    assert "src=" not in drawn
    assert "<svg" in drawn


def test_a_folder_is_written_whole(war: dt.War, tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    names = write_report(war, tmp_path / "out", progress=lambda *now: told.append(now))
    there = {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    assert set(names) == there
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    for name, entry in manifest["files"].items():
        assert hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() == entry["sha256"]
    assert dt.War.from_json((tmp_path / "out" / "war.json").read_text("utf-8")).id == war.id
    assert told[-1] == (2, 2, "")


def test_a_file_in_the_way_leaves_nothing(war: dt.War, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(dt.BadInput, match="is a file"):
        write_report(war, tmp_path / "file")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
