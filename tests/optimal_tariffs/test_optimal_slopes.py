"""Slopes of payoffs against central differences of whole solves, in every closure, structure and grouping."""

from __future__ import annotations

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from war_lab import game, monopolistic, ricardian, weights

import detente as dt
from detente.optimal_tariffs.governments import Objective, payoff_slopes, payoffs
from detente.solver.fixed_point import flows

STEP = 1e-4
BLEND = Objective(revenue={"E1": 0.3}, balance={("E1", "E2"): 0.2, "E2": 0.1, ("E3", "E1"): -0.4})


def differences(its, y, k, n):
    """Slope of payoff n over rate k by a five-point rule: exact to STEP⁴, and to what the solver leaves, 1e-11."""

    def value(step):
        moved = y.copy()
        moved[k] += step
        solution = dt.solve(its.economy, dt.Shock(t_cf=its.instruments.write(moved, its.rest.t_cf)))
        return its.payoffs(solution)[n]

    return (8 * (value(STEP) - value(-STEP)) - value(2 * STEP) + value(-2 * STEP)) / (12 * STEP)


def check(its, y):
    found = its.at(y)
    for k in range(its.instruments.size):
        n = its.instruments.positions[its.instruments.owner[k]]
        assert found.slope[k] == pytest.approx(differences(its, y, k, n), abs=1e-6 * np.abs(found.slope).max()), k


def somewhere(its):
    return its.first() + np.random.default_rng(1).uniform(-0.1, 0.3, its.instruments.size)


@pytest.mark.parametrize("closure", ["balanced", "fixed", "proportional"])
@pytest.mark.parametrize("make", [ricardian, monopolistic])
def test_slopes_agree_with_differences(make, closure):
    economy = make(deficits=closure)
    its = game(economy, objective=Objective(weights=weights(economy)))
    check(its, somewhere(its))


@pytest.mark.parametrize("rates", ["mfn", "one"])
def test_slopes_of_groups_agree_with_differences(rates):
    its = game(ricardian(), rates=rates)
    check(its, somewhere(its))


def test_slopes_of_blends_agree_with_differences():
    its = game(ricardian(), objective=BLEND)
    check(its, somewhere(its))


def test_slopes_see_deficits_that_the_start_fixes():
    economy = ricardian()
    D = np.array([20.0, -15.0, -5.0])
    its = game(economy, start=dt.Shock(D_cf=D))
    y = somewhere(its)
    found = its.at(y)

    def value(step):
        moved = y.copy()
        moved[0] += step
        t_cf = its.instruments.write(moved, its.rest.t_cf)
        return its.payoffs(dt.solve(economy, dt.Shock(t_cf=t_cf, D_cf=D)))[0]

    assert found.slope[0] == pytest.approx((value(1e-4) - value(-1e-4)) / 2e-4, rel=1e-5)


def test_a_blend_of_payoffs_slopes_over_every_tariff():
    its = game(ricardian(), objective=BLEND)
    y = somewhere(its)
    mixture = np.array([0.2, 0.5, 0.3])
    slope, _ = its.blend(its.at(y).solution, mixture)
    numeric = [sum(mixture[n] * differences(its, y, k, n) for n in range(3)) for k in range(its.instruments.size)]
    np.testing.assert_allclose(slope, numeric, atol=1e-6 * np.abs(slope).max())


def test_players_found_together_have_the_slopes_they_have_alone():
    its = game(ricardian())
    together = its.at(somewhere(its))
    for player in its.instruments.players:
        alone = its.alone(together, player)
        own = its.instruments.owner == its.instruments.players.index(player)
        np.testing.assert_allclose(together.slope[own], alone.at(together.y[own]).slope, rtol=1e-7)


@pytest.mark.parametrize("objective", [Objective(), BLEND])
@pytest.mark.parametrize("make", [ricardian, monopolistic])
def test_payoffs_are_differentiated_by_hand(make, objective):
    """Against jax, in every economy's payoff, away from where prices and flows belong together."""
    economy = make(deficits="fixed")
    its = game(economy, objective=replace(objective, weights=weights(economy)))
    given, x, weight, closure = its._place(its.at(its.first()).solution)
    f, parameters = flows(x, given, weight, closure, pairs=True), its.objective.parameters(economy)
    n = len(economy.economies)
    found = payoff_slopes(x, f, given, parameters, np.eye(n))
    with jax.enable_x64(True):
        arrays = jax.tree.map(jnp.asarray, (x, f, given, parameters))

        def at(ln_P, changed):
            x, f, given, parameters = arrays
            own = f._replace(**changed)
            moved = own._replace(transfers=f.transfers + own.D - f.D)
            return payoffs(x._replace(ln_P=ln_P), moved, given, parameters)

        names = ("Y", "R", "rents", "D", "between")
        by_P, by = jax.jacrev(at, (0, 1))(arrays[0].ln_P, {name: getattr(arrays[1], name) for name in names})
    np.testing.assert_allclose(found.ln_P, np.transpose(by_P, (2, 1, 0)), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(found.Y, np.transpose(by["Y"], (2, 1, 0)), rtol=1e-12, atol=1e-20)
    for name in ("R", "rents", "D"):
        np.testing.assert_allclose(getattr(found, name), np.transpose(by[name]), rtol=1e-12, atol=1e-20)
    if objective.balance:
        np.testing.assert_allclose(found.between, np.transpose(by["between"], (1, 2, 0)), rtol=1e-12, atol=1e-20)
    else:
        assert found.between is None
        assert not np.any(by["between"])


def test_an_objective_below_zero_has_no_payoff_and_no_warning():
    """On its way a search may pass where transfers take more than labour earns."""
    its = game(ricardian())
    given, x, weight, closure = its._place(its.at(its.first()).solution)
    f = flows(x, given, weight, closure)
    assert np.isnan(its._payoffs(x, f._replace(R=-f.I), given)).all()


def test_the_curvature_of_a_market_is_that_of_its_trade():
    """Newton's step: Σ t dM with (1+θ) diag(s) − θ s sᵀ, inverted by hand in `detente.optimal_tariffs.game`."""
    its = game(ricardian(io=False), ["E1"])
    here = its.at(its.first())
    _, i, j = its.instruments.cells
    order = np.argsort(its.instruments.group)
    for sector in range(2):
        mine = order[j[order] == sector]
        s = here.solution.pi_cf[0, i[mine], sector]
        theta = its.economy.theta[sector]
        H = (1 + theta) * np.diag(s) - theta * np.outer(s, s)
        H *= here.solution.X_cf[0, sector] / here.solution.I_cf[0]
        rows = its.instruments.group[mine]
        np.testing.assert_allclose(here.move[rows], np.linalg.solve(H, here.slope[rows]), rtol=1e-9)
        np.testing.assert_allclose(here.curvature[rows], np.diag(H), rtol=1e-9)
