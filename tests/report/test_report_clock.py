"""The report on a clock: every probability beside its prior and span, scores with their warning, a whole folder."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import detente as dt
from detente.analyses.clock.report import (
    chance,
    chances_chart,
    document,
    figures,
    forecast_table,
    headline,
    outlook_table,
    sayings,
    score_table,
    scored,
    sensitivity_table,
    showdown_table,
    stages_table,
)
from detente.analyses.drawing import chart
from detente.report.numbers import NO_BREAK
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
     earliest: 2018-05-23}
  - {id: us-more, title: More, by: USA, on: CHN, status: threatened, goods: {value: 50bn, basis: world}, add: 25%}
responses: [{by: CHN, to: us-steel, rule: in-kind, match: rate}]
forecasts: [{who: Someone, date: 2018-05-04, outcome: truce, quote: Not for long}]
outcomes: [{date: 2018-05-20, outcome: truce}, {date: 2018-07-06, outcome: escalation}]
"""


@pytest.fixture(scope="module")
def clock() -> dt.Clock:
    whole = dt.load_world("icio-2017")
    kept = {"USA", "CHN", "MEX", "VNM"}
    world = whole.aggregate(economies={"OTH": [code for code in whole.economies if code not in kept]})
    return stored("clock", dt.Clock, lambda: dt.run_clock(dt.Dispute.parse(TEXT), world=world, score=True), TEXT)


@pytest.mark.parametrize(
    ("probability", "said"),
    [(0.0, "0.0 %"), (1e-5, "<0.1 %"), (0.123, "12.3 %"), (1 - 1e-5, ">99.9 %"), (1.0, "100.0 %"), (float("nan"), "–")],
)
def test_no_probability_is_printed_as_certain_that_is_not(probability: float, said: str) -> None:
    assert chance(probability) == said.replace(" ", "\N{NO-BREAK SPACE}")


def test_the_headline_and_the_outlook_have_the_span_of_all_variants(clock: dt.Clock) -> None:
    last = clock.outlook.iloc[-1]
    deals = clock.sensitivity[clock.sensitivity["day"] == last["day"]]["deal"]
    words = headline(clock)
    span = f"{chance(deals.min()).removesuffix(f'{NO_BREAK}%')}–{chance(deals.max())}"
    assert span in words
    assert words.startswith("How the dispute ends depends on what is assumed of resolve")
    assert words.index(span) < words.index(chance(last["deal"]))
    cells = outlook_table(clock).rows[-1].cells
    assert cells[1].startswith(chance(last["deal"]))
    assert all("(" in cell for cell in cells[1:])


def test_what_happens_on_the_day_of_a_threat_has_its_span(clock: dt.Clock) -> None:
    table = showdown_table(clock)
    for row, (_, threat) in zip(table.rows, clock.showdowns.iterrows(), strict=True):
        mine = clock.varied_showdowns[clock.varied_showdowns["stage"] == threat["stage"]]
        low, high = mine["deal"].min() * 100, mine["deal"].max() * 100
        assert row.cells[5] == f"{chance(threat['deal'])} ({low:.0f}–{high:.0f})"
        assert all("(" in cell for cell in row.cells[1:])
    assert "span over other priors and elasticities" in table.caption


def test_tables_are_whole(clock: dt.Clock) -> None:
    plain = [row for row in sensitivity_table(clock).rows if not row.heading]
    assert len(plain) == clock.sensitivity["variant"].nunique() == 25
    assert "resolve of the United States half" in {row.cells[0] for row in plain}
    assert [row.cells[1] for row in stages_table(clock).rows][-1] == "2018-08-02 (assumed)"
    said = {row.cells[0]: row.cells for row in forecast_table(clock).rows}
    assert said["Someone"][2:] == ("–",) * 5
    assert said["clock"][2] == clock.until
    assert sayings(clock) == ("Someone, 2018-05-04: “Not for long”",)
    assert "Not for long" in markdown(document(clock))


def test_scores_say_that_one_dispute_is_one_observation(clock: dt.Clock) -> None:
    assert "One dispute is one observation" in scored(clock)
    assert "One dispute is one observation" in str(score_table(clock))
    assert "0.750" in scored(clock)
    ruled_out = clock.scores.assign(log=float("nan"))
    assert "log score of ∞" in scored(replace(clock, scores=ruled_out))


def test_the_report_says_the_prior_before_it_says_how_much_hangs_on_it(clock: dt.Clock) -> None:
    report = document(clock)
    text = markdown(report)
    titles = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert titles.index("The prior of the clock") + 1 == titles.index("How much the clock depends on it")
    assert "The United States would pay a year rather than give way" in text
    assert "No probability depends on what is dated after 2018-05-04" in text
    without = markdown(document(replace(clock, scores=clock.scores.iloc[:0])))
    assert "Brier" not in without
    drawn = page(report, {figure.name: svg(figure.chart) for figure in figures(clock)})
    assert "<svg" in drawn


def test_the_chart_names_its_bands_and_its_prior(clock: dt.Clock) -> None:
    assert chart(clock).to_dict() == chances_chart(clock).to_dict()
    drawn = svg(chances_chart(clock))
    assert "Prior, what each would rather pay" in drawn
    assert clock.id[:12] in drawn
    assert "truce" in drawn


def test_a_folder_is_written_whole(clock: dt.Clock, tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    names = write_report(clock, tmp_path / "out", progress=lambda *now: told.append(now))
    there = {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    assert set(names) == there
    assert {"clock.json", "report.html", "charts/chances.png"} <= there
    assert told[-1] == (1, 1, "")
