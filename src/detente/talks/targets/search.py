"""Finding the rates of a target: one rate by bracketing, a rate for each category by complementarity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar

from detente.errors import NotSolved
from detente.talks.targets.problem import Point, Problem

FloatArray = NDArray[np.float64]

#: A target is met within this, relative to its own change. The audit leaves 1e-9 of each account.
MET = 1e-7
#: The first step of a rate in its variable; it doubles until the target is met or the bound is there.
_FIRST = 0.02
_ROUNDS = 60
_HALVINGS = 12


@dataclass(frozen=True, eq=False)
class Found:
    """Where a search ended, and what there is to say about it."""

    point: Point
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether every level that the goal counts is there."""
        return self.point.gap >= -MET


def one_rate(problem: Problem) -> Found:
    """The smallest rate that meets the goal; where none does, the rate that comes nearest.

    The rate doubles until the goal is met or it is at its bound; the first crossing is then found by Brent's method.
    """
    here = problem.at(np.zeros(1))
    if here.gap >= -MET:
        return Found(here, "met without any instrument")
    passed = [here]
    upper, step = float(problem.instruments.largest[0]), _FIRST * float(problem.instruments.largest[0])
    note = ""
    while passed[-1].y[0] < upper:
        y = min(passed[-1].y[0] + step, upper)
        try:
            there = problem.at(np.array([y]), passed[-1])
        except NotSolved:
            upper, step = 0.5 * (passed[-1].y[0] + y), 0.5 * step
            note = "beyond the rate shown there is no equilibrium that the solver finds"
            if step < 1e-3 * _FIRST:
                break
            continue
        passed.append(there)
        if there.gap >= 0:
            return Found(_crossing(problem, passed[-2], there))
        step *= 2
    return _nearest(problem, passed, note)


def _crossing(problem: Problem, below: Point, above: Point) -> Point:
    """The rate between two points at which the gap is zero."""
    last = above

    def gap(y: float) -> float:
        nonlocal last
        last = problem.at(np.array([y]), last)
        return last.gap

    root = brentq(gap, float(below.y[0]), float(above.y[0]), xtol=1e-13, rtol=1e-13)
    return problem.at(np.array([root]), last)


def _nearest(problem: Problem, passed: list[Point], note: str) -> Found:
    """The rate with the smallest gap; a crossing that the doubling steps jumped over is found on the way."""
    best = max(range(len(passed)), key=lambda k: passed[k].gap)
    left, right = passed[max(best - 1, 0)], passed[min(best + 1, len(passed) - 1)]
    if best == len(passed) - 1:
        return Found(passed[best], note or "the rate is at its bound")
    last = passed[best]

    def minus_gap(y: float) -> float:
        nonlocal last
        last = problem.at(np.array([y]), last)
        return -last.gap

    top = minimize_scalar(minus_gap, bounds=(float(left.y[0]), float(right.y[0])), method="bounded")
    peak = problem.at(np.array([float(top.x)]), last)
    if peak.gap >= 0:
        return Found(_crossing(problem, left, peak))
    return Found(max(peak, passed[best], key=lambda p: p.gap), "a higher rate moves the level the other way")


def complementary(problem: Problem) -> Found:
    """A rate for each level with 0 ≤ rate ⟂ level − asked ≥ 0, each rate up to its bound.

    Newton's method on the rates that are neither idle (at zero, their level over what is asked for) nor exhausted (at
    the bound, their level still under it), halving steps that lead away or to where there is no equilibrium.
    """
    here = problem.at(np.zeros(problem.size))
    upper = problem.instruments.largest
    for _ in range(_ROUNDS):
        if _left(here, upper) <= 1e-9:
            return Found(here, "" if here.gap >= -MET else "a rate is at its bound")
        free = ~(((here.y <= 0) & (here.gaps >= 0)) | ((here.y >= upper) & (here.gaps <= 0)))
        slopes = problem.slopes(here)
        step = np.zeros(problem.size)
        step[free] = np.linalg.solve(slopes[np.ix_(free, free)], -here.gaps[free])
        following = _stepped(problem, here, step, upper)
        if following is None:
            return Found(here, "beyond the rates shown there is no equilibrium that the solver finds")
        here = following
    return Found(here, f"the rates still moved after {_ROUNDS} rounds")


def _left(point: Point, upper: FloatArray) -> float:
    """How far a point is from complementary: the largest |y − [y − gap], within bounds|."""
    return float(np.abs(point.y - np.clip(point.y - point.gaps, 0.0, upper)).max())


def _stepped(problem: Problem, here: Point, step: FloatArray, upper: FloatArray) -> Point | None:
    """The point a step leads to, halved until it leads nearer; None where none does."""
    for _ in range(_HALVINGS):
        try:
            there = problem.at(np.clip(here.y + step, 0.0, upper), here)
        except NotSolved:
            step = 0.5 * step
            continue
        if _left(there, upper) < _left(here, upper):
            return there
        step = 0.5 * step
    return None
