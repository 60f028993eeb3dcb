"""The war of attrition between sides that last: nobody gains by another time."""

from __future__ import annotations

import numpy as np
import pytest

from detente.timing.contest import Contest, contest
from detente.timing.posterior import Posterior
from detente.timing.prior import Resolve

PRIOR = Posterior(Resolve(10.0, 1.0))
CASES = {
    "the prior": ((11.0, 10.0), (PRIOR, PRIOR), (1.0, 0.0)),
    "both have held out": ((11.0, 10.0), (PRIOR.cut(low=8.0), PRIOR.cut(low=3.0)), (1.0, 0.0)),
    "one never gives way": ((11.0, 10.0), (PRIOR.cut(low=12.0), PRIOR.cut(low=3.0)), (0.0, 1.0)),
    "one always would": ((11.0, 10.0), (PRIOR.cut(high=9.0), PRIOR.cut(low=3.0)), (1.0, 0.0)),
    "one gains by the fight": ((-2.0, 10.0), (PRIOR, PRIOR), (1.0, 0.0)),
}


def payoff(found: Contest, side: int, z: float, years: float, draws: np.ndarray) -> float:
    """What it is worth to stand until a time, over the times at which the other gives way (rate 0.25)."""
    gone = np.minimum(draws, years)
    paid = -found.losses[side] * -np.expm1(-0.25 * gone)
    ends = np.where(draws <= years, found.wins[side] * z, -z) * np.exp(-0.25 * gone)
    return float((paid + ends).mean())


@pytest.mark.parametrize("case", CASES)
def test_no_resolve_gains_by_another_time(case: str) -> None:
    """Times at which the other gives way are drawn; 1 % of the loss covers 40,000 draws and the grid of resolves."""
    losses, beliefs, wins = CASES[case]
    found = contest(losses, beliefs, wins, 0.25)
    for side in (0, 1):
        other = beliefs[1 - side].quantile((np.arange(40_000) + 0.5) / 40_000)
        draws = found.stops(1 - side, other)
        for z in beliefs[side].quantile([0.1, 0.5, 0.9]):
            mine = payoff(found, side, float(z), float(found.stops(side, z)), draws)
            assert found.worth(side, z) == pytest.approx(mine, abs=0.01 * 11)
            best = max(payoff(found, side, float(z), t, draws) for t in (0.0, 0.3, 1.0, 3.0, 10.0, np.inf))
            assert best <= mine + 0.01 * 11


def test_one_side_that_never_gives_way_makes_the_other_do_so_at_once_or_never() -> None:
    losses, beliefs, wins = CASES["one never gives way"]
    found = contest(losses, beliefs, wins, 0.25)
    assert found.still([0.0, 1.0, 50.0]) == pytest.approx([float(beliefs[1].above(10.0))] * 3)


def test_sides_exchanged_exchange_the_contest() -> None:
    losses, beliefs, wins = CASES["both have held out"]
    one = contest(losses, beliefs, wins, 0.25)
    two = contest(losses[::-1], beliefs[::-1], wins[::-1], 0.25)
    assert two.years == pytest.approx(one.years)
    assert two.standing == pytest.approx(one.standing[::-1])


def test_beliefs_far_in_a_tail_are_still_beliefs() -> None:
    far = Posterior(Resolve(10.0, 0.1)).cut(low=25.0)
    assert float(far.above(25.0)) == pytest.approx(1.0)
    assert 25.0 < float(far.quantile(0.5)) < 26.0
    between = PRIOR.cut(low=5.0, high=20.0)
    expected = (PRIOR.below(10.0) - PRIOR.below(5.0)) / (PRIOR.below(20.0) - PRIOR.below(5.0))
    assert float(between.below(10.0)) == pytest.approx(float(expected))
    assert float(between.below(between.quantile(0.3))) == pytest.approx(0.3)
