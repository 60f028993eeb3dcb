"""Bands are quantiles over the draws that solved; statements count draws; every failure is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from detente import bands, run
from detente.analyses.bands.result import Bands
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.ensemble.draws import Over
from detente.ensemble.job import ABOUT
from detente.ensemble.summary import KEYS, REST
from detente.errors import BadInput, BadTable, NotSolved
from ensemble.conftest import DRAWS, FEW

LOSES = "first-answered USA real_income < 0"


def test_a_band_is_the_quantiles_of_its_draws(found: Bands) -> None:
    assert (found.count, found.solved) == (DRAWS, DRAWS)
    assert found.gap is not None
    assert found.gap <= 1e-9
    values = found.values
    for place in (0, 5, len(values.T) - 1):
        row = found.bands.iloc[place]
        np.testing.assert_allclose(
            row[["low", "median", "high"]].astype(float), np.quantile(values[:, place], [0.05, 0.5, 0.95])
        )
        assert row["positive"] == (values[:, place] > 0).mean()


def test_the_run_itself_stands_beside_the_band(found: Bands, dispute: Dispute, world: World) -> None:
    table = run(dispute, world=world)["first-answered"].tables["economies"].set_index("economy")
    for code in world.economies:
        row = found.band("first-answered", code)
        assert row["run"] == pytest.approx(table.loc[code, "real_income"], abs=1e-9)
        assert row["least"] <= row["low"] <= row["median"] <= row["high"] <= row["most"]


def test_findings_are_banded_as_they_were_run(dispute: Dispute, world: World) -> None:
    findings = run(dispute, world=world, elasticities="CP", deficits="balanced")
    got = bands(findings, over=FEW, draws=16, seed=3, world=world)
    assert got.settings.elasticities == "CP"
    assert got.settings.deficits == "balanced"
    income = findings["first"].tables["economies"].set_index("economy")["real_income"]
    assert got.band("first", "USA")["run"] == pytest.approx(income["USA"], abs=1e-9)
    with pytest.raises(BadInput, match="own world"):
        bands(findings, draws=16, deficits="fixed")


def test_a_statement_counts_the_draws_in_which_all_its_parts_hold(found: Bands) -> None:
    alone, both = found.holds
    usa, chn = (
        found.values[:, found.bands[(found.bands[list(KEYS[:3])] == list(key)).all(axis=1)].index[0]]
        for key in (("first-answered", "real_income", "USA"), ("first", "real_income", "CHN"))
    )
    assert alone.held == (usa < 0).sum()
    assert both.held == ((usa < 0) & (chn < 0)).sum()
    assert "holds in" in str(alone)
    assert "probab" not in str(alone)
    assert found.claim("first USA real_income > -100%").share == 1.0
    assert found.claim("first USA goods_balance CHN >= -20tn").share == 1.0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"draws": "x"}, "draws is 'x': give a whole number"),
        ({"draws": 1}, "draws is 1: give a whole number at least 2"),
        ({"seed": -1}, "seed is -1: give a whole number at least 0"),
        ({"over": "CP"}, "over is 'CP': give what is varied"),
        ({"holds": 3}, "holds is 3"),
        ({"result": 3}, "result is 3"),
        ({"result": "bands"}, "result='bands' is what draws"),
        ({"options": 3}, "options is 3: give a mapping"),
        ({"options": {"deficits": "fixed"}}, "deficits is an option of bands, not of what is drawn"),
        ({"over": FEW, "sets": ["CP"]}, "over says all that is varied"),
        ({"workers": "x"}, "workers is 'x': give a whole number"),
        ({"scheduler": 3}, "scheduler is 3: give text"),
        ({"folder": 3}, "folder is 3"),
        ({"progress": 3}, "progress is 3: give a function"),
    ],
)
def test_options_of_another_kind_are_refused(dispute: Dispute, world: World, given: dict, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        bands(dispute, world=world, **{"over": FEW, "draws": 2, **given})
    with pytest.raises(BadInput, match="what is banded is 3: give a dispute"):
        bands(3, world=world)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("USA loses", "is not a statement"),
        ("first USA real_incme < 0", "did you mean 'real_income'"),
        ("fist USA real_income < 0", "did you mean 'first'"),
        ("first USA goods_balance < 0", "there are"),
        ("first USA real_income < soon", "is not a number"),
    ],
)
def test_a_statement_that_cannot_be_read_is_refused(found: Bands, statement: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        found.claim(statement)


def test_drivers_sum_to_one_and_name_what_was_varied(found: Bands) -> None:
    named = set(found.drivers["assumption"])
    assert named == {"elasticities", "deficits", "elasticity draws", REST}
    sums = found.drivers.groupby(list(KEYS))["share"].sum(min_count=1)
    np.testing.assert_allclose(sums.dropna(), 1.0, atol=1e-12)
    assert (found.drivers["share"].dropna() >= 0).all()


def test_what_is_assumed_is_said(found: Bands) -> None:
    assert found.assumed == (
        "the standard errors of CP are as typed, not compared with the printed page",
        "ln theta spreads by 0.25 in 1 of 28 sectors of CP, for no standard error is known",
        "ln theta spreads by 0.25 in every sector of U4, for no standard error is known",
    )


def test_json_and_folder_read_back(found: Bands, tmp_path: Path) -> None:
    again = Bands.from_json(found.to_json())
    assert again.to_json() == found.to_json()
    assert again.holds == found.holds
    pd.testing.assert_frame_equal(again.bands, found.bands)
    with pytest.raises(BadInput, match=r"draws\.parquet"):
        again.claim(LOSES)
    folder = found.write(tmp_path / "out")
    draws = pd.read_parquet(folder / "tables" / "draws.parquet")
    np.testing.assert_array_equal(draws.drop(columns=list(ABOUT)).to_numpy(), found.values)
    assert "<table" in found._repr_html_()
    with pytest.raises(BadTable, match="no bands"):
        Bands.from_json("{}")
    with pytest.raises(BadTable, match="not JSON"):
        Bands.from_json("{")


def test_the_first_draws_of_more_are_the_same(found: Bands, dispute: Dispute, world: World) -> None:
    fewer = bands(dispute, over=FEW, draws=40, seed=3, world=world)
    pd.testing.assert_frame_equal(fewer.draws, found.draws.iloc[:40])
    assert fewer.id != found.id


def openness(economy) -> dict[str, float]:
    usa = economy.index("USA")
    return {"own share": float(economy.pi[usa, usa].mean()), "elasticity": float(economy.theta[0])}


def test_any_function_of_an_economy_is_banded(world: World) -> None:
    got = bands(openness, over=FEW, draws=32, seed=3, world=world)
    assert list(got.bands["quantity"]) == ["own share", "elasticity"]
    assert got.band("", "", "elasticity")["run"] == 4.0
    assert got.claim("elasticity > 1").share == 1.0
    with pytest.raises(BadInput, match="needs a world"):
        bands(openness, draws=8)


def scaled(economy, values) -> dict[str, float]:
    if economy.theta[0] > 8:
        raise NotSolved("too steep")
    return {"farm": values["farm"], "steady": 1.0}


def test_a_draw_that_fails_is_counted_and_in_no_band(world: World) -> None:
    over = Over(elasticities=("CP", "U4"), deficits=("fixed",), values={"farm": (1.0, 3.0)})
    got = bands(scaled, over=over, draws=64, seed=0, world=world)
    assert 0 < len(got.failures) < 64
    assert got.solved + len(got.failures) == 64
    assert set(got.failures["elasticities"]) == {"CP"}
    assert got.failures["outcome"].str.contains("too steep").all()
    row = got.band("", "", "farm")
    assert 1.0 < row["low"] < row["median"] < row["high"] < 3.0
    share = got.drivers.set_index(["quantity", "assumption"])["share"]
    assert share["farm", "farm"] > 0.9
    assert np.isnan(share["steady", "farm"])
    assert "farm lies between 1 and 3, evenly" in got.assumed


def test_too_few_draws_are_refused(dispute: Dispute, world: World) -> None:
    with pytest.raises(BadInput, match="draws is 1: give a whole number at least 2"):
        bands(dispute, draws=1, world=world)
