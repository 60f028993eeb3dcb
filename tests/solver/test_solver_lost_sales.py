"""Who replaces whom: all of the loss, by part of a cell, against demand by hand and against other tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import detente as dt
from detente.data.bundled import toy_world
from detente.errors import BadInput, BadShock, UnknownEconomy
from detente.solver.lost_sales import COVERED, NOT_BOUGHT, OTHER, OWN, THIRD

THETA = np.array([3.0, 5.0, 8.0])
SUMS = 1e-9
"""Relative: what the rows may miss of the loss, as asked for; sums of doubles miss 1e-12."""


def economy_of(deficits: str = "fixed") -> dt.Economy:
    return dt.calibrate(toy_world(37, n=5, j=3, highest_tariff=0.3), THETA, deficits=deficits)  # type: ignore[arg-type]


def listed(economy: dt.Economy, exporters: tuple[int, ...] = (1, 2), add: float = 0.4) -> dt.Shock:
    """E1 adds a duty to three tenths of the first sector and to all of the second, of each exporter."""
    rows = [
        (0, i, j, share, economy.t[0, i, j], economy.t[0, i, j] + more)
        for i in exporters
        for j, share, more in ((0, 0.3, add), (0, 0.7, 0.0), (1, 1.0, add / 2))
    ]
    return dt.Shock(parts=dt.Parts(*(np.array(column) for column in zip(*rows, strict=True))))


def sums(table: pd.DataFrame, column: str = "change") -> dict[str, float]:
    return {str(who): float(value) for who, value in table.groupby("who")[column].sum().items()}


@pytest.mark.parametrize("deficits", ["fixed", "proportional", "balanced"])
@pytest.mark.parametrize("horizon", ["long", "short"])
@pytest.mark.parametrize("exporters", ["E2", ("E2", "E3"), None])
def test_the_rows_sum_to_the_loss(deficits: str, horizon: str, exporters: Any) -> None:
    economy = economy_of(deficits)
    shock = listed(economy)
    table = dt.substitution(dt.solve(economy, shock, horizon=horizon), shock, "E1", exporters)  # type: ignore[arg-type]
    for column in ("change", "change_at_base_prices"):
        parts = sums(table, column)
        loss = -parts.pop(COVERED)
        assert loss > 0
        assert sum(parts.values()) == pytest.approx(loss, rel=SUMS)
    shares = sums(table, "share")
    assert shares.pop(COVERED) == pytest.approx(-1.0, rel=SUMS)
    assert sum(shares.values()) == pytest.approx(1.0, rel=SUMS)


def test_sales_of_a_part_are_those_of_its_own_demand() -> None:
    """M'/M of a part is X̂ (ĉ k/P̂)^−θ (1+t)/(1+t'), with k = (1+t')/(1+t): constant elasticity, part by part."""
    economy = economy_of()
    shock = listed(economy)
    solution = dt.solve(economy, shock)
    assert shock.parts is not None
    sold = {True: np.zeros(3), False: np.zeros(3)}
    for m in range(len(shock.parts)):
        i, j = int(shock.parts.i[m]), int(shock.parts.j[m])
        t, t_cf = float(shock.parts.t[m]), float(shock.parts.t_cf[m])
        before = float(shock.parts.s[m] * economy.pi[0, i, j] * economy.X[0, j] / (1 + t))
        k = (1 + t_cf) / (1 + t)
        spending = float(solution.X_cf[0, j] / economy.X[0, j])
        grown = spending * (solution.c_hat[i, j] * k / solution.P_hat[0, j]) ** -THETA[j] / k
        after = before * float(grown)
        sold[t_cf != t] += np.array([before, after, after / solution.c_hat[i, j]])
    table = dt.substitution(solution, shock, "E1")
    rows = table.groupby("who")[["before", "after", "change_at_base_prices"]].sum()
    for who, covered in ((COVERED, True), (OTHER, False)):
        before, after, at_base = sold[covered]
        np.testing.assert_allclose(rows.loc[who], [before, after, at_base - before], rtol=1e-9)


def test_whole_cells_and_third_countries_are_those_of_the_tables_of_trade() -> None:
    economy = economy_of()
    t_cf = economy.t.copy()
    t_cf[0, 1] += 0.25
    shock = dt.Shock(t_cf=t_cf)
    solution = dt.solve(economy, shock)
    table = dt.substitution(solution, shock, "E1", "E2")
    trade = solution.trade()
    moved = trade[trade["importer"] == "E1"].groupby("exporter")[["before", "after"]].sum()
    for who, code in ((COVERED, "E2"), (OWN, "E1")):
        row = table[table["who"] == who].iloc[0]
        np.testing.assert_allclose(row[["before", "after"]].astype(float), moved.loc[code], rtol=1e-12)
    assert (table.loc[table["who"] == OTHER, ["before", "after"]] == 0).all(axis=None)
    third = table[table["who"] == THIRD].set_index("economy")["change"]
    pd.testing.assert_series_equal(
        third, solution.diversion("E1", "E2", goods_only=False).set_index("economy")["change"], rtol=1e-12
    )
    bought = table[table["who"] == NOT_BOUGHT].iloc[0]
    assert bought["before"] - bought["after"] == pytest.approx(bought["change"], rel=1e-12)
    assert bought["before"] == pytest.approx(float(moved["before"].sum()), rel=1e-12)
    assert bought["after"] == pytest.approx(float(moved["after"].sum()), rel=1e-9)


def test_volumes_of_everybody_else_rise_when_a_duty_rises() -> None:
    economy = economy_of()
    shock = listed(economy, exporters=(1,))
    volumes = sums(dt.substitution(dt.solve(economy, shock), shock, "E1"), "change_at_base_prices")
    assert volumes[COVERED] < 0 < min(volumes[who] for who in (OTHER, THIRD, OWN))


def test_a_cut_reverses_every_place() -> None:
    economy = economy_of()
    up = listed(economy, exporters=(1,), add=1e-4)
    down = listed(economy, exporters=(1,), add=-1e-4)
    raised, cut = (sums(dt.substitution(dt.solve(economy, s), s, "E1")) for s in (up, down))
    assert {who: np.sign(value) for who, value in raised.items()} == {who: -np.sign(v) for who, v in cut.items()}


def test_prices_at_the_border_have_charges_and_trade_costs() -> None:
    """Goods that cost a tenth more at the border sell as many fewer units for the same money."""
    economy = economy_of()
    t_cf = economy.t.copy()
    t_cf[0, 1] += 0.25
    e_cf = np.zeros(economy.t.shape)
    e_cf[0, 1] = 0.1
    shock = dt.Shock(t_cf=t_cf, e_cf=e_cf)
    solution = dt.solve(economy, shock)
    row = dt.substitution(solution, shock, "E1", "E2").iloc[0]
    units = (solution.M_cf[0, 1] / solution.c_hat[1]).sum() / 1.1
    assert row["change_at_base_prices"] == pytest.approx(units - row["before"], rel=1e-9)
    d_hat = np.ones(economy.t.shape)
    d_hat[0, 1] = 1.1
    costly = dt.Shock(t_cf=t_cf, d_hat=d_hat)
    solution = dt.solve(economy, costly)
    row = dt.substitution(solution, costly, "E1", "E2").iloc[0]
    units = (solution.M_cf[0, 1] / solution.c_hat[1]).sum() / 1.1
    assert row["change_at_base_prices"] == pytest.approx(units - row["before"], rel=1e-9)


def test_nothing_covered_is_no_rows_and_the_wrong_shock_is_refused() -> None:
    economy = economy_of()
    shock = listed(economy)
    solution = dt.solve(economy, shock)
    assert dt.substitution(solution, shock, "E3", "E1").empty
    assert dt.substitution(solution, shock, "E3").empty
    with pytest.raises(BadShock, match="give the shock that was solved"):
        dt.substitution(solution, listed(economy, add=0.1), "E1")
    with pytest.raises(BadInput, match="name other economies, each once"):
        dt.substitution(solution, shock, "E1", "E1")
    with pytest.raises(BadInput, match="name other economies, each once"):
        dt.substitution(solution, shock, "E1", ["E2", "E2"])
    with pytest.raises(UnknownEconomy):
        dt.substitution(solution, shock, "E1", "XXX")


def test_charges_and_bans_of_parts_cover_goods_too() -> None:
    """A charged part, a banned one and the rest of the cell: each at its own border price, and all of the cell."""
    economy = economy_of()
    t = float(economy.t[0, 1, 0])
    columns: dict[str, Any] = {"e_cf": [0.2, 0.0, 0.0], "closed": [False, True, False]}
    shock = dt.Shock(parts=dt.Parts([0] * 3, [1] * 3, [0] * 3, [0.3, 0.2, 0.5], [t] * 3, [t] * 3, **columns))
    solution = dt.solve(economy, shock)
    table = dt.substitution(solution, shock, "E1")
    theta, price = THETA[0], float(solution.c_hat[1, 0] / solution.P_hat[0, 0])
    spending = float(solution.X_cf[0, 0] / economy.X[0, 0] * economy.M[0, 1, 0])
    charged, rest = (s * spending * (k * price) ** -theta for s, k in ((0.3, 1.2), (0.5, 1.0)))
    covered, other = (table[table["who"] == who].iloc[0] for who in (COVERED, OTHER))
    assert covered["before"] == pytest.approx(0.5 * economy.M[0, 1, 0], rel=1e-12)
    assert covered["after"] == pytest.approx(charged, rel=1e-9)
    assert other["after"] == pytest.approx(rest, rel=1e-9)
    units = charged / 1.2 / float(solution.c_hat[1, 0])
    assert covered["change_at_base_prices"] == pytest.approx(units - covered["before"], rel=1e-9)
    assert table["change"][1:].sum() == pytest.approx(-covered["change"], rel=SUMS)
    assert table["change_at_base_prices"][1:].sum() == pytest.approx(-covered["change_at_base_prices"], rel=SUMS)


def test_duties_per_unit_count_at_the_rates_of_the_equilibrium() -> None:
    """A duty of 0.3 of the old border price is 0.3/ĉ of the new one; the same duty in per cent loses the same sales."""
    economy = economy_of()
    t = float(economy.t[0, 1, 0])
    cells: Any = ([0, 0], [1, 1], [0, 0], [0.4, 0.6], [t, t])
    unit = dt.Shock(parts=dt.Parts(*cells, [t, t], specific=[0.3, 0.0]))  # type: ignore[arg-type]
    solution = dt.solve(economy, unit)
    table = dt.substitution(solution, unit, "E1")
    rate = 0.3 / float(solution.c_hat[1, 0])
    same = dt.Shock(parts=dt.Parts(*cells, [t + rate, t]))  # type: ignore[arg-type]
    other = dt.substitution(dt.solve(economy, same), same, "E1")
    np.testing.assert_allclose(table["change"], other["change"], rtol=1e-6)
    assert table["change"][1:].sum() == pytest.approx(-table["change"][0], rel=SUMS)
