"""Solved means admissible: positive incomes, or a refusal that names the economy, the amount and a remedy."""

from __future__ import annotations

import re
from contextlib import nullcontext

import numpy as np
import pytest

import detente as dt
from detente.data.bundled import toy_world
from detente.errors import NotSolved
from detente.model.benchmark import Benchmark
from detente.model.shock import Wedges
from detente.solver import continuation, equilibrium, refusal
from jax_lab import solved_in_jax


@pytest.fixture(scope="module")
def real() -> dt.Economy:
    return dt.calibrate(dt.load_world("icio-2017"), elasticities="CP")


@pytest.fixture(scope="module")
def economy() -> dt.Economy:
    return dt.calibrate(toy_world(7, n=4, j=3), np.array([3.0, 5.0, 8.0]), deficits="balanced")


def on_all_imports(base: dt.Economy, n: int, rate: float) -> dt.Shock:
    t_cf = base.t.copy()
    t_cf[n] = rate
    t_cf[n, n] = base.t[n, n]
    return dt.Shock(t_cf=t_cf)


def closed(base: dt.Economy, *, sells: int | None = None, buys: int | None = None) -> dt.Shock:
    """An economy that can sell nothing, or buy nothing, abroad."""
    d_hat = np.ones(base.t.shape)
    for n, cells in ((sells, np.s_[:, sells]), (buys, np.s_[buys])):
        if n is not None:
            d_hat[cells] = np.inf
            d_hat[n, n] = 1.0
    return dt.Shock(d_hat=d_hat)


def test_a_subsidy_that_luxembourg_cannot_pay_is_refused_with_its_cause(real: dt.Economy) -> None:
    shock = on_all_imports(real, real.index("LUX"), -0.3)
    found = dt.solve(real, shock, throw=False)
    assert found.outcome is dt.Outcome.NOT_ADMISSIBLE
    assert re.search(
        r"income of LUX would be -[\d,.]+ USD million: factor income of 69,\d{3}, less 49,\d{3} for subsidies on its "
        r"purchases and 20,104 for the trade surplus that the closure holds\. Incomes are positive up to 94\.\d% of "
        r"the shock: try a smaller subsidy",
        found.cause,
    )
    assert found.cause in repr(found)
    with pytest.raises(NotSolved, match=r"no equilibrium with positive incomes was found: .* LUX"):
        dt.solve(real, shock)


def test_a_subsidy_that_it_can_pay_is_solved(real: dt.Economy) -> None:
    n = real.index("LUX")
    found = dt.solve(real, on_all_imports(real, n, -0.27))
    assert found.outcome is dt.Outcome.SOLVED
    assert found.cause == ""
    assert 0 < found.W_hat[n] < 0.2


def test_a_surplus_that_cannot_be_earned_names_the_closure_and_the_others(real: dt.Economy) -> None:
    own = np.eye(len(real.economies), dtype=bool)[:, :, None]
    shock = dt.Shock(t_cf=np.where(own, 0.0, 20.0) * np.ones(real.t.shape))
    found = dt.solve(real, shock, throw=False)
    assert found.outcome is dt.Outcome.NOT_ADMISSIBLE
    assert re.search(
        r"for the trade surplus that the closure holds.* try deficits='proportional' or 'balanced'", found.cause
    )
    other = dt.calibrate(dt.load_world("icio-2017"), elasticities="CP", deficits="proportional")
    assert dt.solve(other, shock).outcome is dt.Outcome.SOLVED


@pytest.mark.parametrize("horizon", ["long", "short"])
def test_borders_closed_on_one_side_are_named(economy: dt.Economy, horizon: equilibrium.Horizon) -> None:
    found = dt.solve(economy, closed(economy, sells=1), horizon=horizon, throw=False)
    assert found.outcome is dt.Outcome.NOT_ADMISSIBLE
    assert "E2 can sell nothing to others but would still buy from them: leave an export open" in found.cause
    found = dt.solve(economy, closed(economy, buys=2), horizon=horizon, throw=False)
    assert "E3 can buy nothing from others but would still sell to them: leave an import open" in found.cause
    assert dt.solve(economy, closed(economy, sells=1, buys=1), horizon=horizon).outcome is dt.Outcome.SOLVED


def test_a_transfer_to_a_closed_economy_is_named() -> None:
    base = dt.calibrate(toy_world(7, n=4, j=3), np.array([3.0, 5.0, 8.0]))
    lends, borrows = int(base.D.argmin()), int(base.D.argmax())
    for n, verb in ((lends, "sell nothing to others but would have to lend"), (borrows, "would have to borrow")):
        found = dt.solve(base, closed(base, sells=n, buys=n), throw=False)
        assert found.outcome is dt.Outcome.NOT_ADMISSIBLE
        assert f"{base.economies[n]} can" in found.cause
        assert verb in found.cause


def test_a_deficit_pays_for_imports_where_nothing_can_be_sold() -> None:
    base = dt.calibrate(toy_world(7, n=4, j=3), np.array([3.0, 5.0, 8.0]))
    n = int(base.D.argmax())
    found = dt.solve(base, closed(base, sells=n))
    assert found.M_cf[n].sum() - found.M_cf[n, n].sum() == pytest.approx(base.D[n])


