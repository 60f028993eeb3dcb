"""Consumer prices three ways, pass-through and the waterfall: by hand, at their limits, and against other accounts."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detente as dt
import wedge_lab
from detente.data.bundled import toy_world
from detente.errors import BadInput, BadShock
from detente.solver.first_round import ALL, first_round
from detente.solver.incidence import BARS, EVERYBODY

THETA = np.array([3.0, 5.0, 8.0])
IDENTITY = 1e-9
"""Of the base trade: what the bars may miss of their sum, as asked for."""


@pytest.fixture(scope="module")
def economy() -> dt.Economy:
    return dt.calibrate(toy_world(37, n=4, j=3, empty=1, highest_tariff=0.3), THETA)


def raised(economy: dt.Economy, add: float = 0.25, exporter: int = 1) -> dt.Shock:
    t_cf = economy.t.copy()
    t_cf[0, exporter] += add
    return dt.Shock(t_cf=t_cf)


def covered(economy: dt.Economy, add: float = 0.4, **more: Any) -> dt.Shock:
    """E1 adds a duty to three tenths of the first sector and to all of the second, of two exporters."""
    rows = [
        row
        for i in (1, 2)
        for row in (
            *wedge_lab.cell(economy, 0, i, 0, 0.3, 0.7, t_cf=float(economy.t[0, i, 0]) + add),
            *wedge_lab.cell(economy, 0, i, 1, 1.0, t_cf=float(economy.t[0, i, 1]) + add / 2),
        )
    ]
    return wedge_lab.shock_of(rows, **more)


def by_sector(table: pd.DataFrame, code: str, column: str) -> pd.Series[float]:
    return table[table["economy"] == code].set_index("sector")[column]


def test_the_first_round_is_the_leontief_inverse_by_hand() -> None:
    """Two goods: F = Σ π (k − 1) abroad, P − 1 = F + π_own G'(P − 1), solved with pencil for a 2 × 2 matrix."""
    economy = dt.Economy(
        pi=np.array([[[0.8, 0.5], [0.2, 0.5]], [[0.1, 0.1], [0.9, 0.9]]]),
        X=np.array([[100.0, 50.0], [80.0, 60.0]]),
        wL=np.array([90.0, 80.0]),
        gamma_va=np.array([[0.6, 0.7], [0.5, 0.5]]),
        gamma_io=np.array([[[0.3, 0.1], [0.1, 0.2]], [[0.25, 0.25], [0.25, 0.25]]]),
        alpha=np.array([[0.5, 0.5], [0.5, 0.5]]),
        theta=np.array([4.0, 6.0]),
        t=np.zeros((2, 2, 2)),
        D=np.zeros(2),
        economies=["A", "B"],
        sectors=["x", "y"],
    ).closed()
    t_cf = np.zeros((2, 2, 2))
    t_cf[0, 1, 1] = 0.10
    shock = dt.Shock(t_cf=t_cf)
    solution = dt.solve(economy, shock)
    own, buys = economy.pi[0, 0], economy.pi[0, 1, 1]
    # p_x = own_x (0.3 p_x + 0.1 p_y);  p_y = buys·0.10 + own_y (0.1 p_x + 0.2 p_y)
    direct = buys * 0.10
    determinant = (1 - 0.3 * own[0]) * (1 - 0.2 * own[1]) - 0.1 * own[0] * 0.1 * own[1]
    p_x, p_y = direct * 0.1 * own[0] / determinant, direct * (1 - 0.3 * own[0]) / determinant
    table = dt.prices(solution, shock)
    found = by_sector(table, "A", "first_round")
    np.testing.assert_allclose(found.to_numpy(), [p_x, p_y, (p_x + p_y) / 2], rtol=1e-12)
    assert (by_sector(table, "B", "first_round") == 0).all()
    before, _ = first_round(solution, shock)
    ln_c = np.log(1 + np.array([0.3 * p_x + 0.1 * p_y, 0.1 * p_x + 0.2 * p_y]))
    np.testing.assert_allclose(before[0, 0] - 1, own[0] * np.expm1(ln_c)[0], rtol=1e-12)


