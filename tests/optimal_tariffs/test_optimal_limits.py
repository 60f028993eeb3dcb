"""Optimal tariffs that can be derived by hand: one sector, no input links.

With t on all imports, foreign tariffs of zero and foreign factor income as numeraire, an economy's exports face foreign
spending that does not move, so that their value falls with its wage by θ(1 − its share abroad) = θ π_ff, and the best
tariff is the inverse (with many destinations, the mean over them: a small economy's share is nothing anywhere).

Source: D. Gros (1987), "A Note on the Optimal Tariff, Retaliation and the Welfare Loss from Tariff Wars in a Framework
with Intra-Industry Trade", Journal of International Economics 23(3-4); derived here in these definitions.
"""

from __future__ import annotations

import numpy as np
import pytest
from war_lab import one_sector

import detente as dt


def best_rate(economy):
    answer = dt.best_response(economy, "H")
    assert answer.certificate.agrees
    return float(answer.tariffs[0, 1, 0]), answer.solution


@pytest.mark.parametrize("structure", ["ricardian", "monopolistic"])
@pytest.mark.parametrize(("size", "theta"), [((1000, 1000), 4.0), ((3000, 1000), 2.0), ((300, 1000), 7.0)])
def test_two_economies(structure, size, theta):
    """1/(θ π_ff), the foreign own share at the optimum; θ = σ − 1 under monopolistic competition."""
    rate, solution = best_rate(one_sector(size, theta, structure=structure))
    assert rate == pytest.approx(1 / (theta * solution.pi_cf[1, 1, 0]), rel=1e-5)


@pytest.mark.parametrize("structure", ["ricardian", "monopolistic"])
def test_a_small_economy(structure):
    """1/θ or 1/(σ − 1): smallness alone does not make the best tariff zero, since its varieties are its own."""
    theta = 4.0
    rates = [best_rate(one_sector((size, 1000.0), theta, 1 - size / 2000, structure))[0] for size in (100, 10, 1)]
    gaps = np.array(rates) - 1 / theta
    assert (gaps > 0).all()
    assert (np.diff(gaps) < 0).all()
    assert gaps[-1] < 2e-4


def test_it_goes_to_zero_only_as_the_elasticity_grows():
    rates = [best_rate(one_sector((1.0, 1000.0), theta, own=0.9995))[0] for theta in (2.0, 8.0, 32.0)]
    np.testing.assert_allclose(rates, [1 / 2, 1 / 8, 1 / 32], rtol=2e-3)


def test_free_trade_is_best_for_the_world_not_for_one():
    economy = one_sector((1000, 1000), 4.0)
    war = dt.nash(economy)
    assert (war.tariffs[[0, 1], [1, 0], 0] > 0).all()
    assert (war.solution.W_hat < 1).all()  # alike economies both lose


def test_with_retaliation_alike_economies_set_the_same():
    war = dt.nash(one_sector((1000, 1000), 4.0))
    assert war.tariffs[0, 1, 0] == pytest.approx(war.tariffs[1, 0, 0], rel=1e-6)


def test_a_war_is_better_than_no_trade():
    economy = one_sector((1000, 1000), 4.0)
    war = dt.nash(economy)
    closed = next(found for found in war.equilibria if found.kind == "no trade")
    assert (war.solution.W_hat > closed.solution.W_hat).all()
    # autarky by the closed form: real income falls by the own share to the power 1/θ
    np.testing.assert_allclose(closed.solution.W_hat, economy.pi[[0, 1], [0, 1], 0] ** (1 / 4.0), rtol=1e-9)


def test_the_more_it_trades_the_more_a_war_costs():
    losses = [1 - dt.nash(one_sector((1000, 1000), 4.0, own)).solution.W_hat[0] for own in (0.95, 0.8, 0.65)]
    assert losses == sorted(losses)
