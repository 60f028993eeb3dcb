"""Bands beside findings: sentence, table, section, JSON and folder say what was drawn, of their own findings only."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from report_lab import small_world

import detente as dt
from detente.analyses.bands.report import by_sets, drawn_by_command, in_draws, python_of_bands, uncertainty_table
from detente.analyses.run.headlines import headline
from detente.analyses.run.report import document
from detente.analyses.run.sentences import columns
from detente.data.bundled import first_year_level
from detente.errors import BadInput
from detente.report.blocks import json_together
from detente.report.numbers import of_draws, points, signed_percent
from detente.report.render import markdown, write_report
from detente.solver.fixed_point import HORIZONS

FEW = dt.Over(elasticities=["CP", "U4"], deficits=["fixed", "balanced"])


@pytest.fixture(scope="module")
def bands(findings: dt.Findings) -> dt.Bands:
    return dt.bands(findings, over=FEW, draws=32, seed=3, world=small_world())


def test_the_headline_goes_on_with_how_sure_it_is(findings: dt.Findings, bands: dt.Bands) -> None:
    alone, both = headline(findings), document(findings, [bands]).headline
    assert both.startswith(f"{alone} How sure, by 32 draws: ")
    scenario = findings.main
    income = scenario.tables["economies"].set_index("economy")["real_income"]
    for party in ("USA", "CHN"):
        row, driver = bands.band(scenario.id, party), bands.driver(scenario.id, party)
        share = row["negative"] if income[party] < 0 else row["positive"]
        assert f"in {of_draws(share)} of draws, {points(income[party])}" in both
        assert f"({points(row['low'])} to {points(row['high'])} in nine draws of ten)" in both
        assert driver is not None
        assert f"({of_draws(driver['share'])} of the variance)" in both
    assert "probab" not in both


@pytest.mark.parametrize(
    ("change", "negative", "positive", "said"),
    [
        (-0.01, 0.97, 0.03, "loses in 97\xa0% of draws"),
        (0.01, 0.001, 0.999, "gains in 99\xa0% of draws"),
        (-0.01, 1.0, 0.0, "loses in 100\xa0% of draws"),
        (0.01, 1.0, 0.0, "gains in 0\xa0% of draws"),
        (0.0, 0.5, 0.25, "loses in 50\xa0% and gains in 25\xa0% of draws"),
    ],
)
def test_a_direction_is_said_with_its_own_share(change: float, negative: float, positive: float, said: str) -> None:
    assert in_draws(change, negative, positive) == said


def test_the_table_has_every_party_and_the_third_economies_of_the_main_state(
    findings: dt.Findings, bands: dt.Bands
) -> None:
    table = uncertainty_table(findings, bands)
    heads = [row.cells[0] for row in table.rows if row.heading]
    banded = set(bands.bands["scenario"])
    assert len(heads) == len(banded) - 1  # the last step is the baseline, and is shown once
    main = findings.main
    rows = len([row for row in table.rows if not row.heading])
    assert rows == 2 * len(heads) + len(columns(findings, main)) - 2
    assert bands.id[:12] in table.stamp
    at = [row.cells[0] if row.heading else None for row in table.rows].index(main.title)
    for code, row in zip(columns(findings, main), table.rows[at + 1 :], strict=False):
        band = bands.band(main.id, code)
        assert row.cells[2] == f"{points(band['low'])} to {points(band['high'])}"
        assert row.cells[3:5] == (of_draws(band["negative"]), of_draws(band["positive"]))


def test_the_report_has_a_section_and_without_bands_none(findings: dt.Findings, bands: dt.Bands) -> None:
    with_bands, without = document(findings, [bands]), document(findings)
    titles = [section.title for section in with_bands.sections]
    assert titles[:3] == ["In brief", "Who gains and who loses", "How sure it is"]
    assert [title for title in titles if title != "How sure it is"] == [s.title for s in without.sections]
    text = markdown(with_bands)
    assert "no standard error is known" in text
    assert text.count("not a probability") == text.count("any probability of it rests on beliefs") == 1
    assert text.count("probability") == 2


def test_json_holds_both_and_each_is_read_back(findings: dt.Findings, bands: dt.Bands) -> None:
    text = json_together(findings, [bands])
    assert dt.Findings.from_json(text) == findings
    assert text.startswith(findings.to_json()[:-1] + ',"bands":')
    assert dt.Bands.from_json(json.dumps(json.loads(text)["bands"])).to_json() == bands.to_json()


def test_the_folder_holds_both(findings: dt.Findings, bands: dt.Bands, tmp_path: Path) -> None:
    write_report(findings, tmp_path / "out", beside=[bands])
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    assert manifest["id"] == findings.id
    content = (tmp_path / "out/bands/bands.json").read_bytes()
    assert content.decode() == bands.to_json()
    assert manifest["files"]["bands/bands.json"]["sha256"] == hashlib.sha256(content).hexdigest()
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "out/bands/tables/draws.parquet"), bands.draws)
    assert "How sure it is" in (tmp_path / "out/report.html").read_text("utf-8")
    assert (tmp_path / "out/charts/bands.svg").is_file()


def test_bands_of_other_findings_are_refused(findings: dt.Findings, bands: dt.Bands) -> None:
    other = dt.run(findings.dispute, world=small_world(), deficits="balanced")
    with pytest.raises(BadInput, match="not those of these findings"):
        document(other, [bands])
    moved = replace(bands, bands=bands.bands.assign(run=bands.bands["run"] + 1e-5))
    with pytest.raises(BadInput, match=r"dt\.bands\(findings\)"):
        json_together(findings, [moved])


@pytest.fixture(scope="module")
def sets(findings: dt.Findings) -> dt.Bands:
    """The findings under every set of elasticities, each once."""
    only = dt.Over(deficits=("fixed",), spread=0)
    return dt.bands(findings, over=only, draws=len(only.elasticities), world=small_world())


def test_every_set_is_drawn_once(sets: dt.Bands) -> None:
    assert sets.draws is not None
    assert sorted(sets.draws["elasticities"]) == sorted(sets.over.elasticities)
    assert by_sets(sets)
    assert not by_sets(replace(sets, over=replace(sets.over, deficits=("fixed", "balanced"))))
    assert not by_sets(replace(sets, over=replace(sets.over, spread=0.25)))


def test_the_headline_has_the_ends_over_sets_and_how_many_lose(findings: dt.Findings, sets: dt.Bands) -> None:
    main = findings.main
    text = document(findings, [sets]).headline
    assert text.startswith(headline(findings))
    for code, name in (("USA", "the United States"), ("CHN", "China")):
        values = [float(dt.run(findings.dispute, world=small_world(), elasticities=its)[main.id]
                        .tables["economies"].set_index("economy").loc[code, "real_income"])
                  for its in ("CP", "U4")]  # fmt: skip
        row = sets.band(main.id, code)
        assert all(row["least"] - 1e-9 <= value <= row["most"] + 1e-9 for value in values)
        losing = round(row["negative"] * 8)
        said = {0: "none", 8: "all"}.get(losing, f"{losing} of them")
        assert f"{name} {signed_percent(row['least'])} to {signed_percent(row['most'])}, a loss under {said}" in text


def test_the_report_has_a_table_over_sets_and_no_chart_of_draws(findings: dt.Findings, sets: dt.Bands) -> None:
    (part,) = (s for s in document(findings, [sets]).sections if s.title == "How sure it is")
    assert [block.kind for block in part.blocks] == ["text", "text", "table"]
    assert "draws" not in part.blocks[0].text
    (table,) = (block for block in part.blocks if block.kind == "table")
    assert len(table.rows) == len(columns(findings, findings.main))
    assert sets.draws is not None
    main, about = findings.main, ["scenario", "quantity", "economy"]
    for code, row in zip(columns(findings, main), table.rows, strict=True):
        its = (sets.bands[about] == [main.id, "real_income", code]).all(axis=1)
        drawn = sets.draws[str(sets.bands.index[its][0])]
        assert row.cells[3:] == (f"{(drawn < 0).sum()} of 8", f"{(drawn > 0).sum()} of 8")


def test_the_report_says_how_to_draw_the_same_again(findings: dt.Findings, bands: dt.Bands, sets: dt.Bands) -> None:
    code = python_of_bands(bands)
    names: dict[str, object] = {"dt": dt, "findings": findings, "world": small_world()}
    exec(code.replace("dt.bands(findings, ", "dt.bands(findings, world=world, "), names)  # checks the id itself
    text = markdown(document(findings, [bands]))
    assert code.splitlines()[1] in text
    assert "dt.bands(" not in markdown(document(findings, [sets]))
    standard = dt.Over(worlds=bands.over.worlds, horizons=HORIZONS, level=(first_year_level(), 1.0))
    usual = replace(bands, over=standard, seed=0)
    assert (drawn_by_command(usual), drawn_by_command(bands), drawn_by_command(replace(usual, seed=1))) == (
        True,
        False,
        False,
    )