def test_without_measures_no_price_changes(economy: dt.Economy) -> None:
    still = dt.Shock(t_cf=economy.t.copy())
    solution = dt.solve(economy, still)
    assert (dt.prices(solution, still)[["first_round", "first_round_substituted", "to_wage"]].fillna(0) == 0).all(
        axis=None
    )
    assert dt.who_pays(solution, still).empty
    assert dt.pass_through(solution, still).empty


@cache
def at_rest(seed: int) -> tuple[dt.Economy, dt.Solution]:
    """An economy, and what it is without a shock, whose changes are all one."""
    economy = dt.calibrate(toy_world(seed, n=4, j=3, highest_tariff=0.3), THETA)
    return economy, dt.solve(economy, dt.Shock())


@settings(max_examples=15)
@given(
    add=st.floats(-0.2, 3.0),
    share=st.floats(0.05, 0.95),
    seed=st.integers(0, 5),
)
def test_substitution_never_raises_the_first_round(add: float, share: float, seed: int) -> None:
    """Power means of lower order. No equilibrium is needed."""
    economy, still = at_rest(seed)
    rows = wedge_lab.cell(economy, 0, 1, 0, share, 1 - share, t_cf=float(economy.t[0, 1, 0]) + max(add, 0.0))
    t_cf = economy.t.copy()
    t_cf[0, 2] = (1 + t_cf[0, 2]) * (1 + add) - 1
    shock = wedge_lab.shock_of(rows, t_cf=t_cf)
    before, after = first_round(still, shock)
    assert (after <= before * (1 + 1e-13)).all()
    if add > 0.01:
        assert (before[0] > 1).all()
        assert after[0, 0] < before[0, 0]


def test_a_small_change_has_one_first_round_and_the_exact_index_is_its_limit(economy: dt.Economy) -> None:
    shock = raised(economy, 1e-5)
    before, after = first_round(dt.solve(economy, shock), shock)
    np.testing.assert_allclose(after[0] - 1, before[0] - 1, rtol=1e-3)


def test_equilibrium_prices_are_those_of_real_income(economy: dt.Economy) -> None:
    shock = covered(economy)
    solution = dt.solve(economy, shock)
    table, economies = dt.prices(solution, shock), solution.economies()
    whole = table[table["sector"] == ALL]
    np.testing.assert_allclose(whole["to_wage"], economies["consumer_prices"], rtol=1e-12)
    np.testing.assert_allclose(
        (1 + economies["real_income"]) * (1 + whole["to_world_income"].to_numpy()),
        solution.I_cf / economy.I,
        rtol=1e-12,
    )
    assert table.groupby("economy")["weight"].sum().to_numpy() == pytest.approx(2 * np.ones(4))


def test_parts_count_by_their_share(economy: dt.Economy) -> None:
    """With no inputs, P̂ − 1 = Σ_i π_i Σ_m s_m (k_m − 1)."""
    bare = dt.calibrate(toy_world(37, n=4, j=3, highest_tariff=0.3, io=False), THETA)
    shock = covered(bare)
    before, _ = first_round(dt.solve(bare, shock), shock)
    for j, share, add in ((0, 0.3, 0.4), (1, 1.0, 0.2)):
        direct = sum(bare.pi[0, i, j] * share * add / (1 + bare.t[0, i, j]) for i in (1, 2))
        assert before[0, j] - 1 == pytest.approx(direct, rel=1e-12)


def test_trade_that_ends_has_no_price_before_substitution(economy: dt.Economy) -> None:
    shock = wedge_lab.shock_of(wedge_lab.cell(economy, 0, 1, 0, 0.4, 0.6, closed=True))
    solution = dt.solve(economy, shock)
    table = dt.prices(solution, shock)
    assert by_sector(table, "E1", "first_round").isna().all()
    assert by_sector(table, "E1", "first_round_substituted")[ALL] > 0
    assert by_sector(table, "E2", "first_round").notna().all()
    bars = dt.who_pays(solution, shock).iloc[0]
    ended = 0.4 * economy.pi[0, 1, 0] * economy.X[0, 0] / (1 + economy.t[0, 1, 0])
    assert bars["trade_ended"] == pytest.approx(ended, rel=1e-12)
    assert bars["lost_trade"] == pytest.approx(economy.t[0, 1, 0] * ended, rel=1e-12)
    assert dt.pass_through(solution, shock).empty


