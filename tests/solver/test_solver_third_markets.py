"""Who faces the goods that lose a market: an account of sales that the table does not impose, and its limits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import detente as dt
from detente.errors import BadInput
from detente.solver.solution import Solution
from detente.solver.third_markets import HOME, LOST, MADE, THIRD, third_markets


@pytest.fixture(scope="module")
def solution() -> Solution:
    whole = dt.load_world("icio-2017")
    kept = {"USA", "CHN", "MEX", "DEU"}
    world = whole.aggregate(economies={"OTH": [code for code in whole.economies if code not in kept]})
    economy = dt.calibrate(world)
    t = economy.t.copy()
    t[world.index("USA"), world.index("CHN"), [world.sector_index(name) for name in world.goods]] += 0.25
    return dt.solve(economy, dt.Shock(t_cf=t))


def test_what_is_lost_goes_elsewhere_is_used_at_home_or_is_not_made(solution: Solution) -> None:
    """Produced is the output of the equilibrium, (4), not the sum of the rows above it."""
    table, base = third_markets(solution, "USA", "CHN"), solution.base
    i = base.index("CHN")
    assert len(table["sector"].unique()) > 10
    for sector, its in table.groupby("sector"):
        j = base.sector_index(str(sector))
        by = its.groupby("who")["change"].sum()
        output = float(solution.Y_cf[i, j] - base.Y[i, j])
        assert -by[LOST] == pytest.approx(by[THIRD] + by[HOME] - output, abs=1e-7 * base.Y[i, j])
        made = its[its["who"] == MADE].iloc[0]
        assert made["after"] == pytest.approx(solution.Y_cf[i, j], rel=1e-8)
        volume = float(solution.Y_cf[i, j] / solution.c_hat[i, j] - base.Y[i, j])
        assert made["change_at_base_prices"] == pytest.approx(volume, abs=1e-7 * base.Y[i, j])


def test_third_markets_get_more_and_the_importer_less(solution: Solution) -> None:
    table = third_markets(solution, "USA", "CHN")
    volumes = table.groupby("who")["change_at_base_prices"].sum()
    assert volumes[LOST] < volumes[MADE] < 0 < volumes[THIRD]
    with pytest.raises(BadInput, match="name two economies"):
        third_markets(solution, "USA", "USA")


def test_the_share_of_imports_is_the_sellers_part_of_what_a_market_imports(solution: Solution) -> None:
    table, base = third_markets(solution, "USA", "CHN"), solution.base
    lost = table[table["who"] == LOST].set_index("sector")["share_of_imports"]
    n, i, j = base.index("USA"), base.index("CHN"), base.sector_index("C26")
    foreign = np.arange(len(base.economies)) != n
    assert lost["C26"] == pytest.approx(base.M[n, i, j] / base.M[n, foreign, j].sum())
    assert pd.isna(table[table["who"] == HOME]["share_of_imports"]).all()


def test_an_unchanged_world_loses_no_market(solution: Solution) -> None:
    same = dt.solve(solution.base, dt.Shock(t_cf=solution.base.t))
    table = third_markets(same, "USA", "CHN")
    assert table.empty or np.abs(table["change"]).max() < 1e-6 * table["before"].max()