def test_steps_from_the_benchmark_reach_what_one_leap_loses(
    economy: dt.Economy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A root with a negative income, or no root at all, is not the end where the way from the benchmark leads on."""
    shock = on_all_imports(economy, 0, 0.4)
    direct = dt.solve(economy, shock)
    judge = equilibrium._outcome
    verdicts = iter([dt.Outcome.NOT_ADMISSIBLE])
    monkeypatch.setattr(equilibrium, "_outcome", lambda raw: next(verdicts, None) or judge(raw))
    found = dt.solve(economy, shock)
    assert found.outcome is dt.Outcome.SOLVED
    np.testing.assert_allclose(found.W_hat, direct.W_hat, rtol=1e-10)


def test_a_search_is_told_that_a_root_is_not_admissible(real: dt.Economy) -> None:
    """A leap looks no further, in JAX as in NumPy."""
    wedges = on_all_imports(real, real.index("LUX"), -0.29).wedges(real)
    for backend in (nullcontext, solved_in_jax):
        with backend():
            found = equilibrium.equilibrium(real, wedges, "long", throw=False, leap=True)
        assert found.outcome is not dt.Outcome.SOLVED


def test_small_trade_balances_relative_to_trade_in_the_short_run() -> None:
    """Wages of economies that trade next to nothing are as exact as any."""
    base = dt.calibrate(toy_world(1, n=4, j=3), np.array([3.0, 5.0, 8.0]), deficits="balanced")
    own = np.eye(4, dtype=bool)[:, :, None]
    shock = dt.Shock(d_hat=np.where(own, 1.0, 100.0) * np.ones(base.t.shape))
    trade = dt.solve(base, shock, horizon="short").M_cf.sum(2) * (1 - np.eye(4))
    assert trade.sum() < 1e-4 * base.wL.sum()
    np.testing.assert_allclose(trade.sum(0), trade.sum(1), rtol=1e-8)


def test_part_of_a_shock_is_even_in_logs(economy: dt.Economy) -> None:
    shock = on_all_imports(economy, 0, 0.44)
    wedges = shock.wedges(economy)
    half, D = continuation.part_of(wedges, economy, np.ones(4), 0.5)
    np.testing.assert_allclose(1 / half.v, np.sqrt((1 + economy.t) * (1 + shock.t_cf)))
    np.testing.assert_allclose(half.K**2, wedges.K)
    np.testing.assert_allclose(D, (economy.D + 1) / 2)
    whole, last = continuation.part_of(wedges, economy, np.ones(4), 1.0)
    assert whole is wedges
    np.testing.assert_array_equal(last, np.ones(4))


def test_a_border_closes_evenly(economy: dt.Economy) -> None:
    wedges = closed(economy, sells=1, buys=1).wedges(economy)
    half, _ = continuation.part_of(wedges, economy, economy.D, 0.5)
    np.testing.assert_allclose(half.K[1, 0], 0.5**economy.theta)  # trade costs twice as high


def refused(base: Benchmark, **state: np.ndarray) -> str | None:
    zero = np.zeros(len(base.economies))
    made = type("Made", (), {"R_cf": zero, "rents_cf": zero, "transfers_cf": zero, **state})()
    return refusal.of_income(base, made, "fixed", 0.5, 1.0)


def test_what_weighs_most_decides_the_remedy(economy: dt.Economy) -> None:
    I_cf = np.array([1.0, -100.0, 1.0, 1.0])

    def amount(value: float) -> np.ndarray:
        return np.array([0.0, value, 0.0, 0.0])

    for paid, remedy in (
        ({"R_cf": amount(-3000.0)}, "try a smaller subsidy"),
        ({"rents_cf": amount(-3000.0), "R_cf": amount(-10.0)}, "try a smaller export subsidy"),
        ({"transfers_cf": amount(-3000.0), "R_cf": amount(20.0)}, "try deficits='proportional' or 'balanced'"),
        ({}, "try a smaller shock"),
    ):
        cause = refused(economy, I_cf=I_cf, **paid)
        assert cause is not None
        assert cause.startswith("the income of E2 would be -100 USD million: factor income of ")
        assert cause.endswith(f"up to 50.0% of the shock: {remedy}")
    assert refused(economy, I_cf=np.abs(I_cf)) is None


def test_groups_that_trade_with_each_other_are_found() -> None:
    links = np.zeros((4, 4), dtype=bool)
    links[0, 1] = links[1, 0] = links[2, 0] = links[3, 2] = links[2, 3] = True
    groups = {tuple(np.flatnonzero(mask)) for mask in refusal._groups(links)}
    assert groups == {(0, 1), (2, 3)}


def test_nothing_is_said_of_borders_that_are_open(economy: dt.Economy) -> None:
    wedges = Wedges(np.ones(economy.t.shape), economy.v, None)
    assert refusal.of_closed_borders(economy, wedges, economy.D, "balanced") is None


def test_what_neither_income_nor_border_explains_says_how_far_it_came(
    economy: dt.Economy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(equilibrium, "MAX_PASSES", 2)
    found = dt.solve(economy, on_all_imports(economy, 0, 0.4), throw=False)
    assert found.outcome is dt.Outcome.NOT_CONVERGED
    assert found.cause == "equilibria were found up to 0.0% of the shock (rates rising evenly in logs)"
    assert "largest gap" in found.verdict