CASES = {
    "whole cells": (raised, {}),
    "a cut": (raised, {"add": -0.02}),
    "nearly prohibitive": (raised, {"add": 5.0}),
    "parts": (covered, {}),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("horizon", ["long", "short"])
def test_the_waterfall_sums_and_ties_to_revenue(economy: dt.Economy, case: str, horizon: Any) -> None:
    make, how = CASES[case]
    shock = make(economy, **how)
    solution = dt.solve(economy, shock, horizon=horizon)
    bars = dt.who_pays(solution, shock).set_index("importer")
    assert list(bars.index) == ["E1"]
    first = bars.loc["E1"]
    paid = first[["foreign_sellers", "consumers", "firms"]].sum()
    gone = first[["treasury", "trade_costs", "lost_trade"]].sum()
    assert abs(paid - gone) <= IDENTITY * first["base_trade"]
    revenue = solution.R_cf[0] / solution.w_hat[0] - economy.R[0]
    assert first["treasury"] + first["duties_elsewhere"] == pytest.approx(revenue, rel=1e-9)
    assert first["trade_costs"] == 0


def test_duties_inside_a_merged_economy_are_counted() -> None:
    world = toy_world(37, n=4, j=3, highest_tariff=0.3).aggregate({"M": ["E1", "E3"]})
    merged = dt.calibrate(world, THETA)
    shock = raised(merged)
    solution = dt.solve(merged, shock)
    bars = dt.who_pays(solution, shock).iloc[0]
    revenue = solution.R_cf[0] / solution.w_hat[0] - merged.R[0]
    assert bars["treasury"] + bars["duties_elsewhere"] == pytest.approx(revenue, rel=1e-9)


def test_trade_costs_and_charges_keep_the_sum(economy: dt.Economy) -> None:
    d_hat, e_cf = np.ones_like(economy.t), np.zeros_like(economy.t)
    d_hat[0, 1] = 1.1
    e_cf[1, 0] = 0.2
    e_cf[:, 0][0] = 0.0
    shock = dt.Shock(t_cf=raised(economy).t_cf, d_hat=d_hat, e_cf=e_cf)
    bars = dt.who_pays(dt.solve(economy, shock), shock)
    paid, gone = (bars[list(names)].sum(axis=1) for names in (BARS[:3], BARS[3:]))
    np.testing.assert_allclose(paid, gone, atol=IDENTITY * bars["base_trade"].max())
    assert (bars["importer"] == ["E1", "E2"]).all()
    assert bars["trade_costs"][0] > 0
    assert bars["foreign_sellers"][1] < 0  # they charge more than before


def test_lost_trade_is_second_order_and_the_rest_first(economy: dt.Economy) -> None:
    """Twice the duty: about twice what is paid and four times the excess burden, where base duties are none."""
    bare = dt.calibrate(toy_world(37, n=4, j=3, highest_tariff=0.0), THETA)
    one, two = (dt.who_pays(dt.solve(bare, raised(bare, add)), raised(bare, add)).iloc[0] for add in (1e-3, 2e-3))
    assert two["treasury"] / one["treasury"] == pytest.approx(2, rel=0.02)
    assert two["lost_trade"] / one["lost_trade"] == pytest.approx(4, rel=0.02)
    assert one["lost_trade"] > 0


def test_a_small_importer_pays_it_all_and_a_large_one_does_not() -> None:
    """Foreign prices in its own wage stay for an importer that is a thousandth of the world and buys little abroad."""
    rates = {}
    for size in (1e-4, 1.0):
        world = toy_world(37, n=4, j=3)
        scale = np.array([size, 1.0, 1.0, 1.0])
        flows = world.flows * scale[:, None, None] * scale[None, :, None]
        flows[0, 0] = world.flows[0, 0] * size
        economy = dt.calibrate(
            dt.World(flows=flows, tariffs=world.tariffs, economies=world.economies, sectors=world.sectors), THETA
        )
        shock = raised(economy, 0.1)
        table = dt.pass_through(dt.solve(economy, shock), shock).set_index("exporter")
        rates[size] = table.loc[EVERYBODY, "to_world_income"]
    assert rates[1e-4] == pytest.approx(1, abs=1e-3)
    assert rates[1.0] < 1 - 1e-3


def test_pass_through_by_hand(economy: dt.Economy) -> None:
    shock = covered(economy)
    solution = dt.solve(economy, shock)
    table = dt.pass_through(solution, shock).set_index("exporter")
    changes, duties, trade = 0.0, 0.0, 0.0
    for j, share, add in ((0, 0.3, 0.4), (1, 1.0, 0.2)):
        t = economy.t[0, 2, j]
        base = share * economy.pi[0, 2, j] * economy.X[0, j] / (1 + t)
        rise = (1 + t + add) / (1 + t)
        changes += base * (solution.c_hat[2, j] / solution.w_hat[0] * rise - 1)
        duties += base * (rise - 1)
        trade += base
    assert table.loc["E3", "base_trade"] == pytest.approx(trade, rel=1e-12)
    assert table.loc["E3", "to_wage"] == pytest.approx(changes / duties, rel=1e-12)
    assert table.loc["E3", "to_wage"] + table.loc["E3", "foreign_sellers"] == pytest.approx(1)
    pairs = table.drop(EVERYBODY)
    assert table.loc[EVERYBODY, "base_trade"] == pytest.approx(pairs["base_trade"].sum())
    assert pairs["to_wage"].min() <= table.loc[EVERYBODY, "to_wage"] <= pairs["to_wage"].max()


def test_the_shock_may_be_left_out(economy: dt.Economy) -> None:
    shock = covered(economy)
    solution = dt.solve(economy, shock)
    for read in (dt.prices, dt.who_pays, dt.pass_through):
        pd.testing.assert_frame_equal(read(solution), read(solution, shock))
    unknown = replace(solution, shock=None)
    assert dt.prices(unknown)["first_round"].isna().all()
    with pytest.raises(BadInput, match="give the shock beside it"):
        dt.who_pays(unknown)


def test_another_shock_is_refused(economy: dt.Economy) -> None:
    solution = dt.solve(economy, raised(economy))
    for read in (dt.prices, dt.who_pays, dt.pass_through):
        with pytest.raises(BadShock, match="give the shock that was solved"):
            read(solution, raised(economy, 0.1))


def test_order_and_currency_change_nothing() -> None:
    world = toy_world(37, n=4, j=3, highest_tariff=0.3)
    back = [2, 0, 3, 1]
    moved = dt.World(
        flows=world.flows[np.ix_(back, back)] * 7.0,
        tariffs=world.tariffs[np.ix_(back, back)],
        io=world.io[back] * 7.0,
        value_added=world.value_added[back] * 7.0,
        economies=[world.economies[k] for k in back],
        sectors=world.sectors,
    )
    first, second = (dt.calibrate(its, THETA) for its in (world, moved))
    t_cf = second.t.copy()
    t_cf[1, 3] += 0.25  # E1 on E2 in the other order
    shocks = raised(first), dt.Shock(t_cf=t_cf)
    one, two = (dt.who_pays(dt.solve(e, s), s).iloc[0] for e, s in zip((first, second), shocks, strict=True))
    np.testing.assert_allclose([two[name] / 7 for name in BARS], [one[name] for name in BARS], rtol=1e-7, atol=1e-6)
    tables = (
        dt.prices(dt.solve(e, s), s).set_index(["economy", "sector"])
        for e, s in zip((first, second), shocks, strict=True)
    )
    a, b = tables
    np.testing.assert_allclose(b.loc[a.index].to_numpy(), a.to_numpy(), rtol=1e-6, atol=1e-9)


def test_quotas_and_duties_per_unit_count_at_the_rates_found(economy: dt.Economy) -> None:
    t = float(economy.t[0, 1, 0])
    rows = wedge_lab.cell(economy, 0, 1, 0, 0.5, 0.5, t_cf=t, specific=0.2)
    shock = wedge_lab.shock_of(rows)
    solution = dt.solve(economy, shock)
    assert solution.parts is not None
    rate = float(solution.parts.t_cf[0])
    before, _ = first_round(solution, shock)
    plain = wedge_lab.shock_of(wedge_lab.cell(economy, 0, 1, 0, 0.5, 0.5, t_cf=rate))
    same, _ = first_round(dt.solve(economy, plain), plain)
    np.testing.assert_allclose(before, same, rtol=1e-9)
    bars = dt.who_pays(solution, shock).iloc[0]
    assert bars[list(BARS[:3])].sum() == pytest.approx(bars[list(BARS[3:])].sum(), rel=1e-9)
