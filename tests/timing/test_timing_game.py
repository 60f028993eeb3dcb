"""The course of a dispute: probabilities that add up, direction, events played out, and calibration."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from detente.errors import BadInput
from detente.timing.game import ClockGame, Course, calibrate, run_game, simulate
from detente.timing.prior import Prior, Resolve
from detente.timing.scores import STATES

RESOLVES = (Resolve(12.0, 1.0), Resolve(12.0, 1.0))
DAYS = (30, 90, 200, 400)


def game(**changes: object) -> ClockGame:
    given_ = {"losses": ((0.0, 0.0), (3.0, 9.0), (4.0, 26.0)), "threatener": (0, 0), "opens": (60, 190)}
    return ClockGame(**{**given_, "prior": Prior(RESOLVES), "days": 400, **changes})  # type: ignore[arg-type]


def test_probabilities_add_up_and_a_deal_lasts() -> None:
    course = run_game(game())
    assert course.chances.sum(1) == pytest.approx(1)
    assert (course.chances >= 0).all()
    assert course.chances[0].tolist() == [0, 1, 0, 0]
    assert (np.diff(course.chances[:, 0]) >= -1e-12).all()
    assert course.chances[59, 2] == 0 < course.chances[60, 2]
    assert course.chances[189, 3] == 0 < course.chances[190, 3]


def test_events_played_out_have_the_probabilities() -> None:
    """4 standard errors of 6000 draws; the draws look no probability up."""
    course = run_game(game())
    seen = simulate(course, DAYS, 6000, seed=3)
    for k, day in enumerate(DAYS):
        share = np.bincount(seen[:, k], minlength=len(STATES)) / len(seen)
        error = np.sqrt(course.chances[day] * (1 - course.chances[day]) / len(seen))
        assert (np.abs(share - course.chances[day]) <= 4 * error + 1e-4).all(), day
    assert (simulate(course, DAYS, 50, seed=3) == seen[:50]).all()


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
    course = run_game(game(losses=((0.0, 0.0), first, war), threatener=by, opens=(opens[0], sum(opens))))
    assert course.chances.sum(1) == pytest.approx(1)
    assert course.chances.min() >= 0


def test_exchanging_the_sides_changes_nothing() -> None:
    prior = Prior((Resolve(8.0, 0.9), Resolve(20.0, 1.2)))
    one = run_game(game(prior=prior))
    turned = run_game(
        game(
            losses=tuple(pair[::-1] for pair in one.game.losses),
            threatener=(1, 1),
            prior=replace(prior, resolves=prior.resolves[::-1]),
        )
    )
    assert turned.chances == pytest.approx(one.chances, abs=1e-12)


def test_a_change_of_currency_changes_nothing() -> None:
    one = run_game(game())
    prior = Prior((Resolve(12e3, 1.0), Resolve(12e3, 1.0)))
    many = run_game(game(losses=tuple((a * 1e3, b * 1e3) for a, b in one.game.losses), prior=prior))
    assert many.chances == pytest.approx(one.chances, abs=1e-9)


def test_a_firmer_target_deals_less_and_a_firmer_threatener_carries_out_more() -> None:
    base = run_game(game())
    firm = run_game(game(prior=base.game.prior.with_resolve(1, median=3.0)))
    assert firm.chances[-1, 0] < base.chances[-1, 0]
    assert firm.showdowns[0].concede <= base.showdowns[0].concede
    weak = run_game(game(prior=base.game.prior.with_resolve(0, median=0.2)))
    assert weak.showdowns[0].carried_out < base.showdowns[0].carried_out


def test_one_threat_carried_out_is_war_at_once() -> None:
    course = run_game(game(losses=((0.0, 0.0), (3.0, 9.0)), threatener=(0,), opens=(60,)))
    assert (course.chances[:, 2] == 0).all()
    assert course.chances[60, 3] > 0


def test_terms_are_a_split_where_there_is_room() -> None:
    course = run_game(game())
    terms = course.terms
    assert terms.split is not None
    assert terms.floor < terms.split < terms.ceiling
    hard = run_game(game(losses=((0.0, 0.0), (3.0, 0.5), (4.0, 1.0))))
    assert hard.terms.split is None
    gains = run_game(game(losses=((0.0, 0.0), (3.0, -0.5), (4.0, 1.0))))
    assert gains.offers == (None, None)


def test_every_variant_moves_one_thing_and_gives_probabilities() -> None:
    base = game()
    names = set()
    for name, prior in base.prior.variants():
        names.add(name)
        assert prior != base.prior
        assert run_game(replace(base, prior=prior)).chances.sum(1) == pytest.approx(1)
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


def courses(count: int, seed: int, *, median: float = 1.0, sigma: float = 1.0, losses: float = 1.0) -> list[Course]:
    """Disputes of all sizes; the last three say how the truth differs: resolves, their spread, what tariffs cost."""
    draw = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        cost = np.cumsum(np.vstack([np.zeros(2), draw.lognormal(1.5, 0.8, (2, 2))]), axis=0) * losses
        opens = np.cumsum(draw.integers(10, 120, 2))
        prior = Prior(RESOLVES).with_resolve(0, median=median, sigma=sigma).with_resolve(1, median=median, sigma=sigma)
        pairs = tuple((float(a), float(b)) for a, b in cost)
        made.append(
            run_game(ClockGame(pairs, (0, int(draw.integers(0, 2))), (int(opens[0]), int(opens[1])), prior, 400))
        )
    return made


def test_forecasts_are_calibrated_where_beliefs_are_right_and_the_error_is_seen_where_not() -> None:
    assumed = courses(120, 1)
    right = calibrate(assumed, assumed, DAYS, seed=5, each=5)
    assert right.disputes == 600
    assert right.error < 0.025
    assert right.brier < right.uniform_brier
    assert right.log < right.uniform_log
    wrong = calibrate(assumed, courses(120, 1, median=2.0), DAYS, seed=5, each=5)
    assert wrong.error > 2 * right.error
    dearer = calibrate(assumed, courses(120, 1, losses=1.5), DAYS, seed=5, each=5)
    assert dearer.error > right.error
    assert right.bins["forecasts"].sum() == 600 * len(DAYS) * len(STATES)


def test_simulations_that_make_no_sense_are_refused() -> None:
    course = run_game(game())
    with pytest.raises(BadInput, match="days from 0 to 400"):
        simulate(course, [500], 3, seed=1)
    with pytest.raises(BadInput, match="as many of both"):
        calibrate([course], [], DAYS, seed=1)
