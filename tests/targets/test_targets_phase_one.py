"""Phase One: what the tables say, how categories lie on sectors, and who pays on icio-2017."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import detente as dt
from detente.targets.phase_one import PhaseOne, phase_one


@pytest.fixture(scope="module")
def world() -> dt.World:
    return dt.load_world("icio-2017")


@pytest.fixture(scope="module")
def agreed(world: dt.World) -> PhaseOne:
    return phase_one(world)


@pytest.fixture(scope="module")
def target(world: dt.World, agreed: PhaseOne) -> dt.Target:
    return dt.reach(dt.calibrate(world), agreed.goal, by="purchases")


def test_amounts_are_those_of_the_agreement(agreed: PhaseOne) -> None:
    """32.9, 12.5 and 18.5 billion over 50.2, 21.0 and 7.6 billion."""
    table = agreed.categories.set_index("category")
    assert table["extra"].to_dict() == {"manufactured goods": 32900.0, "agriculture": 12500.0, "energy": 18500.0}
    np.testing.assert_allclose(table["base"], [50151.479, 20969.793, 7649.222], rtol=1e-6)


def test_weights_of_codes_come_near_the_published_values(agreed: PhaseOne) -> None:
    """Nothing is fitted: two categories within 8 %, energy a third short: crude oil and gas are few codes of many."""
    table = agreed.categories.set_index("category")
    off = table["by_codes"] / table["base"] - 1
    assert abs(off["manufactured goods"]) < 0.08
    assert abs(off["agriculture"]) < 0.03
    assert -0.45 < off["energy"] < -0.3
    assert "energy -37%" in agreed.notes[0]


def test_the_source_is_there_heading_by_heading(shared: object) -> None:
    raw = pd.read_csv(shared / "data" / "policy" / "phase-one-annex-6-1-hs4.csv", dtype=str)  # type: ignore[operator]
    ours = pd.read_csv(phase_one.__globals__["HERE"] / "policy/phase-one-codes.csv", dtype=str)
    assert len(ours) == len(raw) == 536
    assert ours["code"].is_unique
    assert ours.groupby("category").size().to_dict() == {"agriculture": 215, "energy": 10, "manufactured goods": 311}


def test_categories_lie_where_their_goods_are_made(agreed: PhaseOne) -> None:
    shares = agreed.shares
    assert (shares.sum(axis=0) <= 1 + 1e-12).all()
    assert shares.loc["agriculture", "A01"] > 0.9
    assert shares.loc["energy", ["B05", "B06"]].min() > 0.5
    assert shares.loc["manufactured goods", "C28"] > 0.8
    assert shares.loc["energy", "C26"] == 0
    # methanol, which the annex names at six digits, is energy inside a heading of manufactured goods
    assert 0 < shares.loc["energy", "C20"] < 0.01


def test_growth_is_that_of_the_agreement(agreed: PhaseOne) -> None:
    table = agreed.categories
    np.testing.assert_allclose(table["world_extra"] / table["world_base"], table["extra"] / table["base"], rtol=1e-12)


def test_every_commitment_is_kept_and_paid_for(target: dt.Target) -> None:
    assert target.met
    np.testing.assert_allclose(target.levels["after"], target.levels["asked"], rtol=1e-8)
    assert (target.rates["rate"] > 0).all()
    assert target.solution.gap <= 1e-9


def test_china_pays_the_united_states_gains_and_rivals_lose(target: dt.Target) -> None:
    """Every other seller sells less to China, and those for whom it is the market lose; the world loses too."""
    income = target.economies().set_index("economy")["real_income_usd"]
    assert income["CHN"] < 0 < income["USA"]
    for rival in ("KOR", "TWN", "AUS", "BRA", "SAU", "AGO"):
        assert income[rival] < 0, rival
    assert (target.solution.diversion("CHN", "USA")["change"] < 0).all()
    assert income.sum() < 0


@pytest.mark.slow
def test_third_countries_lose_in_sum_but_for_what_deficits_assume(world: dt.World, agreed: PhaseOne) -> None:
    """With balanced trade they lose; who sells to the United States' other customers gains all the same."""
    balanced = dt.reach(dt.calibrate(world, deficits="balanced"), agreed.goal, by="purchases")
    income = balanced.economies().set_index("economy")["real_income_usd"]
    assert income.drop(["CHN", "USA"]).sum() < 0
    assert income["MEX"] > 0


def test_a_world_without_the_two_is_refused(world: dt.World) -> None:
    small = world.aggregate(economies={"ASIA": ["CHN", "JPN"]})
    with pytest.raises(dt.BadInput, match="needs CHN"):
        phase_one(small)
