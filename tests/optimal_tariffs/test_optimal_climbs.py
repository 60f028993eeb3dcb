"""Climbs step back from where there is no equilibrium, and from where more is promised than before."""

from __future__ import annotations

import numpy as np
import pytest
from war_lab import game, ricardian

from detente.errors import NotSolved
from detente.optimal_tariffs import game as climbing
from detente.optimal_tariffs.game import TariffGame, ascend, climb, newton
from detente.optimal_tariffs.governments import tariff_instruments


@pytest.fixture(scope="module")
def economy():
    return ricardian()


def test_a_climb_arrives_from_far(economy):
    its = game(economy)
    ends = [climb(its, np.full(its.instruments.size, y)) for y in (-0.3, 0.0, 2.5)]
    assert all(end.arrived for end in ends)
    for end in ends[1:]:
        np.testing.assert_allclose(end.position.y, ends[0].position.y, atol=1e-5)


def test_a_move_to_where_there_is_no_equilibrium_is_halved(economy, monkeypatch):
    its, at, refused = game(economy), TariffGame.at, []

    def sometimes(self, y, near=None, accuracy=1e-9):
        if near is not None and len(refused) < 2:
            refused.append(y)
            raise NotSolved("no equilibrium")
        return at(self, y, near, accuracy)

    monkeypatch.setattr(TariffGame, "at", sometimes)
    end = climb(its, its.first())
    assert end.arrived
    np.testing.assert_allclose(refused[1] - its.first(), 0.5 * (refused[0] - its.first()), atol=1e-12)


def test_a_move_to_where_slopes_promise_more_is_halved(economy, monkeypatch):
    its = game(economy)
    first = climb(its, its.first(), rounds=1).position
    far = first.y + 0.4

    def promised(self, position):
        return 1.0 if np.abs(position.y - first.y).max() < 0.11 else 100.0

    monkeypatch.setattr(climbing, "_promised", promised)
    np.testing.assert_allclose(climbing._reach(its, far, first, 1e-9).y, first.y + 0.1, atol=1e-12)


def test_a_climb_that_may_not_leave_its_start_is_an_error(economy, monkeypatch):
    its, at = game(economy), TariffGame.at

    def only_the_start(self, y, near=None, accuracy=1e-9):
        if near is not None:
            raise NotSolved("no equilibrium there")
        return at(self, y, near, accuracy)

    monkeypatch.setattr(TariffGame, "at", only_the_start)
    with pytest.raises(NotSolved, match="no equilibrium there"):
        climb(its, its.first())


def test_the_rounds_are_bounded(economy):
    its = game(economy)
    end = climb(its, its.first(), rounds=2)
    assert end.rounds == 2
    assert not end.arrived


def test_lbfgs_steps_back_and_keeps_bounds(economy):
    set_by = tariff_instruments(economy, ["E1"], bounds=(0.0, 0.5))
    top = np.array([0.1, 0.2, 0.3, 5.0])

    def value(y):
        if np.abs(y - top)[:3].sum() < 0.05 and np.abs(y - top)[:3].sum() > 0.04:  # a gap on the way
            raise NotSolved("no equilibrium")
        return -float(((y - top) ** 2).sum()), -2 * (y - top)

    reached = ascend(value, np.zeros(4), np.array([2.0, 1.0, 4.0, 2.0]), set_by, 1e-14)
    np.testing.assert_allclose(reached[:3], top[:3], atol=1e-4)
    assert reached[3] == pytest.approx(np.log1p(0.5))


def test_lbfgs_needs_an_equilibrium_to_begin_with(economy):
    def value(y):
        raise NotSolved("nowhere")

    with pytest.raises(NotSolved, match="nowhere"):
        ascend(value, np.zeros(4), np.ones(4), tariff_instruments(economy, ["E1"]), 1e-9)


def test_rates_without_trade_do_not_move(economy):
    its = game(economy)
    here = its.at(its.first())
    slope = np.ones(its.instruments.size)
    solution = here.solution
    emptied = type(solution)(**{**solution.__dict__, "pi_cf": np.zeros_like(solution.pi_cf)})
    move, curvature = newton(its.instruments, emptied, slope, slope < 0)
    assert (move == 0).all()
    assert (curvature == 0).all()
