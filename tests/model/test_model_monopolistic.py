"""The monopolistic structure: profits stay at home, labour is fixed, and the accounts are Ossa's."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.errors import BadEconomy

SIGMA = np.array([3.0, 6.0])


def trade(seed: int = 0, n: int = 3) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    flows = draw.uniform(1, 5, (n, n, 2))
    flows[np.arange(n), np.arange(n)] += 20
    tariffs = draw.uniform(0, 0.3, (n, n, 2))
    tariffs[np.arange(n), np.arange(n)] = 0
    return flows, tariffs


def economy_of(deficits: str = "balanced") -> dt.Economy:
    flows, tariffs = trade()
    names = {"economies": ["A", "B", "C"], "sectors": ["S1", "S2"]}
    return dt.Economy.monopolistic(flows, tariffs, SIGMA, deficits, **names)  # type: ignore[arg-type]


def raised(economy: dt.Economy) -> dt.Shock:
    t_cf = economy.t.copy()
    t_cf[0, 1] += 0.3
    return dt.Shock(t_cf=t_cf)


def test_sales_are_wages_and_profits() -> None:
    economy = economy_of("fixed")
    flows, _ = trade()
    np.testing.assert_allclose(economy.profits, (flows.sum(0) / SIGMA).sum(1), rtol=1e-12)
    np.testing.assert_allclose(economy.wL + economy.profits, flows.sum((0, 2)), rtol=1e-12)


def test_what_ossa_writes_down_holds_after_a_tariff() -> None:
    """Profits are 1/σ of sales, sales of a sector are M̂ = τ̂^−σ ŵ^(1−σ) P̂^(σ−1) X̂, and wages pay the labour there is."""
    economy = economy_of()
    s = dt.solve(economy, raised(economy))
    tau = (1 + s.t_cf) / (1 + economy.t)
    X_hat = s.X_cf / economy.X
    implied = tau**-SIGMA * s.w_hat[None, :, None] ** (1 - SIGMA) * (s.P_hat ** (SIGMA - 1) * X_hat)[:, None, :]
    np.testing.assert_allclose(s.M_cf / economy.M, implied, rtol=1e-9)
    np.testing.assert_allclose((s.Y_cf * (1 - 1 / SIGMA)).sum(1), s.w_hat * economy.wL, rtol=1e-9)
    np.testing.assert_allclose(s.Y_cf.sum(1) + s.R_cf, s.I_cf, rtol=1e-9)


def test_the_split_has_a_term_for_profits() -> None:
    economy = economy_of()
    table = dt.decompose(economy, raised(economy))
    np.testing.assert_allclose(table["total"], table["exact"], atol=1e-6)
    assert table["profit_shifting"].abs().max() > 1e-5


def test_with_one_elasticity_profits_cannot_shift() -> None:
    flows, tariffs = trade()
    names = {"economies": ["A", "B", "C"], "sectors": ["S1", "S2"]}
    economy = dt.Economy.monopolistic(flows, tariffs, [4.0, 4.0], **names)  # type: ignore[arg-type]
    table = dt.decompose(economy, raised(economy))
    np.testing.assert_allclose(table["profit_shifting"], 0, atol=1e-9)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sigma": [1.0, 3.0]}, "is over one"),
        ({"sigma": [3.0]}, "do not fit"),
        ({"trade": -np.ones((3, 3, 2))}, "not negative"),
        ({"trade": np.full((3, 3, 2), np.nan)}, "every flow"),
    ],
)
def test_monopolistic_refusals(change: dict[str, object], words: str) -> None:
    flows, tariffs = trade()
    given = {"trade": flows, "tariffs": tariffs, "sigma": SIGMA, **change}
    with pytest.raises(BadEconomy, match=words):
        dt.Economy.monopolistic(**given, economies=["A", "B", "C"], sectors=["S1", "S2"])  # type: ignore[arg-type]
