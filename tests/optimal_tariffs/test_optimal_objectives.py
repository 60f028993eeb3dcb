"""What governments want, computed by hand from solutions."""

from __future__ import annotations

import numpy as np
import pytest
from war_lab import game, monopolistic, ricardian, uniform_tariffs, weights

import detente as dt
from detente.errors import BadInput, UnknownEconomy
from detente.optimal_tariffs.governments import Objective

ECONOMIES = [
    pytest.param(ricardian, closure, id=f"ricardian-{closure}") for closure in ("balanced", "fixed", "proportional")
] + [pytest.param(monopolistic, closure, id=f"monopolistic-{closure}") for closure in ("balanced", "fixed")]


def payoffs(economy, shock, objective=None):
    return game(economy, objective=objective, start=shock).at_start()


def raised(economy):
    return dt.Shock(t_cf=uniform_tariffs(economy, 0, 0.4))


@pytest.mark.parametrize(("make", "closure"), ECONOMIES)
def test_weights_of_one_are_real_income(make, closure):
    economy = make(deficits=closure)
    change = payoffs(economy, raised(economy)) - payoffs(economy, dt.Shock())
    np.testing.assert_allclose(change, np.log(dt.solve(economy, raised(economy)).W_hat), atol=1e-10)


def test_political_weights_are_ossas_sum_over_sectors():
    """G = Σ_j λ_j (w L_j + π_j + L_j/L · (revenue and transfers)) / P."""
    economy = monopolistic(deficits="fixed")
    chosen = weights(economy)
    s = dt.solve(economy, raised(economy))
    profits = economy.profit_share * s.Y_cf
    wages = s.Y_cf - profits
    rebate = (s.R_cf + s.D_cf)[:, None] * wages / wages.sum(1, keepdims=True)
    G = (chosen * (wages + profits + rebate)).sum(1) / np.exp((economy.alpha * np.log(s.P_hat)).sum(1))
    found = payoffs(economy, raised(economy), Objective(weights=chosen))
    np.testing.assert_allclose(found, np.log(G), atol=1e-10)


def test_revenue_and_balances_are_added_over_income():
    economy = ricardian()
    objective = Objective(revenue={"E1": 0.3}, balance={("E1", "E2"): 0.2, "E3": 0.5})
    s = dt.solve(economy, raised(economy))
    plain = payoffs(economy, raised(economy))
    expected = np.zeros(3)
    expected[0] = 0.3 * s.R_cf[0] + 0.2 * s.balance("E1", "E2")[1]
    expected[2] = 0.5 * s.balance("E3")[1]
    added = payoffs(economy, raised(economy), objective) - plain
    np.testing.assert_allclose(added, expected / economy.I, atol=1e-10)


def test_an_objective_says_what_it_is():
    objective = Objective(revenue={"E1": 0.3}, balance={("E1", "E2"): 0.2, "E3": 1.0})
    said = "real income + 0.3 × revenue of E1 + 0.2 × trade balance of E1 with E2 + 1 × trade balance of E3"
    assert str(objective) == said
    assert "political weights" in str(Objective(weights=np.ones((3, 2))))


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (Objective(weights=np.ones(3)), r"have shape \(3,\)"),
        (Objective(weights=np.ones((2, 3))), r"is \(3, 2\)"),
        (Objective(weights=[[1.5, 0.5], [2.5, -0.5], [1, 1]]), "weight of E2 on S2 is -0.5: not negative"),
        (Objective(weights=[[np.nan, 1], [1, 1], [1, 1]]), "weight of E1 on S1 is nan"),
        (Objective(weights=[[1, 1], [1, 1.2], [1, 1]]), "of E2 average 1.1, not 1"),
        (Objective(revenue={"E1": np.nan}), "weight on revenue of E1 is nan"),
        (Objective(balance={"E1": np.inf}), "weight on the balance of E1 is inf"),
    ],
)
def test_objectives_that_do_not_fit_are_refused(bad, words):
    with pytest.raises(BadInput, match=words):
        bad.parameters(ricardian())


@pytest.mark.parametrize("bad", [Objective(revenue={"E9": 1}), Objective(balance={("E1", "E9"): 1})])
def test_an_objective_names_known_economies(bad):
    with pytest.raises(UnknownEconomy, match="E9"):
        bad.parameters(ricardian())


def test_rounded_weights_and_negative_zero_pass():
    rounded = np.array([[1.9999, -0.0], [1, 1], [0.4996, 1.5]])
    assert Objective(weights=rounded).parameters(ricardian()).weights.shape == (3, 2)
