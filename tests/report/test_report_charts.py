"""Every chart is valid, draws as SVG and PNG, says its unit, and shows the numbers it is given."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise

import altair as alt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import detente as dt
from detente.analyses.drawing import chart as chart_of
from detente.analyses.run import charts
from detente.analyses.run.figures import Figures
from detente.errors import BadInput
from detente.report.blocks import Document
from detente.report.charts import PLOT, SIZE, room
from detente.report.lettering import width, wrap
from detente.report.maps import FAINTEST, HATCH, hatching, income_map, strength
from detente.report.numbers import Names, signed_percent
from detente.report.render import png, svg

PAIR = "importer == 'USA' and exporter == 'CHN'"
CUT: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "economies": lambda t: t,
    "sectors": lambda t: t.query("economy == 'USA'"),
    "trade": lambda t: t.query(PAIR),
    "balances": lambda t: t,
    "diversion": lambda t: t.query(PAIR),
    "substitution": lambda t: t.query("importer == 'USA'"),
    "ledger": lambda t: t.query("economy == 'USA'"),
    "decomposition": lambda t: t,
    "tariffs": lambda t: t.query(PAIR),
    "coverage": lambda t: t.query(PAIR),
    "averaging": lambda t: t,
}


def texts(drawn: str) -> list[str]:
    """What is written in a picture, line by line."""
    return [re.sub(r"<[^>]+>", " ", line).strip() for line in re.findall(r"<text[^>]*>.*?</text>", drawn, re.DOTALL)]


@pytest.mark.parametrize("name", CUT)
def test_every_table_has_its_chart(findings: dt.Findings, name: str) -> None:
    table = findings.tables()[name]
    chosen = CUT[name](table[table["scenario"] == findings.main.id])
    parties = [] if name in ("sectors", "ledger") else ["USA", "CHN"]
    chart = chart_of(chosen, parties=parties)
    chart.to_dict()  # checked against the schema of Vega-Lite
    assert len(texts(svg(chart))) > 4


def test_every_figure_of_a_report_draws_and_carries_its_origin(
    findings: dt.Findings, report: Document, pictures: dict[str, str]
) -> None:
    assert len({figure.name for figure in report.figures}) == len(report.figures) >= 12
    for figure in report.figures:
        figure.chart.to_dict()
        written = re.sub(" +", " ", " ".join(texts(pictures[figure.name])))
        for origin in ("elasticities U4", "deficits fixed", "long run", "largest gap", findings.id[:12]):
            assert origin in written, figure.name
        assert "NaN" not in written
        assert "undefined" not in written
        assert len(figure.alt) > 40
    assert png(pictures["steps"]).startswith(b"\x89PNG")


def test_a_picture_asks_for_nothing_from_elsewhere(pictures: dict[str, str]) -> None:
    for drawn in pictures.values():
        svg = re.sub(r'xmlns(:\w+)?="[^"]*"', "", drawn)
        assert "http" not in svg
        assert "href" not in svg


def test_bars_are_sorted_and_carry_their_numbers(findings: dt.Findings) -> None:
    scenario = findings.main
    lines = texts(svg(chart_of(scenario, parties=["USA"])))
    income = scenario.tables["economies"].sort_values("real_income", ascending=False)
    labels = [Names().economy(code) for code in income["economy"]]
    assert [line for line in lines if line in labels] == labels
    assert set(map(signed_percent, income["real_income"])) <= set(lines)


def test_sectors_have_names_not_codes(pictures: dict[str, str]) -> None:
    written = " ".join(texts(pictures["sectors-usa"]))
    assert "Iron and steel" in written
    assert "C24A" not in written


def test_a_solution_has_a_chart_that_says_how_it_was_made(findings: dt.Findings) -> None:
    solution = findings.main.solution
    assert solution is not None
    written = " ".join(texts(svg(chart_of(solution))))
    assert "elasticities U4" in written
    assert isinstance(chart_of(findings), alt.VConcatChart)


def test_what_a_search_ended_at_has_the_chart_of_its_equilibrium() -> None:
    flows = [[[0.8], [0.4]], [[0.4], [1.6]]]
    economy = dt.calibrate(dt.World(flows, [[[0.0]] * 2] * 2, economies=["USA", "CHN"], sectors=["C26"]), [4.0])
    war, best = dt.nash(economy, certify=False), dt.best_response(economy, "USA")
    for found in (war, best):
        drawn = chart_of(found, parties=["USA"]).to_dict()
        assert drawn == chart_of(found.solution, parties=["USA"]).to_dict()


def test_a_table_of_several_scenarios_is_refused(findings: dt.Findings) -> None:
    with pytest.raises(BadInput, match="several scenarios"):
        chart_of(findings.tables()["economies"])


def test_what_has_no_chart_is_refused(findings: dt.Findings) -> None:
    with pytest.raises(BadInput, match="no chart is known"):
        chart_of(pd.DataFrame({"a": [1]}))
    with pytest.raises(BadInput, match="str has no chart"):
        chart_of("USA")
    with pytest.raises(BadInput, match="2 values of importer"):
        chart_of(findings.main.tables["tariffs"])
    with pytest.raises(BadInput, match="this chart shows one"):
        chart_of(findings.main.tables["sectors"])


def test_a_long_path_is_a_line_over_time() -> None:
    days = pd.to_datetime(["2018-03-23", "2018-07-06", "2018-09-24", "2019-06-01"])
    table = pd.DataFrame(
        {"on": list(days) * 2, "party": ["USA"] * 4 + ["CHN"] * 4, "real_income": [0, -1e-4, -2e-4, -5e-4] * 2}
    )
    chart = charts.path(table, Names(), ["stamp"])
    chart.to_dict()
    lines = texts(svg(chart))
    assert any(line.startswith("United States −0.050") for line in lines)
    assert "Mar 2018" in lines
    assert "Jun 2019" in lines


def test_findings_on_a_path_of_law_show_the_path_first(findings: dt.Findings) -> None:
    step = next(scenario for scenario in findings.scenarios if scenario.kind == "step")
    dated = [replace(step, id=f"step-{day}", on=date(2018, 3, day)) for day in (1, 5, 9, 20)]
    law = replace(findings, scenarios=tuple(dated))
    assert Figures(law, law.main).of_steps()[0].name == "path"
    assert "Mar 2018" in texts(svg(chart_of(law)))


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=8), st.floats(0.01, 0.2))
def test_labels_at_line_ends_stand_apart_in_their_order(places: list[float], gap: float) -> None:
    moved = charts.apart(places, gap)
    order = sorted(range(len(places)), key=lambda k: places[k])
    for before, after in pairwise(order):
        assert moved[after] - moved[before] >= gap * (1 - 1e-9)
    assert sum(moved) == pytest.approx(sum(places), abs=1e-9)


# a share of a subnormal number rounds to nothing or to all of it
@given(st.lists(st.floats(-1, 1, allow_subnormal=False), min_size=1, max_size=10), st.integers(4, 24))
def test_every_label_has_room_beside_its_bar(values: list[float], length: int) -> None:
    text = "x" * length
    low, high = room(values, [text] * len(values))
    for value in values:
        left = (max(value, 0.0) - low) / (high - low) * PLOT
        assert left + width(text, SIZE - 1) <= PLOT + 1e-6


@given(st.text(alphabet="abc ", max_size=80), st.integers(20, 200))
def test_wrapping_loses_no_word_and_keeps_the_width(text: str, room: int) -> None:
    lines = wrap(text, room, SIZE)
    assert " ".join(lines).split() == text.split()
    assert all(width(line, SIZE) <= room or " " not in line for line in lines)


def test_the_colour_of_the_map_is_linear_and_its_key_names_the_ends() -> None:
    assert strength(0.0, 0.004) == 0.0
    for part in (0.25, 0.5, 1.0):
        assert strength(-part * 0.004, 0.004) == pytest.approx(FAINTEST + (1 - FAINTEST) * part)
    table = pd.DataFrame({"economy": ["USA", "CHN"], "real_income": [-0.004, 0.001], "real_income_usd": [-1.0, 1.0]})
    chart = income_map(table, Names(), ["stamp"])
    chart.to_dict()
    written = texts(svg(chart))
    assert [signed_percent(end) in written for end in (-0.004, 0.004)] == [True, True]
    assert not any("one economy" in text for text in written)  # nothing is hatched where there is no residual


def test_the_rest_of_the_world_is_hatched_and_named_in_the_key() -> None:
    table = pd.DataFrame({"economy": ["USA", "ROW"], "real_income": [-0.004, 0.001], "real_income_usd": [-1.0, 1.0]})
    assert f"Rest of the world, one economy: {signed_percent(0.001)}" in texts(svg(income_map(table, Names(), ["s"])))


def test_hatching_lies_inside_its_shape_and_out_of_its_holes() -> None:
    rings = [[(0, 0), (30, 0), (30, 30), (0, 30), (0, 0)], [(9, 9), (21, 9), (21, 21), (9, 21), (9, 9)]]
    drawn = hatching({"geometry": {"type": "Polygon", "coordinates": rings}})["geometry"]["coordinates"]
    inside = sum(line[-1][0] - line[0][0] for line in drawn)
    assert inside * HATCH == pytest.approx(30 * 30 - 12 * 12, rel=0.01)  # lengths times distance are the area
    assert all(0 <= x <= 30 and 0 <= y <= 30 and not (9 < x < 21 and 9 < y < 21) for line in drawn for x, y in line)
