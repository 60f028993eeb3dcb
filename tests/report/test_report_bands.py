"""Bands in words, tables and a folder: what they say is what was found, and no share is called a probability."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import detente as dt
from detente import bands
from detente.analyses.bands.band_tables import band_table, bands_chart, driver_table
from detente.analyses.bands.report import document, headline, main_scenario
from detente.analyses.bands.result import Bands
from detente.analyses.drawing import chart
from detente.data.bundled import load_world
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.ensemble.draws import Over
from detente.errors import BadInput
from detente.report.render import markdown, write_report
from ensemble.conftest import TEXT


@pytest.fixture(scope="module")
def world() -> World:
    whole = load_world("icio-2017")
    return whole.aggregate(economies={"OTH": [code for code in whole.economies if code not in {"USA", "CHN"}]})


@pytest.fixture(scope="module")
def found(world: World) -> Bands:
    dispute = Dispute.parse(TEXT, world=world)
    over = Over(elasticities=("CP", "U4"), deficits=("fixed",))
    return bands(dispute, over=over, draws=32, world=world, holds=["first-answered USA real_income < 0"])


def test_the_headline_gives_the_bands_of_the_answered_threat(found: Bands) -> None:
    assert main_scenario(found) == "first-answered"
    said = headline(found)
    assert said.startswith("first-answered: real income of")
    assert "of draws (median" in said
    for code in ("USA", "CHN"):
        share = found.band("first-answered", code)["negative"]
        assert f"{max(share, 1 - share) * 100:.0f}" in said


def test_tables_hold_every_scenario_of_every_party(found: Bands) -> None:
    rows = [row for row in band_table(found).rows if not row.heading]
    assert len(rows) == len(found.of_parties())
    assert {len(row.cells) for row in rows} == {7}
    shares = [row for row in driver_table(found).rows if not row.heading]
    assert len(shares) == len(rows)
    usd = band_table(found, "goods_balance")
    assert any("with everybody" in row.cells[0] for row in usd.rows)
    assert all("$" in row.cells[2] for row in usd.rows if not row.heading)


def test_the_report_never_calls_a_share_a_probability(found: Bands) -> None:
    text = markdown(document(found))
    assert f"holds in {found.holds[0].share:.0%} of draws" in text
    assert "no standard error is known" in text
    assert text.count("probability") == text.count("not a probability") == 1
    assert "likel" not in text.replace("knows how likely each assumption is", "")


def test_the_chart_has_the_numbers_of_the_table(found: Bands) -> None:
    drawn = bands_chart(found).to_dict()
    assert chart(found).to_dict() == drawn
    titled = str(bands_chart(found, {"first-answered": "The first threat, answered in kind"}).to_dict())
    assert "The first threat, answered in kind: United States" in titled.replace("\\n", " ")
    assert "first-answered:" not in titled
    rows = max(drawn["datasets"].values(), key=len)
    expected = found.of_parties()
    assert [row["low"] for row in rows] == pytest.approx(list(expected["low"] * 100))
    assert [row["median"] for row in rows] == pytest.approx(list(expected["median"] * 100))


def test_the_folder_is_whole(found: Bands, tmp_path: Path) -> None:
    names = write_report(found, tmp_path / "out")
    assert (
        sorted(p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*") if p.is_file())
        == names
    )
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    assert manifest["id"] == found.id
    assert set(manifest["files"]) == set(names) - {"manifest.json"}
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "out/tables/draws.parquet"), found.draws)


def test_numbers_of_a_function_have_a_report_too(world: World) -> None:
    def numbers(economy) -> dict[str, float]:
        return {"theta": float(economy.theta[0]), "nothing": 0.0}

    found = bands(numbers, over=Over(elasticities=("CP", "U4")), draws=32, world=world)
    text = markdown(document(found))
    assert "2 numbers over 32 draws" in text
    assert "theta" in text
    assert bands_chart(found).to_dict()


def test_where_nothing_changes_that_is_said_and_nothing_is_drawn(world: World) -> None:
    """A file without measures that could change: its baseline is its only state."""
    text = TEXT[: TEXT.index("measures:")] + "measures: []\n"
    nothing = bands(Dispute.parse(text, world=world), over=Over(elasticities=("U4",)), draws=4, world=world)
    assert nothing.bands.empty
    said = markdown(document(nothing))
    assert f"{nothing.title}: no scenario changes anything." in said
    assert "![" not in said
    assert "quantiles over draws" not in said
    with pytest.raises(BadInput, match="no state changes anything, so that there are no bands to draw"):
        bands_chart(nothing)


def war(economy: dt.Economy) -> dict[str, float]:
    return {"war": 3.2 + 0 * float(economy.theta[0]), "world": -5.0}


def test_the_numbers_of_a_function_have_no_unit_of_a_dispute_s(world: World) -> None:
    found = bands(war, over=Over(elasticities=("U4",), deficits=("fixed",)), draws=2, world=world)
    cells = {row.cells[0]: row.cells[1] for row in band_table(found).rows if not row.heading}
    assert cells == {"war": "3.200", "world": "−5.000"}
    assert "Falls in" in band_table(found).head


def test_scenarios_whose_titles_are_alike_at_first_have_a_row_each(found: Bands) -> None:
    start = "Tariffs on steel and aluminium from everybody in the world, answered in kind by"
    titles = {name: f"{start} number {k}" for k, name in enumerate(dict.fromkeys(found.bands["scenario"]))}
    labels = [
        row["label"]
        for row in bands_chart(found, titles).to_dict()["datasets"].values()
        for row in row
        if "label" in row
    ]
    assert len(titles) > 1
    assert len(set(labels)) == len(found.of_parties())
