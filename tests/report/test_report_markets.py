"""The report on markets: what is not explained is said so, with its ratio; every probability has its prior."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

import detente as dt
from detente.analyses.drawing import chart
from detente.analyses.markets.report import (
    brief,
    document,
    event_table,
    exposure_chart,
    exposure_table,
    figures,
    flagged,
    headline,
    implied_table,
    moves_table,
)
from detente.markets.prices import Prices
from detente.report.render import markdown, page, svg, write_report
from stored import stored

TEXT = """
dispute: small
title: A small dispute
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: us-steel, title: Steel, by: USA, on: CHN, status: threatened, goods: {sectors: [C24A, C26]}, add: 25%,
     announced: 2018-04-03, earliest: 2018-05-23}
"""


@pytest.fixture(scope="module")
def found() -> dt.Markets:
    whole = dt.load_world("icio-2017")
    kept = {"USA", "CHN", "MEX", "VNM"}
    world = whole.aggregate(economies={"OTH": [code for code in whole.economies if code not in kept]})
    days = [date(2017, 4, 3) + timedelta(k) for k in range(450)]
    moves = np.random.default_rng(4).normal(0, 0.008, 450)
    moves[days.index(date(2018, 4, 3))] = -0.1
    prices = Prices(tuple(days), ("index",), 100 * np.cumprod(1 + moves)[:, None])
    dispute, events = dt.Dispute.parse(TEXT), [date(2018, 4, 3), date(2018, 6, 1)]
    return stored("markets", dt.Markets, lambda: dt.run_markets(dispute, prices, world=world, events=events), TEXT)


def test_the_headline_has_the_moves_to_expect_and_what_is_not_explained(found: dt.Markets) -> None:
    assert found.valued.split(";")[0] in brief(found)
    text = headline(found)
    assert text.startswith("Equity of the United States moves by ")
    assert "no change in probability explains this move" in text
    assert "(an assumption: the model has no equity)" in text
    assert "2018-06-01" not in text  # which is not flagged
    quiet = replace(found, events=found.events.assign(flagged=False))
    assert headline(quiet).endswith("None of 2 events is flagged: no move on them differs from what any day may bring.")
    one = replace(quiet, events=quiet.events.iloc[1:])
    assert headline(one).endswith("The event is not flagged: its move is none that any other day may not bring.")
    assert "The United States would pay a year" in markdown(document(found))


def test_tables_are_whole(found: dt.Markets) -> None:
    assert len(moves_table(found).rows) == len(found.moves)
    heads = [row for row in implied_table(found).rows if row.heading]
    assert [row.cells[0].split(":")[0] for row in heads] == ["2018-04-03", "2018-06-01"]
    assert [row.cells[0].endswith("not flagged") for row in heads] == [False, True]
    rows = event_table(found).rows
    assert rows[0].cells[4].endswith("*")
    assert "(after the day of the file)" in rows[1].cells[0]
    assert sum(row.heading for row in exposure_table(found).rows) == 2
    assert "of 199 days of index" in flagged(found)
    assert flagged(replace(found, flags=found.flags.iloc[:0])) == "Too few prices to flag all days"


def test_the_report_is_whole_and_without_prices_it_has_no_events(found: dt.Markets) -> None:
    text = markdown(document(found))
    for title in ("What markets should fear", "The prior of the probability of war", "Exposure of sectors"):
        assert f"## {title}" in text
    assert "What moves imply" in text
    bare = replace(found, events=found.events.iloc[:0], implied=found.implied.iloc[:0])
    assert "What moves imply" not in markdown(document(bare))
    drawn = page(document(found), {figure.name: svg(figure.chart) for figure in figures(found)})
    assert "src=" not in drawn


def test_the_chart_has_its_numbers(found: dt.Markets) -> None:
    drawn = svg(exposure_chart(found, "USA"))
    assert chart(found).to_dict() == exposure_chart(found, "USA").to_dict()
    assert chart(found, parties=["CHN"]).to_dict() == exposure_chart(found, "CHN").to_dict()
    assert "Electronics" in drawn
    assert found.id[:12] in drawn


def test_a_folder_is_written_whole(found: dt.Markets, tmp_path: Path) -> None:
    names = write_report(found, tmp_path / "out")
    there = {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    assert set(names) == there
    assert {"markets.json", "report.html", "charts/exposure-usa.svg", "tables/implied.csv"} <= there
