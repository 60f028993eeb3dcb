"""The adjoint against central differences of whole solves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import detente as dt
from detente.data.bundled import toy_world
from detente.model.parts import Parts
from detente.solver.adjoint import bilateral_balance, log_real_income, tariff_revenue

#: Two closures and both horizons; `balanced` takes the path of `fixed` with D of zero, and the pairs left are slow.
SETTINGS = [("fixed", "long"), ("proportional", "short")]
OTHERS = [("balanced", "long"), ("balanced", "short"), ("fixed", "short"), ("proportional", "long")]


def economy_of(deficits: str) -> dt.Economy:
    return dt.calibrate(toy_world(23, n=4, j=3, empty=1), np.array([3.0, 5.0, 8.0]), deficits=deficits)  # type: ignore[arg-type]


def difference(value: Callable[[float], float], h: float = 1e-4) -> float:
    """Fourth-order central difference."""
    return (8 * (value(h) - value(-h)) - (value(2 * h) - value(-2 * h))) / (12 * h)


@pytest.mark.parametrize(
    ("deficits", "horizon"), [*SETTINGS, *(pytest.param(*pair, marks=pytest.mark.slow) for pair in OTHERS)]
)
def test_real_income_of_every_economy(deficits: str, horizon: str) -> None:
    economy = economy_of(deficits)
    t0 = economy.t.copy()
    t0[0, 1] += 0.25
    for code in ("E1", "E2"):
        slope = dt.gradient(economy, dt.Shock(t_cf=t0), log_real_income(economy, code), horizon=horizon)  # type: ignore[arg-type]
        for cell in ((0, 1, 0), (0, 2, 1), (1, 0, 2), (3, 2, 1)):

            def value(h: float, cell: tuple[int, int, int] = cell, code: str = code) -> float:
                t = t0.copy()
                t[cell] += h
                solution = dt.solve(economy, dt.Shock(t_cf=t), horizon=horizon)  # type: ignore[arg-type]
                return float(np.log(solution.W_hat[economy.index(code)]))

            np.testing.assert_allclose(slope[cell], difference(value), rtol=1e-6, atol=1e-8)


def test_revenue_and_balance() -> None:
    economy = economy_of("fixed")
    shock = dt.Shock(t_cf=economy.t)
    revenue = dt.gradient(economy, shock, tariff_revenue(economy, "E1"))
    balance = dt.gradient(economy, shock, bilateral_balance(economy, "E1", "E2"))
    cell = (0, 1, 1)

    def solved(h: float) -> dt.Solution:
        t = economy.t.copy()
        t[cell] += h
        return dt.solve(economy, dt.Shock(t_cf=t))

    np.testing.assert_allclose(revenue[cell], difference(lambda h: float(solved(h).R_cf[0])), rtol=1e-6)
    np.testing.assert_allclose(balance[cell], difference(lambda h: solved(h).balance("E1", "E2")[1]), rtol=1e-6)


def test_a_tariff_on_every_part_of_a_cell() -> None:
    economy = economy_of("fixed")
    t = economy.t[0, 1, 0]
    rows = ([0, 0], [1, 1], [0, 0], [0.3, 0.7], [t, t])

    def shock(h: float) -> dt.Shock:
        return dt.Shock(parts=Parts(*rows, [t + 0.25 + h, t + h]))

    slope = dt.gradient(economy, shock(0.0), log_real_income(economy, "E1"))
    expected = difference(lambda h: float(np.log(dt.solve(economy, shock(h)).W_hat[0])))
    np.testing.assert_allclose(slope[0, 1, 0], expected, rtol=1e-6)


def test_an_own_tariff_has_a_slope_and_a_closed_cell_has_none() -> None:
    economy = economy_of("fixed")
    d_hat = np.ones(economy.t.shape)
    d_hat[0, 1] = np.inf
    slope = dt.gradient(economy, dt.Shock(d_hat=d_hat), log_real_income(economy, "E1"))
    assert (slope[0, 1] == 0).all()
    assert np.isfinite(slope).all()
