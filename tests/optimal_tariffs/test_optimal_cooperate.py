"""Cooperative tariffs: everybody gains alike, and nothing better for all is found."""

from __future__ import annotations

import numpy as np
import pytest
from war_lab import monopolistic, ricardian, weights

import detente as dt
from detente.errors import BadInput, BadShock
from detente.optimal_tariffs.cooperation import EQUAL


@pytest.fixture(scope="module")
def economy():
    return ricardian()


@pytest.fixture(scope="module")
def war(economy):
    return dt.nash(economy, certify=False)


@pytest.fixture(scope="module")
def deal(economy, war):
    return dt.cooperate(economy, start=war)


def gains(economy, t_cf, before):
    return np.log(dt.solve(economy, dt.Shock(t_cf=t_cf)).W_hat / before)


def test_everybody_gains_alike(economy, war, deal):
    each = deal.solution.W_hat / war.solution.W_hat - 1
    np.testing.assert_allclose(each, deal.gain, atol=2 * EQUAL)
    np.testing.assert_allclose(deal.certificate.gains, each, atol=1e-9)
    assert deal.gain > 0.001
    assert deal.certificate.holds
    assert deal.certificate.agrees
    assert "certificate holds" in repr(deal)


def test_nothing_tried_is_better_for_all(economy, war, deal):
    random = np.random.default_rng(2)
    foreign = ~np.eye(3, dtype=bool)
    for size in (1e-3, 1e-2, 1e-1, 0.5):
        for _ in range(50):
            t_cf = np.array(deal.tariffs)
            t_cf[foreign] = np.maximum(t_cf[foreign] + size * random.standard_normal((6, 2)), 0.0)
            assert gains(economy, t_cf, war.solution.W_hat).min() <= np.log1p(deal.gain) + 2 * EQUAL


def test_no_weighted_sum_can_be_raised(deal):
    """At the multipliers found the weighted objective is level: what a further step promises is next to nothing."""
    assert deal.certificate.promised < 1e-8
    assert deal.certificate.multipliers.sum() == pytest.approx(1.0)
    assert (deal.certificate.multipliers > 0).all()


@pytest.fixture(scope="module")
def facts(economy):
    return dt.cooperate(economy)


def test_nobody_subsidises(deal, facts):
    assert deal.tariffs.min() >= 0
    assert facts.tariffs.min() >= 0


@pytest.mark.slow
def test_somebody_subsidises_where_that_is_allowed(economy, facts):
    freer = dt.cooperate(economy, bounds=(-0.9, 20.0))
    assert freer.tariffs.min() < 0
    assert freer.gain >= facts.gain - EQUAL


def test_the_facts_are_what_gains_are_counted_from(facts):
    assert facts.gain > 0
    assert facts.certificate.holds


@pytest.mark.slow
def test_a_start_is_a_shock_or_what_another_search_found(economy, war, deal):
    same = dt.cooperate(economy, start=dt.Shock(t_cf=war.tariffs))
    assert same.gain == pytest.approx(deal.gain, abs=2 * EQUAL)


@pytest.mark.slow
def test_from_free_trade_profits_are_what_is_left_to_gain():
    """Markups differ, so that tariffs can do a little for everybody; under perfect competition nothing is left."""
    economy = monopolistic()
    deal = dt.cooperate(economy, start=np.zeros_like(economy.t))
    assert deal.certificate.holds
    assert 0 < deal.gain < 1e-3


def test_two_can_agree_at_the_expense_of_a_third(economy):
    deal = dt.cooperate(economy, ["E1", "E2"])
    assert deal.certificate.holds
    assert list(deal.certificate.gains.index) == ["E1", "E2"]
    np.testing.assert_allclose(deal.solution.W_hat[:2] - 1, deal.gain, atol=2 * EQUAL)
    np.testing.assert_array_equal(deal.tariffs[2], economy.t[2])
    assert deal.solution.W_hat[2] - 1 < deal.gain


@pytest.mark.slow
def test_political_weights_are_what_rises_alike():
    economy = monopolistic()
    chosen = weights(economy)
    deal = dt.cooperate(economy, weights=chosen)
    assert deal.certificate.holds
    assert np.ptp(deal.solution.W_hat) > 1e-4  # real income itself does not


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"start": np.zeros((2, 2, 2))}, BadShock, "has shape"),
        ({"start": np.full((3, 3, 2), -0.5)}, BadInput, "outside the bounds"),
        ({"players": ["E1", "E1"]}, BadInput, "each once"),
        ({"weights": np.zeros((3, 2))}, BadInput, "average 0, not 1"),
    ],
)
def test_cooperation_that_makes_no_sense_is_refused(economy, change, error, words):
    with pytest.raises(error, match=words):
        dt.cooperate(economy, **change)
