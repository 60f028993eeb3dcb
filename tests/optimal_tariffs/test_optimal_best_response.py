"""A best response against everything else that could be tried, and its certificate."""

from __future__ import annotations

import numpy as np
import pytest
from war_lab import game, monopolistic, ricardian, uniform_tariffs, weights

import detente as dt
from detente.errors import BadInput, BadShock, UnknownEconomy
from detente.model.parts import Parts
from detente.optimal_tariffs.best_responses import AGREES


@pytest.fixture(scope="module")
def economy():
    return ricardian()


@pytest.fixture(scope="module")
def best(economy):
    return dt.best_response(economy, "E1")


def gain_of(economy, t_cf, n=0):
    return float(np.log(dt.solve(economy, dt.Shock(t_cf=t_cf)).W_hat[n]))


def test_it_beats_a_thousand_random_tariffs(economy, best):
    random = np.random.default_rng(5)
    foreign = np.ones(economy.t.shape[1:], dtype=bool)
    foreign[0] = False
    for _ in range(1000):
        t_cf = np.array(economy.t)
        t_cf[0][foreign] = np.expm1(random.uniform(-0.2, 1.0, foreign.sum()))
        assert gain_of(economy, t_cf) <= best.gain


def test_it_beats_small_steps_away(economy, best):
    random = np.random.default_rng(6)
    for size in (1e-3, 1e-2, 1e-1):
        for _ in range(30):
            t_cf = np.array(best.tariffs)
            t_cf[0, 1:] *= 1 + size * random.standard_normal((2, 2))
            assert gain_of(economy, t_cf) <= best.gain + 1e-12


def test_it_beats_every_uniform_tariff(economy, best):
    gains = [gain_of(economy, uniform_tariffs(economy, 0, rate)) for rate in np.linspace(-0.2, 2, 111)]
    assert max(gains) < best.gain


def test_one_rate_beats_every_uniform_tariff_too(economy, best):
    one = dt.best_response(economy, "E1", rates="one")
    assert len(np.unique(one.tariffs[0, 1:])) == 1
    rate = one.tariffs[0, 1, 0]
    grid = np.linspace(rate - 0.05, rate + 0.05, 41)
    gains = [gain_of(economy, uniform_tariffs(economy, 0, r)) for r in grid]
    assert max(gains) <= one.gain + 1e-12
    assert one.gain < best.gain


def test_its_gain_is_over_the_start_as_given(economy):
    """Not over the mean rate that the start is read as."""
    one = dt.best_response(economy, "E1", rates="one")
    assert one.gain == pytest.approx(float(np.log(one.solution.W_hat[0])), abs=1e-10)
    assert one.gain == pytest.approx(gain_of(economy, one.tariffs), abs=1e-10)


def test_freer_hands_do_no_worse(economy, best):
    gains = [dt.best_response(economy, "E1", rates=rates).gain for rates in ("one", "mfn")] + [best.gain]
    assert gains == sorted(gains)
    assert dt.best_response(economy, "E1", against=["E2"]).gain < best.gain
    assert dt.best_response(economy, "E1", sectors=["S1"]).gain < best.gain


def test_starts_agree_and_nothing_is_left(best):
    proof = best.certificate
    assert list(proof.starts["start"]) == ["start", "free trade", "random"]
    assert proof.agrees
    assert proof.starts["payoff"].max() - proof.starts["payoff"].min() <= AGREES
    assert proof.projected_slope < 1e-6
    assert proof.at_bounds == proof.undetermined == 0
    assert "3 starts all agree" in repr(best)


@pytest.mark.parametrize("make", [ricardian, monopolistic])
def test_where_it_starts_does_not_matter(make):
    economy = make()
    elsewhere = np.array(economy.t)
    elsewhere[0, 1:] = 1.5
    first = dt.best_response(economy, "E1")
    second = dt.best_response(economy, "E1", start=dt.Shock(t_cf=elsewhere), seed=9)
    np.testing.assert_allclose(first.tariffs, second.tariffs, atol=1e-4)
    assert list(second.certificate.starts["start"]) == ["start", "factual", "free trade", "random"]


def test_a_prohibitive_start_finds_back(economy, best):
    closed = np.array(economy.t)
    closed[0, 1:] = 15.0
    again = dt.best_response(economy, "E1", start=dt.Shock(t_cf=closed))
    np.testing.assert_allclose(again.tariffs, best.tariffs, atol=1e-4)


def test_what_others_do_stays(economy, best):
    np.testing.assert_array_equal(best.tariffs[1:], economy.t[1:])
    np.testing.assert_array_equal(best.tariffs[0, 0], economy.t[0, 0])
    np.testing.assert_allclose(best.solution.t_cf, best.tariffs, atol=1e-12)


