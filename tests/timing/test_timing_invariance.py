"""What holds of the clock's game with lasting types and with resolves drawn anew alike: sums, and invariances."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from clock_lab import game

from detente.timing.equilibrium import run_game
from detente.timing.prior import Prior, Resolve
from detente.timing.redrawn import run_redrawn

played = pytest.mark.parametrize("play", [run_game, run_redrawn], ids=["lasting", "redrawn"])
Play = Callable[..., Any]


@played
def test_probabilities_add_up_and_a_deal_lasts(play: Play) -> None:
    course = play(game())
    assert course.chances.sum(1) == pytest.approx(1)
    assert (course.chances >= 0).all()
    assert course.chances[0].tolist() == [0, 1, 0, 0]
    assert (np.diff(course.chances[:, 0]) >= -1e-12).all()
    assert course.chances[59, 2] == 0 < course.chances[60, 2]
    assert course.chances[189, 3] == 0 < course.chances[190, 3]


@played
def test_exchanging_the_sides_changes_nothing(play: Play) -> None:
    prior = Prior((Resolve(8.0, 0.9), Resolve(20.0, 1.2)))
    one = play(game(prior=prior))
    losses = tuple(pair[::-1] for pair in one.game.losses)
    turned = play(game(losses=losses, threatener=(1, 1), prior=replace(prior, resolves=prior.resolves[::-1])))
    assert turned.chances == pytest.approx(one.chances, abs=1e-12)


@played
def test_a_change_of_currency_changes_nothing(play: Play) -> None:
    one = play(game())
    prior = Prior((Resolve(12e3, 1.0), Resolve(12e3, 1.0)))
    many = play(game(losses=tuple((a * 1e3, b * 1e3) for a, b in one.game.losses), prior=prior))
    assert many.chances == pytest.approx(one.chances, abs=1e-6)
