"""Real GDP at base prices along the path: a second way, the numeraire, limits, and the split it belongs to."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

import detente as dt
from accounts import lab
from detente.model.parts import Parts
from detente.solver.along_path import TERMS, terms_along
from detente.solver.equilibrium import benchmark_unknowns, equilibrium
from detente.solver.fixed_point import Unknowns
from oracle.calibrate import Floats
from solver.labour_lab import RELIEF, economy


def at(base: dt.Economy, shock: dt.Shock, a: float) -> dt.Shock:
    """The shock at a fraction of the way, straight in ln(1+t)."""
    return dt.Shock(t_cf=(1 + base.t) ** (1 - a) * (1 + shock.t_cf) ** a - 1)


def by_expenditure(base: dt.Economy, shock: dt.Shock, steps: int) -> Floats:
    """ln real GDP (n,) as statistics chain it: final spending, plus exports, less imports, by Törnqvist in steps."""
    states = [dt.solve(base, at(base, shock, a)) for a in np.linspace(0, 1, steps + 1)]
    abroad = ~np.eye(len(base.economies), dtype=bool)[:, :, None]
    total = np.zeros(len(base.economies))
    for one, other in pairwise(states):
        final, traded = ([value(s) for s in (one, other)] for value in (spending, lambda s: abroad * s.M_cf))
        of_final = grown(*final) - np.log(other.P_hat / one.P_hat)
        of_trade = grown(*traded) - np.log(other.c_hat / one.c_hat)[None]
        for s, spent, flow in zip((one, other), final, traded, strict=True):
            trade = flow * of_trade
            added = (spent * of_final).sum(1) + trade.sum((0, 2)) - trade.sum((1, 2))
            total += 0.5 * added / (s.I_cf - s.net_imports_cf)
    return total


def spending(s: dt.Solution) -> Floats:
    """Final spending (n, j)."""
    return np.asarray(s.base.alpha * s.I_cf[:, None])


def grown(before: Floats, after: Floats) -> Floats:
    """The change of the log of what is there; zero where nothing is."""
    there = before > 0
    return np.log(np.where(there, after, 1.0) / np.where(there, before, 1.0))


@pytest.mark.parametrize("labour", [None, RELIEF])
def test_it_is_what_statistics_would_chain(labour: dt.Elastic | None) -> None:
    """From the expenditure side, which knows nothing of tariffs paid or labour at work."""
    base = economy(lab.toy(), labour)
    shock = dt.Shock(t_cf=lab.both_ways(base, 0, 1, 0.25))
    s = dt.solve(base, shock)
    # the error of Törnqvist is of the square of a step, so that two sizes of step tell it; the split adds up to 1e-6
    chained = (4 * by_expenditure(base, shock, 16) - by_expenditure(base, shock, 8)) / 3
    np.testing.assert_allclose(np.log(s.real_gdp_hat), chained, rtol=0, atol=2e-6)
    np.testing.assert_allclose(dt.decompose(base, shock, solution=s)["real_gdp"], np.log(s.real_gdp_hat), rtol=1e-12)


def test_the_numeraire_is_no_matter() -> None:
    """All nominal values of each point on the path in other units: the terms of real income move among themselves."""
    base = economy(lab.toy(), RELIEF)
    shock = dt.Shock(t_cf=lab.both_ways(base, 0, 1, 0.25))
    nominal = ("w_hat", "P_hat", "c_hat", "X_cf", "Y_cf", "I_cf", "R_cf", "D_cf", "net_imports_cf")

    def solved(step: dt.Shock, near: Unknowns) -> dt.Solution:
        s = equilibrium(base, step.wedges(base), "long", start=near)
        way = np.log((1 + step.t_cf[0, 1, 0]) / (1 + base.t[0, 1, 0]))
        unit = float(np.exp(0.7 * way))
        return replace(s, **{name: unit * getattr(s, name) for name in nominal})

    begin = benchmark_unknowns(base, "long")
    moved = terms_along(shock, solved(shock, begin), begin, solved)
    plain = dt.solve(base, shock).split
    np.testing.assert_allclose(moved["real_gdp"], plain["real_gdp"], rtol=0, atol=1e-6)
    assert np.abs(moved["transfers"] - plain["transfers"]).max() > 1e-4


def test_without_tariffs_a_small_tariff_moves_no_volume() -> None:
    """From free trade real GDP falls with the square of a tariff; what is bought abroad for more is a price."""
    world = replace(lab.toy(), tariffs=np.zeros_like(lab.toy().tariffs))
    base = lab.economy(world)
    fall = {r: np.log(dt.solve(base, dt.Shock(t_cf=lab.raised(base, 0, 1, r))).real_gdp_hat[0]) for r in (0.01, 0.02)}
    assert fall[0.02] / fall[0.01] == pytest.approx(4, rel=0.1)
    assert fall[0.01] < 0


def test_trade_costs_alone_move_no_volume_where_nothing_is_taxed() -> None:
    world = replace(lab.toy(), tariffs=np.zeros_like(lab.toy().tariffs))
    base = lab.economy(world)
    d_hat = np.ones_like(base.t)
    d_hat[0, 1] = 1.2
    np.testing.assert_allclose(dt.solve(base, dt.Shock(d_hat=d_hat)).real_gdp_hat, 1, rtol=0, atol=1e-9)


def test_it_is_missing_where_no_path_leads() -> None:
    base = lab.economy(lab.toy())
    one = np.ones(1)
    goods = (np.array([0]), np.array([1]), np.array([1]))
    t = base.t[goods]
    ban = dt.Shock(parts=Parts(*goods, one, t, t, closed=np.array([True])))
    assert np.isnan(dt.solve(base, ban).economies()["real_gdp"]).all()
    alone = equilibrium(base, dt.Shock().wedges(base), "long")
    assert np.isnan(alone.real_gdp_hat).all()
    with pytest.raises(dt.BadInput, match="path to this solution is not known"):
        _ = alone.split


def test_the_terms_are_those_of_the_split() -> None:
    base = lab.economy(lab.toy())
    s = dt.solve(base, dt.Shock(t_cf=lab.both_ways(base, 0, 1, 0.25)))
    assert sum(s.split[name] for name in TERMS) == pytest.approx(np.log(s.W_hat), abs=1e-6)


def test_nominal_gdp_is_what_is_spent_and_what_is_earned_in_two_units() -> None:
    """Final spending plus exports less imports at the border, against earnings and revenue; in two units."""
    base = lab.economy(replace(lab.toy(), economies=["USA", "B", "C", "D"][: len(lab.toy().economies)]))
    s = dt.solve(base, dt.Shock(t_cf=lab.both_ways(base, 0, 1, 0.25)))
    own = np.eye(len(base.economies), dtype=bool)[:, :, None]
    abroad = np.where(own, 0.0, s.M_cf)
    spent = spending(s).sum(1) + abroad.sum((0, 2)) - abroad.sum((1, 2))
    np.testing.assert_allclose(s.gdp_cf, spent, rtol=1e-8)  # the audit's bound on trade balances
    np.testing.assert_allclose(s.gdp_cf, s.w_hat * base.wL + s.R_cf, rtol=1e-8)
    table = s.economies()
    np.testing.assert_allclose(table["gdp_after"] / table["gdp_before"], 1 + table["nominal_gdp"])
    in_dollars = (1 + table["nominal_gdp"]) / (1 + table["nominal_gdp_dollars"])
    np.testing.assert_allclose(in_dollars, s.w_hat[0])  # one unit over the other, the same for everybody
    assert not dt.solve(base, dt.Shock()).economies()[["nominal_gdp", "nominal_gdp_dollars"]].to_numpy().any()


def test_there_are_no_dollars_without_the_united_states() -> None:
    base = lab.economy(lab.toy())
    table = dt.solve(base, dt.Shock(t_cf=lab.both_ways(base, 0, 1, 0.25))).economies()
    assert table["nominal_gdp_dollars"].isna().all()
    assert table["nominal_gdp"].notna().all()
