"""Tables of a solution: order, units, and accounts that tie them to each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import detente as dt
from detente.data.bundled import toy_world
from detente.errors import BadInput, UnknownEconomy


@pytest.fixture(scope="module")
def solution() -> dt.Solution:
    economy = dt.calibrate(toy_world(37, n=4, j=3, empty=1), np.array([3.0, 5.0, 8.0]))
    t_cf = economy.t.copy()
    t_cf[0, 1] += 0.25
    return dt.solve(economy, dt.Shock(t_cf=t_cf))


def test_economies_keep_the_order_and_tie_to_trade(solution: dt.Solution) -> None:
    table, trade = solution.economies(), solution.trade()
    assert list(table["economy"]) == ["E1", "E2", "E3", "E4"]
    abroad = trade[trade["importer"] != trade["exporter"]]
    for when in ("before", "after"):
        imports = abroad.groupby("importer")[when].sum()
        exports = abroad.groupby("exporter")[when].sum()
        np.testing.assert_allclose(table[f"imports_{when}"], imports, rtol=1e-12)
        np.testing.assert_allclose(table[f"exports_{when}"], exports, rtol=1e-12)
        np.testing.assert_allclose(imports.to_numpy() - exports.to_numpy(), table[f"deficit_{when}"], rtol=1e-7)
    np.testing.assert_allclose(
        table["revenue_after"], (trade["tariff_after"] * trade["after"]).groupby(trade["importer"]).sum(), rtol=1e-12
    )


def test_real_income_in_usd_is_at_base_prices(solution: dt.Solution) -> None:
    table = solution.economies()
    np.testing.assert_allclose(table["real_income_usd"], table["real_income"] * table["income_before"], rtol=1e-12)
    np.testing.assert_allclose((1 + table["real_wage"]) * (1 + table["consumer_prices"]), np.ones(4), rtol=1e-12)


def test_employment_sums_to_the_labour_force(solution: dt.Solution) -> None:
    table = solution.sectors().fillna({"employment": 0.0})
    moved = (table["employment"] * table["value_added_before"]).groupby(table["economy"]).sum()
    np.testing.assert_allclose(moved / solution.base.wL, 0, atol=1e-9)
    gains = (table["employment"].clip(lower=0) * table["value_added_before"]).groupby(table["economy"]).sum()
    np.testing.assert_allclose(gains / solution.base.wL, solution.economies()["workers_moving"], rtol=1e-6)


def test_an_empty_sector_is_missing_not_zero(solution: dt.Solution) -> None:
    table = solution.sectors()
    empty = table["output_before"] == 0
    assert empty.sum() == 1
    assert table.loc[empty, ["output", "value_added", "employment"]].isna().all(axis=None)
    assert table.loc[~empty, ["output", "value_added", "employment"]].notna().all(axis=None)


def test_taxed_goods_cost_more_and_their_maker_sells_less(solution: dt.Solution) -> None:
    table = solution.sectors().set_index(["economy", "sector"])
    assert (table.loc["E1", "import_price"] > 0).all()
    trade = solution.trade()
    hit = trade[(trade["importer"] == "E1") & (trade["exporter"] == "E2") & (trade["before"] > 0)]
    assert (hit["after"] < hit["before"]).all()
    np.testing.assert_allclose(hit["tariff_after"] - hit["tariff_before"], 0.25, rtol=1e-12)


def test_balances(solution: dt.Solution) -> None:
    pair = solution.balance("E1", "E2")
    back = solution.balance("E2", "E1")
    np.testing.assert_allclose(pair, [-back[0], -back[1]], rtol=1e-12)
    assert pair[1] > pair[0]
    total = sum(solution.balance("E1", other)[1] for other in ("E2", "E3", "E4"))
    np.testing.assert_allclose(solution.balance("E1")[1], total, rtol=1e-12)
    np.testing.assert_allclose(-solution.balance("E1")[1], solution.D_cf[0], rtol=1e-6)
    with pytest.raises(UnknownEconomy):
        solution.balance("E1", "XXX")


def test_diversion_is_what_third_economies_gain(solution: dt.Solution) -> None:
    table = solution.diversion("E1", "E2")
    assert list(table["economy"]) == ["E3", "E4"]
    assert (table["change"] > 0).all()
    np.testing.assert_allclose(table["before"] * (1 + table["growth"]), table["after"], rtol=1e-12)
    with pytest.raises(BadInput, match="two economies"):
        solution.diversion("E1", "E1")


def test_the_ledger(solution: dt.Solution) -> None:
    table = solution.ledger("E1", households=1e6).set_index("item")["usd"]
    base = solution.base
    np.testing.assert_allclose(table["tariff revenue before"], base.R[0])
    np.testing.assert_allclose(
        table["of the revenue after: paid on inputs of firms"] + table["of the revenue after: paid on final purchases"],
        table["tariff revenue after"],
        rtol=1e-12,
    )
    np.testing.assert_allclose(table["change in real income"], (solution.W_hat[0] - 1) * base.I[0], rtol=1e-12)
    assert table["extra cost of the old final basket (consumers)"] > 0
    per_household = solution.ledger("E1", households=2e6)["usd_per_household"]
    np.testing.assert_allclose(per_household, table.to_numpy() * 1e6 / 2e6, rtol=1e-12)
    with pytest.raises(BadInput, match="above zero"):
        solution.ledger("E1", households=0)


def solved_at(solution: dt.Solution, change: float) -> dt.Solution:
    """The same equilibrium with the base arrays and one change of every economy's real income and wage."""
    base = solution.base
    same = dt.solve(base, dt.Shock())
    moved = np.full(len(base.economies), 1 + change)
    return replace(same, W_hat=moved, w_hat=moved, P_hat=np.ones_like(same.P_hat), I_cf=base.I * moved)


@pytest.mark.parametrize("change", [0.0, 1e-12, -1e-12, 9e-10])
def test_noise_is_zero_in_every_table(solution: dt.Solution, change: float) -> None:
    noisy = solved_at(solution, change)
    table, base = noisy.economies(), solution.base
    for column in ("real_income", "real_income_usd", "real_wage", "wage", "consumer_prices", "workers_moving"):
        assert (table[column] == 0).all(), column
    for level in ("income", "revenue", "exports", "imports", "deficit"):
        np.testing.assert_array_equal(table[f"{level}_after"], table[f"{level}_before"])
    sectors = noisy.sectors()
    assert (sectors[["consumer_price", "import_price"]].fillna(0.0) == 0).all(axis=None)
    for economy in base.economies:
        ledger = noisy.ledger(economy).set_index("item")["usd"]
        assert (ledger[[item for item in ledger.index if item.startswith(("change", "extra"))]] == 0).all()


def test_a_change_over_noise_is_told(solution: dt.Solution) -> None:
    table = solved_at(solution, 2e-9).economies()
    np.testing.assert_allclose(table["real_income"], 2e-9, rtol=1e-6)
    np.testing.assert_allclose(table["real_income_usd"], 2e-9 * solution.base.I, rtol=1e-6)


def test_a_shock_of_nothing_changes_nothing(solution: dt.Solution) -> None:
    still = dt.solve(solution.base, dt.Shock(t_cf=solution.base.t.copy()))
    assert (still.economies()[["real_income", "real_income_usd", "real_wage"]] == 0).all(axis=None)


def test_provenance_travels(solution: dt.Solution) -> None:
    assert solution.provenance["world"] == "toy-37"
    assert solution.provenance["outcome"] == "SOLVED"
    assert "toy-37" in repr(solution)
