"""Losses of groups of households: they add up to the economy's, and equal shares give equal losses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import detente as dt
from detente.data.bundled import toy_world
from detente.data.household_groups import HouseholdGroups
from detente.errors import BadInput, BadTable, UnknownSector
from detente.solver.distribution import REVENUE, household_losses
from detente.solver.first_round import ALL

SECTORS = ("S1", "S2", "S3")


@pytest.fixture(scope="module")
def case() -> tuple[dt.Solution, dt.Shock]:
    economy = dt.calibrate(toy_world(37, n=4, j=3, highest_tariff=0.3), np.array([3.0, 5.0, 8.0]))
    t_cf = economy.t.copy()
    t_cf[0, 1:] += 0.2
    t_cf[0, 1:, 2] += 0.3
    shock = dt.Shock(t_cf=t_cf)
    return dt.solve(economy, shock), shock


def groups_of(shares: np.ndarray, *groups: str) -> HouseholdGroups:
    return HouseholdGroups("E1", groups, SECTORS, shares)


UNEQUAL = np.array([[0.2, 0.3, 0.5], [0.3, 0.3, 0.3], [0.5, 0.4, 0.2]])


def test_groups_add_up_to_the_economy(case: tuple[dt.Solution, dt.Shock]) -> None:
    solution, shock = case
    table = household_losses(solution, shock, groups_of(UNEQUAL, "low", "middle", "high"))
    prices = dt.prices(solution, shock).set_index(["economy", "sector"])
    base = solution.base
    whole = table.groupby("prices")[["spending", "cost", *(f"loss_{who}" for who in REVENUE)]].sum()
    np.testing.assert_allclose(whole["spending"], base.I[0], rtol=1e-12)
    assert whole.loc["first_round", "cost"] == pytest.approx(
        base.I[0] * prices.loc[("E1", ALL), "first_round"], rel=1e-12
    )
    by_hand = (base.alpha[0] * base.I[0] * prices.loc["E1"].loc[list(SECTORS), "to_wage"].to_numpy()).sum()
    assert whole.loc["to_wage", "cost"] == pytest.approx(by_hand, rel=1e-12)
    revenue = solution.R_cf[0] / solution.w_hat[0] - base.R[0]
    for who, got in (("none", 0.0), ("equal", revenue), ("by_income", revenue)):
        np.testing.assert_allclose(whole["cost"] - whole[f"loss_{who}"], got, rtol=1e-9, atol=1e-9)


def test_equal_shares_give_equal_losses(case: tuple[dt.Solution, dt.Shock]) -> None:
    table = household_losses(*case, groups_of(np.full((4, 3), 0.25), *"abcd"))
    for _, rows in table.groupby("prices"):
        for column in ("cost", "cost_share", "loss_equal", "loss_by_income", "loss_none_share"):
            np.testing.assert_allclose(rows[column], rows[column].iloc[0], rtol=1e-12)


def test_own_consumption_costs_what_its_basket_does_and_is_missing_without_amounts(
    case: tuple[dt.Solution, dt.Shock],
) -> None:
    amounts = np.array([[4.0, 0.0, 1.0], [3.0, 2.0, 5.0]])
    table = household_losses(*case, HouseholdGroups("E1", ("a", "b"), SECTORS, np.full((2, 3), 0.5), amounts=amounts))
    prices = dt.prices(*case).set_index(["economy", "sector"]).loc["E1"].loc[list(SECTORS)]
    for name in ("first_round", "to_wage"):
        rows = table[table["prices"] == name]
        np.testing.assert_allclose(rows["consumption"], [5.0, 10.0])
        np.testing.assert_allclose(rows["consumption_cost"], amounts @ prices[name].to_numpy(), rtol=1e-12)
    bare = household_losses(*case, groups_of(UNEQUAL, "low", "middle", "high"))
    assert bare[["consumption", "consumption_cost"]].isna().all(axis=None)
    with pytest.raises(BadTable, match="amounts have shape"):
        HouseholdGroups("E1", ("a", "b"), SECTORS, np.full((2, 3), 0.5), amounts=-amounts)


def test_what_is_taxed_most_costs_its_buyers_most_and_equal_sums_help_the_poor(
    case: tuple[dt.Solution, dt.Shock],
) -> None:
    table = household_losses(*case, groups_of(UNEQUAL, "low", "middle", "high"))
    first = table[table["prices"] == "first_round"].set_index("group")
    assert first["cost_share"].is_monotonic_decreasing  # the low group buys most of S3, which pays most
    poor = groups_of(np.array([[0.1] * 3, [0.9] * 3]), "poor", "rich")
    table = household_losses(*case, poor)
    handed = table[table["prices"] == "first_round"].set_index("group")
    assert handed.loc["poor", "cost_share"] == pytest.approx(handed.loc["rich", "cost_share"])
    assert handed.loc["poor", "loss_equal_share"] < handed.loc["rich", "loss_equal_share"]
    assert handed.loc["poor", "loss_by_income_share"] == pytest.approx(handed.loc["rich", "loss_by_income_share"])


def rows(**changed: object) -> pd.DataFrame:
    table = pd.DataFrame(
        {"sector": np.repeat(SECTORS, 2), "group": ["a", "b"] * 3, "share": [0.4, 0.6, 0.5, 0.5, 0.7, 0.3]}
    )
    return table.assign(**changed) if changed else table


def test_a_table_is_read_as_it_is(tmp_path) -> None:
    rows().sample(frac=1, random_state=1).to_csv(tmp_path / "groups.csv", index=False)
    found = HouseholdGroups.read(tmp_path / "groups.csv", "E1", SECTORS)
    order = [found.groups.index(name) for name in "ab"]
    np.testing.assert_allclose(found.shares[order], [[0.4, 0.5, 0.7], [0.6, 0.5, 0.3]])


@pytest.mark.parametrize(
    ("table", "error", "said"),
    [
        (rows(share=[0.4, 0.5, 0.5, 0.5, 0.7, 0.3]), BadTable, "shares of S1 sum to 0.9, not 1"),
        (rows(share=[40, 60, 50, 50, 70, 30]), BadTable, r"sum to 100, not 1 \(fractions, not per cent\)"),
        (rows(share=[-0.4, 1.4, 0.5, 0.5, 0.7, 0.3]), BadTable, "group a in S1 is -0.4"),
        (rows(share=["0.4", "much", 0.5, 0.5, 0.7, 0.3]), BadTable, "row 2 is 'much'"),
        (rows().iloc[:4], BadTable, "S3 has no share of some group"),
        (pd.concat([rows(), rows().iloc[:1]]), BadTable, "group a has sector S1 twice"),
        (rows(sector=["S1", "S1", "S2", "S2", "S4", "S4"]), UnknownSector, "S4"),
        (rows().drop(columns="group"), BadTable, "lacks group"),
    ],
)
def test_a_table_that_does_not_sum_is_refused(table: pd.DataFrame, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        HouseholdGroups.read(table, "E1", SECTORS)


def test_groups_of_other_sectors_are_refused(case: tuple[dt.Solution, dt.Shock]) -> None:
    other = HouseholdGroups("E1", ("a",), ("S1", "S2"), np.ones((1, 2)))
    with pytest.raises(BadInput, match="not those of"):
        household_losses(*case, other)
