"""Nash tariffs: nobody gains alone, wherever the search starts."""

from __future__ import annotations

import numpy as np
import pytest
from war_lab import game, monopolistic, ricardian, uniform_tariffs, weights

import detente as dt
from detente.errors import BadInput, NotSolved, UnknownEconomy
from detente.optimal_tariffs import nash_equilibrium as module
from detente.optimal_tariffs.game import climb
from detente.optimal_tariffs.nash_equilibrium import BOUND, certified


@pytest.fixture(scope="module")
def economy():
    return ricardian()


@pytest.fixture(scope="module")
def war(economy):
    return dt.nash(economy)


def test_the_contract(economy, war):
    assert war.players == economy.economies
    assert war.tariffs.shape == economy.t.shape
    own = np.arange(3)
    assert (war.tariffs[own, own] == 0).all()
    assert war.determined.sum() == 12
    assert war.solution.base is economy
    np.testing.assert_allclose(war.solution.t_cf, war.tariffs, atol=1e-12)
    assert war.certificate.holds
    assert war.certificate.deviation <= BOUND
    assert "certificate holds" in repr(war)


@pytest.mark.parametrize("make", [ricardian, monopolistic])
@pytest.mark.parametrize("rates", ["sector", "mfn", "one"])
def test_nobody_gains_alone(make, rates):
    economy = make()
    war = dt.nash(economy, rates=rates)
    assert war.certificate.holds
    start = dt.Shock(t_cf=war.tariffs)
    for player in economy.economies:
        answer = dt.best_response(economy, player, start=start, rates=rates, seed=4)
        assert -1e-10 < answer.gain < BOUND
        np.testing.assert_allclose(answer.tariffs, war.tariffs, atol=1e-4)


def test_best_answers_in_turn_end_in_the_same_place(economy, war):
    """Gauss-Seidel, which knows nothing of the stacked conditions."""
    t = np.array(economy.t)
    for _ in range(12):
        last = t
        for player in economy.economies:
            t = dt.best_response(economy, player, start=dt.Shock(t_cf=t)).tariffs
        if np.abs(t - last).max() < 1e-6:
            break
    np.testing.assert_allclose(t, war.tariffs, atol=1e-4)


def test_every_start_and_search_is_listed(war):
    searched = war.certificate.searched
    assert set(searched["player"]) == set(war.players)
    assert set(searched["start"]) == {"start", "factual", "free trade", "random"}
    assert (searched["gain"] < BOUND).all()
    assert (searched["note"] == "").all()
    assert war.certificate.move < 1e-5


def test_the_start_does_not_matter(economy, war):
    high = np.full(economy.t.shape, 1.2)
    high[np.arange(3), np.arange(3)] = 0.0
    other = dt.nash(economy, start=dt.Shock(t_cf=high), certify=False, seed=7)
    np.testing.assert_allclose(other.tariffs, war.tariffs, atol=1e-5)
    trade = [found for found in other.equilibria if found.kind == "trade"]
    assert len(trade) == 1
    assert set(trade[0].starts) == {"start", "factual", "free trade", "random"}


def test_without_searches_there_is_no_certificate(economy):
    war = dt.nash(economy, certify=False)
    assert not war.certificate.holds
    assert np.isnan(war.certificate.deviation)
    assert "no certificate" in repr(war)
    assert war.certificate.expected.max() < BOUND
    assert "0 of 3 players" in war.certificate.note


def test_no_trade_is_an_equilibrium_of_its_own(economy, war):
    closed = war.equilibria[-1]
    assert closed.kind == "no trade"
    own = np.arange(3)
    assert (closed.tariffs[own, own] == 0).all()
    assert np.isinf(closed.tariffs).sum() == 12
    np.testing.assert_allclose(closed.solution.pi_cf[own, own], 1.0)
    assert (closed.solution.W_hat < war.solution.W_hat).all()
    # and nobody can move it alone: with all others as good as closed, its own tariffs hardly matter
    t_cf = np.where(np.isinf(closed.tariffs), 300.0, 0.0)
    t_cf[0] = 0.0
    alone = dt.solve(economy, dt.Shock(t_cf=t_cf))
    assert alone.W_hat[0] == pytest.approx(closed.solution.W_hat[0], rel=1e-6)


