"""Resolves drawn anew: probabilities that add up, direction, events played out, and lasting sides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from clock_lab import DAYS, RESOLVES, game
from hypothesis import example, given, settings
from hypothesis import strategies as st

from detente.errors import BadInput
from detente.timing.fixed_types import fixed_chances
from detente.timing.prior import Prior
from detente.timing.redrawn import RedrawnCourse, run_redrawn, simulate_redrawn
from detente.timing.scores import STATES


def test_events_played_out_have_the_probabilities() -> None:
    """4 standard errors of 6000 draws; the draws look no probability up."""
    course = run_redrawn(game())
    seen = simulate_redrawn(course, DAYS, 6000, seed=3)
    for k, day in enumerate(DAYS):
        share = np.bincount(seen[:, k], minlength=len(STATES)) / len(seen)
        error = np.sqrt(course.chances[day] * (1 - course.chances[day]) / len(seen))
        assert (np.abs(share - course.chances[day]) <= 4 * error + 1e-4).all(), day
    assert (simulate_redrawn(course, DAYS, 50, seed=3) == seen[:50]).all()


@example(first=(5e-324, 1.0), more=(0.0, 0.0), by=(0, 1), opens=(1, 1))
@settings(max_examples=20)
@given(
    first=st.tuples(st.floats(-2, 20), st.floats(-2, 20)),
    more=st.tuples(st.floats(-2, 20), st.floats(-2, 20)),
    by=st.tuples(st.integers(0, 1), st.integers(0, 1)),
    opens=st.tuples(st.integers(1, 100), st.integers(0, 200)),
)
def test_any_game_gives_probabilities(
    first: tuple[float, float], more: tuple[float, float], by: tuple[int, int], opens: tuple[int, int]
) -> None:
    war = (first[0] + more[0], first[1] + more[1])
    course = run_redrawn(game(losses=((0.0, 0.0), first, war), threatener=by, opens=(opens[0], sum(opens))))
    assert course.chances.sum(1) == pytest.approx(1)
    assert course.chances.min() >= 0


def test_a_firmer_target_deals_less_and_a_firmer_threatener_carries_out_more() -> None:
    base = run_redrawn(game())
    firm = run_redrawn(game(prior=base.game.prior.with_resolve(1, median=3.0)))
    assert firm.chances[-1, 0] < base.chances[-1, 0]
    assert firm.showdowns[0].concede <= base.showdowns[0].concede
    weak = run_redrawn(game(prior=base.game.prior.with_resolve(0, median=0.2)))
    assert weak.showdowns[0].carried_out < base.showdowns[0].carried_out


def test_one_threat_carried_out_is_war_at_once() -> None:
    course = run_redrawn(game(losses=((0.0, 0.0), (3.0, 9.0)), threatener=(0,), opens=(60,)))
    assert (course.chances[:, 2] == 0).all()
    assert course.chances[60, 3] > 0


def test_terms_are_a_split_where_there_is_room() -> None:
    course = run_redrawn(game())
    terms = course.terms
    assert terms.split is not None
    assert terms.floor < terms.split < terms.ceiling
    hard = run_redrawn(game(losses=((0.0, 0.0), (3.0, 0.5), (4.0, 1.0))))
    assert hard.terms.split is None
    gains = run_redrawn(game(losses=((0.0, 0.0), (3.0, -0.5), (4.0, 1.0))))
    assert gains.offers == (None, None)


def test_every_variant_moves_one_thing_and_gives_probabilities() -> None:
    base = game()
    names = set()
    for name, prior in base.prior.variants():
        names.add(name)
        assert prior != base.prior
        assert run_redrawn(replace(base, prior=prior)).chances.sum(1) == pytest.approx(1)
    assert len(names) == 16


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"losses": ((0.0, 0.0), (3.0, 9.0))}, "one more pair of losses"),
        ({"losses": ((1.0, 0.0), (3.0, 9.0), (4.0, 5.0))}, "must be finite"),
        ({"threatener": (0, 2)}, "side 0 or 1"),
        ({"opens": (60, 30)}, "rising days"),
        ({"opens": (0, 30)}, "rising days"),
    ],
)
def test_a_game_that_does_not_fit_is_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        game(**changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"patience": 0.0}, "patience"), ({"breakdown": 1.0}, "breakdown"), ({"review_days": 7}, "no sooner")],
)
def test_a_prior_out_of_range_is_refused(changes: dict[str, float], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        replace(Prior(RESOLVES), **changes)  # type: ignore[arg-type]


def test_simulations_that_make_no_sense_are_refused() -> None:
    course = run_redrawn(game())
    with pytest.raises(BadInput, match="days from 0 to 400"):
        simulate_redrawn(course, [500], 3, seed=1)


def kept_by_lasting_sides(course: RedrawnCourse, count: int, seed: int) -> np.ndarray:
    """The thresholds of a course played event by event by sides whose resolves are drawn once (count, days)."""
    made = np.random.default_rng(seed)
    seen = []
    for _ in range(count):
        z = [resolve.draw(made, 1)[0] for resolve in course.game.prior.resolves]
        entered, start, deal = [0], 0, np.inf
        while True:
            stage = len(entered) - 1
            stops = accepted(course, z[1], start, made)
            if stage > 0:
                spell = course.spells[stage - 1]
                stops = entered[-1] + 365.25 * min(float(spell.stops(i, z[i])) for i in (0, 1))
            reviews = course.game.reviews(stage, entered[-1]) if stage < len(course.showdowns) else ()
            day = next((day for day in reviews if day > start), None)
            if stops <= (course.game.days if day is None else day):
                deal = stops
            if day is None or deal < np.inf:
                break
            step, start = course.showdowns[stage], day
            tough = z[0] > step.threshold
            if tough or made.random() < step.bluffs:
                if z[1] <= step.yields:
                    deal = day
                    break
                if tough:
                    entered.append(day)
        seen.append([0 if deal <= day else (1, 2, 3)[sum(e <= day for e in entered) - 1] for day in DAYS])
    return np.array(seen)


def accepted(course: RedrawnCourse, z: float, start: int, made: np.random.Generator) -> float:
    """The day of the offer that the second side accepts in a spell before any threat is in force, infinite for none."""
    offers = course.offers[int(start > 0)]
    cost = course.showdowns[0].if_resisted * course.game.losses[1][1]
    for number, lowest in enumerate(() if offers is None else offers.limits[1:], start=1):
        if min(cost / z, 1.0) > lowest:
            return start + number * course.game.prior.round_days
        if made.random() < course.game.prior.breakdown:
            break
    return np.inf


def test_lasting_sides_that_keep_the_thresholds_have_the_probabilities() -> None:
    """3 standard errors of 6000 draws, and what the grid of resolves leaves open."""
    course = run_redrawn(game())
    seen = kept_by_lasting_sides(course, 6000, seed=5)
    found = fixed_chances(course, DAYS)
    assert found.sum(1) == pytest.approx(1)
    for k in range(len(DAYS)):
        share = np.bincount(seen[:, k], minlength=len(STATES)) / len(seen)
        error = np.sqrt(found[k] * (1 - found[k]) / len(seen))
        assert (np.abs(share - found[k]) <= 3 * error + 0.01).all(), DAYS[k]
    assert found[-1, 0] < course.chances[-1, 0] - 0.1  # drawing anew is what makes a deal near certain
