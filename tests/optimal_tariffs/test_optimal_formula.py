"""Lashkaripour's formula: by hand, in the limit where it is exact, and beside the true best rate."""

from __future__ import annotations

import numpy as np
import pytest
from war_lab import monopolistic, one_sector, ricardian

import detente as dt
from detente.errors import BadInput, NotSolved
from detente.optimal_tariffs import formula
from detente.optimal_tariffs.formula import formula_rates, formula_war


@pytest.fixture(scope="module")
def economy():
    return ricardian(io=False)


def test_the_rate_is_the_inverse_elasticity_of_exports(economy):
    s = dt.solve(economy, dt.Shock())
    found = formula_rates(s)
    for i in range(3):
        exports = np.array([s.M_cf[n, i] for n in range(3) if n != i])
        falls = np.array([economy.theta * (1 - s.pi_cf[n, i]) for n in range(3) if n != i])
        assert found[i] == pytest.approx(exports.sum() / (exports * falls).sum(), rel=1e-12)


def test_at_the_war_rates_are_the_formulas(economy):
    war = formula_war(economy)
    np.testing.assert_allclose(formula_rates(war.solution), war.rates, rtol=1e-7)
    for n in range(3):
        np.testing.assert_allclose(np.delete(war.solution.t_cf[n], n, 0), war.rates[n], rtol=1e-9)
        np.testing.assert_allclose(war.solution.t_cf[n, n], 0, atol=1e-12)


def test_it_is_exact_where_foreign_income_does_not_move():
    """Two economies, no foreign tariff: the formula at the optimum is the optimum."""
    economy = one_sector((1000, 1000), 4.0)
    answer = dt.best_response(economy, "H")
    assert formula_rates(answer.solution)[0] == pytest.approx(answer.tariffs[0, 1, 0], rel=1e-5)


def test_it_is_near_the_best_uniform_tariff_and_not_it(economy):
    by_formula, war = formula_war(economy), dt.nash(economy, uniform=True)
    rates = np.array([war.tariffs[n, (n + 1) % 3, 0] for n in range(3)])
    apart = np.abs(by_formula.rates - rates)
    assert apart.max() < 0.25 * rates.max()
    assert apart.max() > 1e-4
    trade = [found for found in war.equilibria if found.kind == "trade"]
    assert len(trade) == 1
    assert "formula" in trade[0].starts
    np.testing.assert_allclose(war.formula.rates, by_formula.rates)
    assert war.certificate.holds
    # by the formula everybody leaves a little on the table
    for player in economy.economies:
        left = dt.best_response(economy, player, start=dt.Shock(t_cf=by_formula.solution.t_cf), rates="one").gain
        assert 0 < left < 1e-3


@pytest.mark.parametrize("make", [ricardian, monopolistic])
def test_it_is_refused_where_it_does_not_hold(make):
    with pytest.raises(BadInput, match="input links or profits"):
        formula_war(make())
    assert dt.nash(make(), uniform=True, certify=False).formula is None


def test_it_is_no_check_where_some_do_not_play(economy):
    assert dt.nash(economy, ["E1", "E2"], uniform=True, certify=False).formula is None
    assert dt.nash(economy, sectors=["S1"], uniform=True, certify=False).formula is None


def test_rates_that_do_not_settle_are_an_error(economy, monkeypatch):
    monkeypatch.setattr(formula, "_MAX_ROUNDS", 2)
    with pytest.raises(NotSolved, match="after 2 rounds"):
        formula_war(economy)