def test_no_trade_needs_everybody_everything_and_no_deficits(economy):
    for change in ({"players": ["E1", "E2"]}, {"sectors": ["S1"]}, {"bounds": (-0.5, 3.0)}, {"against": ["E1", "E2"]}):
        war = dt.nash(economy, certify=False, **change)
        assert all(found.kind == "trade" for found in war.equilibria)
    assert len(dt.nash(ricardian(deficits="fixed"), certify=False).equilibria) == 1


def test_two_players_leave_the_third_alone(economy):
    war = dt.nash(economy, ["E1", "E2"], against=["E1", "E2"])
    moved = np.argwhere(war.tariffs != economy.t)
    assert {tuple(cell[:2]) for cell in moved.tolist()} <= {(0, 1), (1, 0)}
    assert war.certificate.holds
    assert war.medians()["economy"].tolist() == ["E1", "E2"]


def test_uniform_tariffs_are_one_a_country(economy):
    war = dt.nash(economy, uniform=True)
    assert war.tariffs.shape == economy.t.shape
    for n in range(3):
        assert len(np.unique(np.delete(war.tariffs[n], n, 0))) == 1
    table = war.medians()
    np.testing.assert_allclose(table["median"], table["mean"])
    for n, player in enumerate(economy.economies):
        grid = war.tariffs[n, (n + 1) % 3, 0] + np.linspace(-0.05, 0.05, 21)
        values = [dt.solve(economy, dt.Shock(t_cf=uniform_tariffs(economy, n, r, war.tariffs))).W_hat[n] for r in grid]
        assert max(values) <= war.solution.W_hat[n] + 1e-10, player


def test_political_weights_change_where_it_ends():
    economy = monopolistic()
    plain, weighted = dt.nash(economy), dt.nash(economy, weights=weights(economy))
    assert weighted.certificate.holds
    assert np.abs(plain.tariffs - weighted.tariffs).max() > 0.01


def test_the_order_of_players_does_not_matter(economy, war):
    other = dt.nash(economy, ["E3", "E1", "E2"], certify=False)
    np.testing.assert_allclose(other.tariffs, war.tariffs, atol=1e-5)


def test_a_point_that_is_not_one_does_not_hold(economy):
    its = game(economy)
    proof, better = certified(its, its.at(its.first()), True, 0)
    assert not proof.holds
    assert "does NOT hold" in str(proof)
    assert proof.deviation > 1e-3
    assert better is not None
    assert better.shape == its.first().shape


def test_a_better_answer_is_put_in(economy, war, monkeypatch):
    """A climb that stopped too early is found out by the searches, and goes on from the better answers."""

    def stopped(its, y, near=None):
        end = climb(its, y, near, 3 if not calls else 300)
        calls.append(1)
        return type(end)(end.position, end.rounds, 0.0) if len(calls) == 1 else end

    calls: list[int] = []
    monkeypatch.setattr(module, "climb", stopped)
    repaired = dt.nash(economy)
    assert repaired.certificate.holds
    assert "left behind" in repaired.certificate.note
    np.testing.assert_allclose(repaired.tariffs, war.tariffs, atol=1e-5)


def test_many_players_are_sampled(economy, monkeypatch):
    monkeypatch.setattr(module, "SAMPLE", 2)
    war = dt.nash(economy)
    assert war.certificate.searched["player"].nunique() == 2
    assert "2 of 3 players, the largest by income and by promised gain" in war.certificate.note


def test_a_climb_that_does_not_arrive_is_an_error(economy, monkeypatch):
    monkeypatch.setattr(module, "climb", lambda its, y, near: climb(its, y, near, 2))
    with pytest.raises(NotSolved, match=r"from start: still moved by .* from random"):
        dt.nash(economy, certify=False)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"players": ["E1", "XYZ"]}, UnknownEconomy, "XYZ"),
        ({"bounds": (0.5, 2.0)}, BadInput, "outside the bounds"),
        ({"weights": np.full((3, 2), -1.0)}, BadInput, "not negative"),
        ({"weights": np.ones(2)}, BadInput, "have shape"),
        ({"against": ["E1"]}, BadInput, "E1 would tax only itself"),
    ],
)
def test_games_that_make_no_sense_are_refused(economy, change, error, words):
    with pytest.raises(error, match=words):
        dt.nash(economy, **change)
