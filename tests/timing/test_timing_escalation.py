"""The clock's game: played out, in closed form with two types, in its limits, and beliefs that move the right way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from clock_lab import DAYS, RESOLVES, game
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from detente.errors import BadInput
from detente.inputs import FloatArray
from detente.timing.brinkmanship import showdown
from detente.timing.calibration import calibrate
from detente.timing.equilibrium import run_game
from detente.timing.escalation import Course, simulate
from detente.timing.game import YEAR, ClockGame
from detente.timing.prior import Prior, Resolve
from detente.timing.scores import STATES

GAMES = {
    "two threats": game(),
    "the other side's threat": game(losses=((0.0, 0.0), (5.0, 9.0), (12.0, 14.0)), threatener=(0, 1)),
    "attrition": game(losses=((0.0, 0.0), (9.0, 9.0)), threatener=(0,), opens=(60,)),
    "bluffs": game(losses=((0.0, 0.0), (4.0, 40.0)), threatener=(0,), opens=(60,), days=100),
}


@pytest.mark.parametrize("name", GAMES)
def test_disputes_played_out_have_the_probabilities(name: str) -> None:
    """3 standard errors of 20,000 draws; the draws look no probability up."""
    course = run_game(GAMES[name])
    days = tuple(day for day in DAYS if day <= course.game.days)
    seen = simulate(course, days, 20_000, seed=3)
    for k, day in enumerate(days):
        share = np.bincount(seen[:, k], minlength=len(STATES)) / len(seen)
        error = np.sqrt(course.chances[day] * (1 - course.chances[day]) / len(seen))
        assert (np.abs(share - course.chances[day]) <= 3 * error + 1e-4).all(), day
    assert (simulate(course, days, 20_000, seed=3) == seen).all()


def test_what_may_happen_at_a_date_adds_up() -> None:
    for each in run_game(game()).decisions:
        assert each.deal + each.carried_out + each.held == pytest.approx(1)


@pytest.mark.parametrize("losses", [(4.0, 40.0), (4.0, 9.0), (30.0, 30.0), (-1.0, 9.0), (4.0, -1.0)])
def test_one_date_is_the_old_game_exactly(losses: tuple[float, float]) -> None:
    """With one threat and nothing after its day, resolves that last change nothing in the game on the day."""
    course = run_game(game(losses=((0.0, 0.0), losses), threatener=(0,), opens=(10,), days=10))
    old, new = showdown(losses, RESOLVES, course.game.prior.audience), course.decisions[0]
    names = ("tough", "bluffs", "belief", "concede", "deal", "carried_out", "held")
    for name in names if old.tough < 1 else names[2:]:  # where everybody is tough, nobody is there to bluff
        assert getattr(new, name) == pytest.approx(getattr(old, name), abs=1e-6), name
    assert course.chances[-1] == pytest.approx([old.deal, old.held, 0.0, old.carried_out], abs=1e-6)


def test_sides_that_are_certain_play_one_way() -> None:
    """A threatener of 40 carries out what costs it 4; the other of 1 gives way to a loss of 9.

    Against one of 90, who does not, a threat would only be carried out at a loss: it is held back.
    """
    sure = [
        run_game(game(prior=Prior((Resolve(own, 0.01), Resolve(other, 0.01)))))
        for own, other in ((40.0, 1.0), (40.0, 90.0), (0.1, 90.0))
    ]
    assert sure[0].chances[-1].round(6).tolist() == [1, 0, 0, 0]
    assert sure[1].chances[-1].round(6).tolist() == [0, 1, 0, 0]
    assert sure[2].chances[-1].round(6).tolist() == [0, 1, 0, 0]


def test_holding_out_raises_the_belief_in_resolve_and_holding_back_lowers_it() -> None:
    course = run_game(game())
    for each in course.decisions:
        before = [float(belief.quantile(0.5)) for belief in each.before]
        after = [float(belief.quantile(0.5)) for belief in each.after("carried out")]
        assert all(new >= old for new, old in zip(after, before, strict=True))
    first = course.decisions[0]
    a, o = first.side, 1 - first.side
    assert float(first.after("carried out")[a].quantile(0.5)) > float(first.before[a].quantile(0.5))
    assert float(first.after("held back")[a].quantile(0.5)) < float(first.before[a].quantile(0.5))
    assert first.after("held back")[o] == first.before[o]
    assert float(first.after("backed down")[o].above(first.yields)) == pytest.approx(1.0)


def test_a_firmer_target_deals_less_and_a_firmer_threatener_carries_out_more() -> None:
    base = run_game(game())
    firm = run_game(game(prior=base.game.prior.with_resolve(1, median=3.0)))
    assert firm.chances[-1, 0] < base.chances[-1, 0]
    weak = run_game(game(prior=base.game.prior.with_resolve(0, median=0.2)))
    assert weak.decisions[0].carried_out < base.decisions[0].carried_out


@settings(max_examples=15)
@given(
    first=st.tuples(st.floats(1, 20), st.floats(1, 20)),
    more=st.tuples(st.floats(0, 20), st.floats(0, 20)),
    by=st.integers(0, 1),
    opens=st.tuples(st.integers(1, 100), st.integers(0, 200)),
)
def test_two_threats_have_thresholds_that_fit(
    first: tuple[float, float], more: tuple[float, float], by: int, opens: tuple[int, int]
) -> None:
    war = (first[0] + more[0], first[1] + more[1])
    course = run_game(game(losses=((0.0, 0.0), first, war), threatener=(0, by), opens=(opens[0], sum(opens))))
    assert course.gap <= 1e-4
    assert course.chances.sum(1) == pytest.approx(1)


@dataclass(frozen=True)
class TwoTypes(Resolve):
    """A resolve that is `median` or, with probability `firm`, `strong`; each give or take `sigma` of its logarithm.

    One in a hundred is spread evenly between both, so that every threshold has a probability of its own.
    """

    firm: float = 0.5
    strong: float = 100.0

    def score(self, amount: ArrayLike) -> FloatArray:
        with np.errstate(divide="ignore"):
            logs = np.log(np.maximum(np.asarray(amount, dtype=np.float64), 0.0))
        weak, firm = ((logs - np.log(each)) / self.sigma for each in (self.median, self.strong))
        between = np.clip((logs - np.log(self.median)) / np.log(self.strong / self.median), 0.0, 1.0)
        rest = {1: between, -1: 1 - between}
        below, above = (
            0.99 * ((1 - self.firm) * ndtr(s * weak) + self.firm * ndtr(s * firm)) + 0.01 * rest[s] for s in (1, -1)
        )
        with np.errstate(divide="ignore"):
            return np.where(below < 0.5, ndtri(below), -ndtri(above))

    def slope(self, amount: ArrayLike) -> FloatArray:
        z, step = np.asarray(amount, dtype=np.float64), 1e-6
        return (self.score(z * (1 + step)) - self.score(z * (1 - step))) / (2 * step)

    def at(self, score: ArrayLike) -> FloatArray:
        weak, firm = (each * np.exp(self.sigma * np.linspace(-8, 8, 2001)) for each in (self.median, self.strong))
        grid = np.concatenate([weak, np.geomspace(weak[-1] * 1.001, firm[0] / 1.001, 2001), firm])
        return np.exp(np.interp(np.asarray(score, dtype=np.float64), self.score(grid), np.log(grid)))


def test_two_types_have_the_closed_form_of_the_documentation() -> None:
    """`docs/clock.md` derives it; 0.02 covers those between the types, one in a hundred of each side."""
    p, q, soft, weak = 0.3, 0.2, 0.5, 4.0
    prior = Prior((TwoTypes(soft, 0.05, p, 60.0), TwoTypes(weak, 0.05, q, 90.0)))
    course = run_game(game(losses=((0.0, 0.0), (6.0, 9.0)), threatener=(0,), opens=(60,), prior=prior))
    keep = np.exp(-prior.rate * prior.review_days / YEAR)
    belief = weak / ((1 - keep) * 9.0 + keep * weak)
    concede = prior.audience / (1 + prior.audience)
    bluffs = p * (1 - belief) / (belief * (1 - p))
    first = course.decisions[0]
    assert first.belief == pytest.approx(belief, abs=0.02)
    assert first.concede == pytest.approx(concede, abs=0.02)
    assert first.bluffs == pytest.approx(bluffs, abs=0.02)
    assert first.deal == pytest.approx((p + (1 - p) * bluffs) * concede, abs=0.02)
    assert first.carried_out == pytest.approx(p * (1 - concede), abs=0.02)
    assert course.chances[-1, 3] == pytest.approx(p * q, abs=0.02)


def courses(count: int, seed: int, *, median: float = 1.0, losses: float = 1.0) -> list[Course]:
    """Disputes of all sizes; the last two say how the truth differs: resolves, and what tariffs cost."""
    draw = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        cost = np.cumsum(np.vstack([np.zeros(2), draw.lognormal(1.5, 0.8, (2, 2))]), axis=0) * losses
        opens = np.cumsum(draw.integers(10, 120, 2))
        prior = Prior(RESOLVES).with_resolve(0, median=median).with_resolve(1, median=median)
        pairs = tuple((float(a), float(b)) for a, b in cost)
        made.append(
            run_game(ClockGame(pairs, (0, int(draw.integers(0, 2))), (int(opens[0]), int(opens[1])), prior, 400))
        )
    return made


def test_forecasts_are_calibrated_where_beliefs_are_right_and_the_error_is_seen_where_not() -> None:
    assumed = courses(60, 1)
    right = calibrate(assumed, assumed, DAYS, seed=5, each=20)
    assert right.disputes == 1200
    assert right.error < 0.025
    assert right.brier < right.uniform_brier
    assert right.log < right.uniform_log
    wrong = calibrate(assumed, courses(60, 1, median=2.0), DAYS, seed=5, each=20)
    assert wrong.error > 2 * right.error
    assert right.bins["forecasts"].sum() == 1200 * len(DAYS) * len(STATES)


def test_simulations_that_make_no_sense_are_refused() -> None:
    course = run_game(game())
    with pytest.raises(BadInput, match="days from 0 to 400"):
        simulate(course, [500], 3, seed=1)
    with pytest.raises(BadInput, match="as many of both"):
        calibrate([course], [], DAYS, seed=1)
