"""The beliefs behind an analysis of markets: the prior, its variants, and values of equity.

The probability of war that markets are compared with, what equity is worth in war and peace, and other readings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

import pandas as pd

from detente.analyses.clock.compute import game_of, last_day, prior_of, stated
from detente.analyses.clock.outlook import AS_STATED, other_priors, solved_courses
from detente.analyses.clock.stages import Stages, calendar, under_other_sets
from detente.analyses.markets.options import MarketsOptions
from detente.analyses.markets.result import HALVED, MULTIPLIED
from detente.dispute.session import Session
from detente.errors import BadInput, NotSolved
from detente.inputs import number
from detente.markets.implied import equity_value, expected_move, exposure
from detente.timing.equilibrium import run_game
from detente.timing.escalation import Course
from detente.timing.prior import Prior

_TIMES: Final = (3.0, 10.0)
"""Multipliers that are tried beside the one stated, as times of it."""


@dataclass(frozen=True)
class Belief:
    """The probability of war; `others` is the least and the most that priors with one thing moved make of it."""

    prior: Prior
    stated: tuple[str, ...]
    probability: float
    others: tuple[tuple[str, float], ...] = ()


def belief_of(session: Session, stages: Stages, pair: tuple[str, str], options: MarketsOptions) -> Belief:
    """The probability of war by the clock's last day, or as given, with where it is from."""
    known, losses = session.known, stages.losses(pair)
    prior, origin = prior_of(known, pair, losses) if options.prior is None else (options.prior, ("given", "given"))
    if options.probability is not None:
        if not 0 <= number(options.probability, "probability") <= 1:
            raise BadInput(f"probability={options.probability!r} of war is not between 0 and 1")
        return Belief(prior, (f"a probability of war of {options.probability:.1%} is given",), options.probability)
    until = last_day(known.as_of, calendar(known.as_of, known.dates, known.demands, known.measures), None)
    game = game_of(losses, stages.steps, pair, prior, known.as_of, until)
    war = _war(run_game(game))
    courses, _ = solved_courses((name, replace(game, prior=other)) for name, other in other_priors(prior, pair))
    others = sorted(((name, _war(course)) for name, course in courses.items()), key=lambda found: found[1])
    if not others:
        raise NotSolved("no prior with one thing moved has thresholds that fit: give another prior, or a probability")
    (least, low), (most, high) = others[0], others[-1]
    told = (
        f"the clock gives war on {until.isoformat()} a probability of {war:.1%}, under this prior; with one thing of "
        f"it moved, {low:.1%} ({least}) to {high:.1%} ({most})"
    )
    return Belief(prior, (told, *stated(prior, pair, origin)), war, (others[0], others[-1]))


def _war(course: Course) -> float:
    """The probability of war on the last day of a clock."""
    return float(course.chances[-1, 3])


@dataclass(frozen=True)
class BeliefVariant:
    """One reading: its name, the probability of war before a move, and the value of equity in war and in peace."""

    name: str
    probability: float
    war: float
    peace: float


def variants_of(
    session: Session, stages: Stages, code: str, belief: Belief, options: MarketsOptions
) -> tuple[list[BeliefVariant], tuple[str, ...]]:
    """The stated prior, then its variants with one change each, and a note on left-out sets of elasticities."""
    change = _change(stages, code)
    war, peace = options.values or (equity_value(change, options.multiplier), 1.0)
    first = BeliefVariant(AS_STATED, belief.probability, war, peace)
    found = [first]
    halved = zip(HALVED, (belief.probability / 2, min(2 * belief.probability, 1.0)), strict=True)
    for name, p in (*halved, *belief.others):
        found.append(replace(first, name=name, probability=p))
    if options.values is not None:
        return found, ()
    for times in _TIMES:
        value = equity_value(change, options.multiplier * times)
        found.append(replace(first, name=f"{MULTIPLIED}{options.multiplier * times:g}", war=value))
    others, missing = under_other_sets(session, stages.steps)
    for name, other in others:
        value = equity_value(_change(other, code), options.multiplier)
        found.append(replace(first, name=f"elasticities {name}", war=value))
    left = (f"elasticities {', '.join(missing)} lack sectors of the world, and are not among the variants",)
    return found, left if missing else ()


def _change(stages: Stages, code: str, stage: int = -1) -> float:
    """The change of an economy's real income in a stage, by default the war, as a fraction."""
    n = stages.economy.index(code)
    return float(stages.solutions[stage].W_hat[n] / stages.solutions[0].W_hat[n] - 1)


def valued(options: MarketsOptions) -> str:
    """The origin of the values of equity, as a text."""
    if options.values is not None:
        return f"values of equity are given: {options.values[0]:g} in war, {options.values[1]:g} in peace"
    times = "" if options.multiplier == 1 else f"{options.multiplier:g} times "
    return (
        f"values of equity move {times}as much as real income (an assumption: the model has no "
        "equity); 1 where no threat is in force"
    )


def _state(stage: int, stages: Stages) -> str:
    return "war" if stage == len(stages.steps) else "partial tariffs"


def exposures_frame(stages: Stages) -> pd.DataFrame:
    """The exposures of economies and sectors in every stage; see `Markets.exposures`."""
    frames = []
    for k, after in enumerate(stages.solutions[1:], start=1):
        frame = exposure(stages.solutions[0], after, _state(k, stages))
        frame.insert(1, "stage", k)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def values_frame(stages: Stages, pair: tuple[str, str], options: MarketsOptions) -> pd.DataFrame:
    """The value of equity in every stage; see `Markets.values`."""
    rows = []
    for code in pair:
        for k in range(1, len(stages.solutions)):
            change = _change(stages, code, k)
            equity = float("nan") if options.values is not None else equity_value(change, options.multiplier)
            row = {"economy": code, "stage": k, "outcome": _state(k, stages), "real_income": change, "equity": equity}
            rows.append(row)
    return pd.DataFrame(rows)


def moves_frame(variants: Sequence[BeliefVariant]) -> pd.DataFrame:
    """The moves to expect in every reading; see `Markets.moves`."""
    rows = []
    for each in variants:
        if_war, if_peace = expected_move(each.probability, war=each.war, peace=each.peace)
        rows.append({"variant": each.name, **asdict(each), "if_war": if_war, "if_peace": if_peace})
    return pd.DataFrame(rows).drop(columns="name")
