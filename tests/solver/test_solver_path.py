"""The split of real income adds up along the path, and each term means what it says."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.data.bundled import toy_world
from detente.errors import BadShock
from detente.model.parts import Parts
from detente.solver.along_path import chebyshev
from detente.solver.decomposition import first_order


def economy_of(deficits: str = "fixed") -> dt.Economy:
    return dt.calibrate(toy_world(29, n=4, j=3, empty=1), np.array([3.0, 5.0, 8.0]), deficits=deficits)  # type: ignore[arg-type]


def shocks(economy: dt.Economy) -> dict[str, dt.Shock]:
    t_cf = economy.t.copy()
    t_cf[0, 1] += 0.5
    t_cf[1, 0] = 0.0
    d_hat = np.ones(economy.t.shape)
    d_hat[2, 3] = 1.3
    D_cf = economy.D + 0.05 * economy.wL[0] * np.array([1.0, -1.0, 0.0, 0.0])
    t = economy.t[0, 1, 0]
    parts = Parts([0, 0], [1, 1], [0, 0], [0.3, 0.7], [t, t], [t + 0.25, t])
    return {
        "tariffs": dt.Shock(t_cf=t_cf),
        "trade costs": dt.Shock(d_hat=d_hat),
        "transfers": dt.Shock(D_cf=D_cf),
        "parts": dt.Shock(parts=parts),
        "all": dt.Shock(t_cf=np.where(economy.t == t, economy.t, t_cf), d_hat=d_hat, D_cf=D_cf, parts=parts),
    }


@pytest.mark.parametrize("deficits", ["fixed", "balanced", "proportional"])
@pytest.mark.parametrize("horizon", ["long", "short"])
@pytest.mark.parametrize("name", ["tariffs", "trade costs", "transfers", "parts", "all"])
def test_the_terms_add_up_to_the_exact_change(deficits: str, horizon: str, name: str) -> None:
    economy = economy_of(deficits)
    table = dt.decompose(economy, shocks(economy)[name], horizon=horizon)  # type: ignore[arg-type]
    np.testing.assert_allclose(table["total"], table["exact"], atol=1e-6)
    assert table["exact"].abs().max() > 1e-5


def test_each_term_is_moved_by_its_own_shock() -> None:
    economy = economy_of()
    trade_costs = dt.decompose(economy, shocks(economy)["trade costs"])
    assert trade_costs.loc[2, "trade_costs"] < 0
    assert (trade_costs.loc[[0, 1, 3], "trade_costs"] == 0).all()
    tariffs = dt.decompose(economy, shocks(economy)["tariffs"])
    assert (tariffs["trade_costs"] == 0).all()
    np.testing.assert_allclose(tariffs["transfers"], 0, atol=1e-12)


def test_without_tariffs_before_a_small_tariff_moves_only_the_terms_of_trade() -> None:
    """At free trade the volume term is second order: no revenue is lost on trade that carried no tariff."""
    economy = dt.calibrate(toy_world(31, n=3, j=2, highest_tariff=0.0), np.array([4.0, 5.0]))
    t_cf = economy.t.copy()
    t_cf[0, 1] += 0.001
    row = dt.decompose(economy, dt.Shock(t_cf=t_cf)).loc[0]
    assert row["terms_of_trade"] > 0
    assert abs(row["volume_of_trade"]) < 0.02 * row["terms_of_trade"]


def test_many_small_first_order_steps_converge_to_the_path() -> None:
    """What papers print in one step, taken in many, is the split along the path."""
    economy = economy_of()
    t_cf = economy.t.copy()
    t_cf[0, 1] += 0.5
    whole = dt.decompose(economy, dt.Shock(t_cf=t_cf))[["terms_of_trade", "volume_of_trade"]].to_numpy()

    def stepped(steps: int) -> np.ndarray:
        here, total = economy, np.zeros_like(whole)
        for a in np.linspace(0, 1, steps + 1)[1:]:
            tariff = (1 + economy.t) ** (1 - a) * (1 + t_cf) ** a - 1
            solution = dt.solve(here, dt.Shock(t_cf=tariff))
            total += first_order(here, solution)[["terms_of_trade", "volume_of_trade"]].to_numpy()
            here = here.at(solution)
        return total

    errors = [np.abs(stepped(steps) - whole).max() for steps in (1, 10, 40)]
    assert errors[1] < errors[0] / 5
    assert errors[2] < errors[1] / 3


def test_a_closed_cell_has_no_path() -> None:
    economy = economy_of()
    with pytest.raises(BadShock, match="no path exists"):
        dt.decompose(economy, dt.Shock(d_hat=np.where(economy.t > 0.2, np.inf, 1.0)))


def test_chebyshev_differentiates_and_integrates_polynomials_exactly() -> None:
    a, derivative, weights = chebyshev(6)
    np.testing.assert_allclose(derivative @ a**5, 5 * a**4, atol=1e-12)
    np.testing.assert_allclose(weights @ a**5, 1 / 6, atol=1e-14)
    assert (a[0], a[-1]) == (0.0, 1.0)
