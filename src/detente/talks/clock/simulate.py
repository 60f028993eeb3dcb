"""Disputes played out event by event: a check of the clock, and of how it fares where its beliefs are wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detente.errors import BadInput
from detente.talks.clock.game import YEAR, Course
from detente.talks.clock.offers import Offers
from detente.talks.clock.prior import FloatArray
from detente.talks.clock.scores import STATES, brier, log_score

IntArray = NDArray[np.int64]


def simulate(course: Course, days: Sequence[int], count: int, seed: int) -> IntArray:
    """The state of `count` disputes on each of `days` (count, len(days)), as places in `STATES`.

    Resolves are drawn from the prior of the course and both sides play its equilibrium; probabilities are never looked
    up. Raises BadInput where a day is outside the course or nothing is to be drawn.
    """
    if count < 1 or not days or min(days) < 0 or max(days) > course.game.days:
        raise BadInput(f"{count} disputes on days {list(days)}: give one or more, on days from 0 to {course.game.days}")
    generator = np.random.default_rng(seed)
    return np.array([_one(course, days, generator) for _ in range(count)], dtype=np.int64)


def _one(course: Course, days: Sequence[int], generator: np.random.Generator) -> IntArray:
    game = course.game
    entered = [0]  # the day on which each stage began
    deal = np.inf
    start = 0
    while np.isinf(deal):
        stage = len(entered) - 1
        if stage > 0 and start == entered[-1]:  # resolves of the war of attrition hold as long as the stage does
            z = [game.prior.resolves[i].draw(generator, 1)[0] for i in (0, 1)]
            spell = course.spells[stage - 1]
            stops = start + YEAR * min(float(spell.stops(i, z[i])) for i in (0, 1))
        if stage == len(course.showdowns):
            deal = stops
            break
        day = next(game.reviews(stage, start), None)
        limit = stops if stage > 0 else start + _agreed(course, course.offers[int(start > 0)], generator)
        if limit <= (game.days if day is None else day):
            deal = limit
        elif day is None:
            break
        elif (end := _decide(course, stage, generator)) == "deal":
            deal = day
        else:
            start = day
            if end == "carried out":
                entered.append(day)
    return np.array([_state(day, deal, entered, len(course.showdowns)) for day in days], dtype=np.int64)


def _agreed(course: Course, offers: Offers | None, generator: np.random.Generator) -> float:
    """Days from the start of a spell to the offer that is accepted, infinite where none is."""
    if offers is None:
        return np.inf
    prior, a = course.game.prior, course.game.threatener[0]
    cost = course.showdowns[0].if_resisted * course.game.losses[1][1 - a]
    limit = min(cost / prior.resolves[1 - a].draw(generator, 1)[0], offers.limits[0])
    for number, lowest in enumerate(offers.limits[1:], start=1):
        if limit > lowest:
            return float(number * prior.round_days)
        if generator.random() < prior.breakdown:
            return np.inf
    return np.inf


def _decide(course: Course, stage: int, generator: np.random.Generator) -> str:
    step, resolves, a = course.showdowns[stage], course.game.prior.resolves, course.game.threatener[stage]
    own, other = resolves[a].draw(generator, 1)[0], resolves[1 - a].draw(generator, 1)[0]
    tough = own > step.threshold
    if not tough and generator.random() >= step.bluffs:
        return "held"
    if other <= step.yields:
        return "deal"
    return "carried out" if tough else "held"


def _state(day: int, deal: float, entered: Sequence[int], threats: int) -> int:
    if day >= deal:
        return 0
    stage = sum(start <= day for start in entered) - 1
    return 1 if stage == 0 else 3 if stage == threats else 2


@dataclass(frozen=True, eq=False)
class Calibration:
    """How forecasts fared on simulated disputes.

    `bins` has one row a bin of forecast probability: low, high, forecasts (how many), forecast (their mean), happened
    (how often). `brier` and `log` are means over disputes and days, `uniform_brier` and `uniform_log` those of a
    forecast of one in four for every state; `error` is the mean absolute gap of forecast and frequency.
    """

    bins: pd.DataFrame
    brier: float
    log: float
    uniform_brier: float
    uniform_log: float
    error: float
    disputes: int


def calibrate(
    assumed: Sequence[Course], truth: Sequence[Course], days: Sequence[int], *, seed: int, each: int = 1, bins: int = 10
) -> Calibration:
    """Forecasts of `assumed` courses against disputes that are played by `truth`, course by course.

    Raises BadInput where the two are not as many, or a day is outside a course.
    """
    if len(assumed) != len(truth) or not assumed:
        raise BadInput(f"{len(assumed)} forecasts and {len(truth)} truths: give as many of both, one or more")
    told, seen = [], []
    for number, (mine, its) in enumerate(zip(assumed, truth, strict=True)):
        ended = simulate(its, days, each, seed + number)
        told.append(np.repeat(mine.chances[list(days)][None], each, axis=0))
        seen.append(ended)
    forecasts = np.concatenate(told).reshape(-1, len(STATES))
    happened = np.concatenate(seen).ravel()
    table = _bins(forecasts, happened, bins)
    uniform = np.full(len(STATES), 1 / len(STATES))
    pairs = list(zip(forecasts, happened.tolist(), strict=True))
    return Calibration(
        bins=table,
        brier=float(np.mean([brier(p, s) for p, s in pairs])),
        log=float(np.mean([log_score(p, s) for p, s in pairs])),
        uniform_brier=brier(uniform, 0),
        uniform_log=log_score(uniform, 0),
        error=float(np.average((table["forecast"] - table["happened"]).abs(), weights=table["forecasts"])),
        disputes=each * len(assumed),
    )


def _bins(forecasts: FloatArray, happened: IntArray, count: int) -> pd.DataFrame:
    hit = np.zeros_like(forecasts)
    hit[np.arange(len(happened)), happened] = 1.0
    place = np.minimum((forecasts * count).astype(int), count - 1)
    rows = []
    for k in range(count):
        here = place == k
        if here.any():
            means = {"forecast": forecasts[here].mean(), "happened": hit[here].mean()}
            rows.append({"low": k / count, "high": (k + 1) / count, "forecasts": int(here.sum()), **means})
    return pd.DataFrame(rows)