def test_parts_of_others_cells_stay(economy):
    """A start that covers half of a cell of another economy's is answered as that, not as its average."""
    s = np.array([0.5, 0.5])
    ones = np.ones(2, dtype=np.int64)
    t = np.full(2, economy.t[1, 2, 0])
    parts = Parts(ones, 2 * ones, 0 * ones, s, t, t + np.array([0.5, 0.0]))
    start = dt.Shock(parts=parts)
    answer = dt.best_response(economy, "E1", start=start)
    assert answer.solution.wedges.K[1, 2, 0] == start.wedges(economy).K[1, 2, 0]
    assert answer.gain > 0


def test_bounds_hold_and_are_said(economy, best):
    high = float(best.tariffs[0, 1:].max())
    held = dt.best_response(economy, "E1", start=dt.Shock(t_cf=0 * economy.t), bounds=(0.0, 0.9 * high))
    assert held.tariffs[0].max() <= 0.9 * high + 1e-12
    assert held.certificate.at_bounds > 0
    assert held.certificate.projected_slope < 1e-5
    start_free = dt.best_response(economy, "E1", start=dt.Shock(t_cf=0 * economy.t))
    assert held.gain < start_free.gain


def test_a_weighted_sector_is_protected_more():
    economy = monopolistic()
    heavy = np.ones(economy.X.shape)
    heavy[0] = [1.4, 0.6]
    plain, weighted = dt.best_response(economy, "E1"), dt.best_response(economy, "E1", weights=heavy)
    more = weighted.tariffs[0, 1:] - plain.tariffs[0, 1:]
    assert (more[:, 0] > more[:, 1]).all()
    assert "political weights" in weighted.objective


def test_revenue_in_the_objective_raises_revenue(economy, best):
    greedy = dt.best_response(economy, "E1", objective=dt.Objective(revenue={"E1": 0.5}))
    assert greedy.solution.R_cf[0] > best.solution.R_cf[0]
    assert "0.5 × revenue of E1" in greedy.objective


def test_a_bilateral_balance_in_the_objective_moves_it(economy, best):
    keen = dt.best_response(economy, "E1", objective=dt.Objective(balance={("E1", "E2"): 1.0}))
    assert keen.solution.balance("E1", "E2")[1] > best.solution.balance("E1", "E2")[1]


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"player": "E9"}, UnknownEconomy, "E9"),
        ({"bounds": (1.0, 2.0)}, BadInput, "outside the bounds \\(1, 2\\): widen them or start elsewhere"),
        ({"weights": -np.ones((3, 2))}, BadInput, "not negative"),
        ({"weights": np.ones((2, 2))}, BadInput, "have shape"),
        ({"weights": np.ones((3, 2)), "objective": dt.Objective()}, BadInput, "either an objective or weights"),
        ({"start": dt.Shock(t_cf=np.zeros((2, 2, 2)))}, BadShock, "has shape"),
    ],
)
def test_input_that_makes_no_sense_is_refused(economy, change, error, words):
    given = {"player": "E1", **change}
    with pytest.raises(error, match=words):
        dt.best_response(economy, **given)


def test_an_objective_that_nothing_moves_is_refused():
    """E1 buys nothing in S1 from E2, so that a tariff there moves nothing."""
    economy = ricardian(io=False)
    flows = np.array(economy.M)
    flows[0, 1, 0] = 0.0
    world = dt.World(flows, economy.t, economies=economy.economies, sectors=economy.sectors)
    cut = dt.calibrate(world, elasticities=np.array([4.0, 6.0]), deficits="balanced")
    with pytest.raises(BadInput, match=r"objective of E1 .* is flat"):
        dt.best_response(cut, "E1", against=["E2"], sectors=["S1"])


def test_a_start_at_the_best_is_not_called_flat(economy, best):
    again = dt.best_response(economy, "E1", start=dt.Shock(t_cf=best.tariffs))
    assert abs(again.gain) < 1e-9


def test_an_open_account_is_refused(economy):
    its = game(economy)
    assert its.economy is economy
    opened = dt.Economy(
        **{name: getattr(economy, name) for name in ("pi", "X", "gamma_va", "gamma_io", "alpha", "theta", "t", "D")},
        wL=economy.wL * np.array([1.1, 1.0, 1.0]),
        economies=economy.economies,
        sectors=economy.sectors,
    )
    with pytest.raises(dt.BadInput, match="closed"):
        dt.best_response(opened, "E1")


def test_weights_reach_the_right_economy():
    economy = monopolistic()
    chosen = weights(economy)
    alone = np.ones_like(chosen)
    alone[0] = chosen[0]
    mine, all_ = (dt.best_response(economy, "E1", weights=w) for w in (alone, chosen))
    np.testing.assert_allclose(mine.tariffs, all_.tariffs, atol=1e-5)
