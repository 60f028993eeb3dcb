"""The thresholds of the redrawn game (`redrawn`), played by sides whose resolve is drawn once.

No equilibrium: sides that last would learn from each decision and play otherwise (`escalation`). It shows how much of
the redrawn game's probabilities comes from drawing resolves anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from detente.inputs import FloatArray
from detente.timing.game import YEAR
from detente.timing.offers import Offers
from detente.timing.redrawn import RedrawnCourse
from detente.timing.scores import STATES

_TYPES: Final = 120
"""Resolves of each side, one in the middle of each part of equal probability. Doubling them moves nothing by 0.01."""


def fixed_chances(course: RedrawnCourse, days: Sequence[int]) -> FloatArray:
    """The probability of each state on some days (len(days), 4), over all pairs of resolves.

    A tough threatener insists the first time, and is then past the decision; so every stage is entered on one day.
    """
    game, count = course.game, len(course.showdowns)
    middles = (np.arange(_TYPES) + 0.5) / _TYPES
    z = [side.ravel() for side in np.meshgrid(*(r.quantile(middles) for r in game.prior.resolves), indexing="ij")]
    weight = 1 / len(z[0])
    stages = np.zeros((len(days), count + 1))
    entry, mass = 0, np.ones(len(z[0]))
    for stage in range(count + 1):
        stops = _stops(course, stage, entry, z)
        start, first, following = entry, True, (entry, np.zeros_like(mass))
        for day in [*(game.reviews(stage, entry) if stage < count else ()), game.days + 1]:
            for place, mark in enumerate(days):
                if start <= mark < day:
                    stages[place, stage] = (mass * _open(course, stage, start, mark, z, stops)).sum() * weight
            if day > game.days:
                break
            step, a = course.showdowns[stage], game.threatener[stage]
            mass = mass * _open(course, stage, start, day, z, stops)
            tough, yields = z[a] > step.threshold, z[1 - a] <= step.yields
            if first:
                following, first = (day, mass * tough * ~yields), False
            mass = mass * ~tough * (1 - step.bluffs * yields)
            start = day
        entry, mass = following
    chances = np.zeros((len(days), len(STATES)))
    chances[:, 1], chances[:, 2], chances[:, 3] = stages[:, 0], stages[:, 1:-1].sum(1), stages[:, -1]
    chances[:, 0] = 1 - chances[:, 1:].sum(1)
    return chances


def _stops(course: RedrawnCourse, stage: int, entry: int, z: list[FloatArray]) -> FloatArray:
    """The day on which either side of each pair gives way once a stage with measures in force was entered."""
    if stage == 0:
        return np.full(len(z[0]), np.inf)
    spell = course.spells[stage - 1]
    return entry + YEAR * np.minimum(spell.stops(0, z[0]), spell.stops(1, z[1]))


def _open(
    course: RedrawnCourse, stage: int, start: int, day: int, z: list[FloatArray], stops: FloatArray
) -> FloatArray:
    """The probability for each pair that nothing ends a stage between a decision on `start` and `day`."""
    if stage > 0:
        return (stops > day).astype(np.float64)
    offers = course.offers[int(start > 0)]
    if offers is None:
        return np.ones(len(z[0]))
    a = course.game.threatener[0]
    cost = course.showdowns[0].if_resisted * course.game.losses[1][1 - a]
    rounds = (day - start) // course.game.prior.round_days
    return _refused(offers, np.minimum(cost / z[1 - a], offers.limits[0]), rounds, course.game.prior.breakdown)


def _refused(offers: Offers, limits: FloatArray, rounds: int, breakdown: float) -> FloatArray:
    """The probability that sides with these limits have accepted no offer after some rounds."""
    accepts = 1 + (limits[:, None] <= offers.limits[None, 1:]).sum(1)  # in which round, if talks go on
    done = min(rounds, len(offers.demands))
    return np.where(accepts <= done, 1 - (1 - breakdown) ** (accepts - 1.0), 1.0)
