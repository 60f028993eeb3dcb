"""Finding the rates of a target: one rate by bracketing, a rate for each category by complementarity.

Where several rates serve one goal, those are sought that cost chosen economies the least, by gradient: sequential
quadratic programming (SLSQP) on −worth, with rates within their bounds and every level there and not over. A level may
be over what is asked only where it is so with no rate at all, or the search would not look for the way to the goal but
for the best that one side can have of the other. Worth is the change of real income of the chosen economies together,
at base prices; its slopes and those of the levels come from adjoints. A rate is scaled by the curvature of what it
costs at given world prices, spending times 1 + θ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.optimize import NonlinearConstraint, brentq, minimize, minimize_scalar

from detente.errors import NotSolved
from detente.inputs import FloatArray
from detente.targets.problem import Point, TargetProblem

#: A target is met within this, relative to its own change. The audit leaves 1e-9 of each account.
MET = 1e-7
#: A rate within this of its bound is at it, in the variable that a search moves.
BOUND: Final = 1e-9
#: A gap under this is no gap: solves end at so much, and a search beyond them would follow their rounding.
_CLOSED = 1e-11
#: The first step of a rate in its variable; it doubles until the target is met or the bound is there.
_FIRST = 0.02
_ROUNDS = 60
_HALVINGS = 12
#: A loss, in the goal's own change, that no step makes up for: there is no equilibrium.
_NO_EQUILIBRIUM = 1e3
_ITERATIONS = 200
#: A scaled rate under this is left out where the goal is met without it.
_IDLE = 1e-7
#: The search ends where a step gains less than this of the goal's own change.
_GAIN = 1e-10


@dataclass(frozen=True, eq=False)
class SearchEnd:
    """The end of a search, with a remark."""

    point: Point
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether every level that the goal counts is there."""
        return self.point.gap >= -MET


def one_rate(problem: TargetProblem) -> SearchEnd:
    """The smallest rate that meets the goal; where none does, the rate that comes nearest.

    The rate doubles until the goal is met or it is at its bound; the first crossing is then found by Brent's method.
    """
    here = problem.at(np.zeros(1))
    if here.gap >= -MET:
        return SearchEnd(here, "met without any instrument")
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
            return SearchEnd(_crossing(problem, passed[-2], there))
        step *= 2
    return _nearest(problem, passed, note)


def _crossing(problem: TargetProblem, below: Point, above: Point) -> Point:
    """The rate between two points at which the gap is zero."""
    gaps = {float(point.y[0]): point.gap for point in (below, above)}
    last = above

    def gap(y: float) -> float:
        nonlocal last
        if y not in gaps:
            last = problem.at(np.array([y]), last)
            gaps[y] = 0.0 if abs(last.gap) <= _CLOSED else last.gap  # Brent's method ends at a zero
        return gaps[y]

    root = brentq(gap, float(below.y[0]), float(above.y[0]), xtol=1e-13, rtol=1e-13)
    found = last if last.y[0] == root else problem.at(np.array([root]), last)
    del last  # scipy leaves a circle behind that holds `gap`, and with it an equilibrium
    return found


def _nearest(problem: TargetProblem, passed: list[Point], note: str) -> SearchEnd:
    """The rate with the smallest gap; a crossing that the doubling steps jumped over is found on the way."""
    best = max(range(len(passed)), key=lambda k: passed[k].gap)
    left, right = passed[max(best - 1, 0)], passed[min(best + 1, len(passed) - 1)]
    if best == len(passed) - 1:
        return SearchEnd(passed[best], note or "the rate is at its bound")
    last = passed[best]

    def minus_gap(y: float) -> float:
        nonlocal last
        last = problem.at(np.array([y]), last)
        return -last.gap

    top = minimize_scalar(minus_gap, bounds=(float(left.y[0]), float(right.y[0])), method="bounded")
    peak = problem.at(np.array([float(top.x)]), last)
    if peak.gap >= 0:
        return SearchEnd(_crossing(problem, left, peak))
    return SearchEnd(max(peak, passed[best], key=lambda p: p.gap), "a higher rate moves the level the other way")


def complementary(problem: TargetProblem) -> SearchEnd:
    """A rate for each level with 0 ≤ rate ⟂ level − asked ≥ 0, each rate up to its bound.

    Newton's method on the rates that are neither idle (at zero, their level over what is asked for) nor exhausted (at
    the bound, their level still under it), halving steps that lead away or to where there is no equilibrium.
    """
    here = problem.at(np.zeros(problem.size))
    upper = problem.instruments.largest
    for _ in range(_ROUNDS):
        if _left(here, upper) <= 1e-9:
            return SearchEnd(here, "" if here.gap >= -MET else "a rate is at its bound")
        free = ~(((here.y <= 0) & (here.gaps >= 0)) | ((here.y >= upper) & (here.gaps <= 0)))
        slopes = problem.slopes(here)
        step = np.zeros(problem.size)
        step[free] = np.linalg.solve(slopes[np.ix_(free, free)], -here.gaps[free])
        following = _stepped(problem, here, step, upper)
        if following is None:
            return SearchEnd(here, "beyond the rates shown there is no equilibrium that the solver finds")
        here = following
    return SearchEnd(here, f"the rates still moved after {_ROUNDS} rounds")


def _left(point: Point, upper: FloatArray) -> float:
    """The distance of a point from complementarity: the largest |y − [y − gap], within bounds|."""
    return float(np.abs(point.y - np.clip(point.y - point.gaps, 0.0, upper)).max())


def _stepped(problem: TargetProblem, here: Point, step: FloatArray, upper: FloatArray) -> Point | None:
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


@dataclass(frozen=True, eq=False)
class Cheapest:
    """The end of a search for the least costly rates: worth, and the gain that slopes still promise, USD million.

    ``left`` is half of slope²/curvature over the rates that may move along the goal.
    """

    found: SearchEnd
    worth: float = 0.0
    left: float = 0.0


class _Walk:
    """The problem in scaled variables, every point solved once, and the best that meets the goal."""

    def __init__(self, problem: TargetProblem, codes: tuple[str, ...], first: Point) -> None:
        self.problem, self.codes, self.last, self.best = problem, codes, first, first
        self.unit = float(problem.count.scale.sum())
        self.binds = problem.at(np.zeros(problem.size), first).gaps < 0
        self.scale = np.sqrt(_curvature(problem, first) / self.unit)
        self.most = -np.inf
        self._known: dict[bytes, tuple[Point, float, FloatArray, FloatArray] | None] = {}

    def at(self, x: FloatArray) -> tuple[Point, float, FloatArray, FloatArray] | None:
        """Point, worth, its slopes and those of the gaps (over y); None where there is no equilibrium."""
        y = np.clip(x / self.scale, 0.0, self.problem.instruments.largest)
        if (key := y.tobytes()) not in self._known:
            self._known[key] = self._solve(y)
        return self._known[key]

    def _solve(self, y: FloatArray) -> tuple[Point, float, FloatArray, FloatArray] | None:
        try:
            point = self.problem.at(y, self.last)
            worth, slope = self.problem.worth(point, self.codes)
            gaps = self.problem.slopes(point)
        except NotSolved:
            return None
        self.last = point
        if self.meets(point) and worth > self.most:
            self.best, self.most = point, worth
        return point, worth, slope, gaps

    def meets(self, point: Point) -> bool:
        """Whether every level is there, and not over where it binds."""
        return point.gap >= -MET and bool((point.gaps[self.binds] <= MET).all())

    def end(self) -> tuple[Point, float, FloatArray, FloatArray]:
        """The best point, without the rates that do nothing for it."""
        best = self.at(self.best.y * self.scale)
        assert best is not None  # it was solved on the way
        trimmed = self.at(np.where(self.best.y * self.scale < _IDLE, 0.0, self.best.y) * self.scale)
        if trimmed is None or not self.meets(trimmed[0]) or trimmed[1] < best[1] - _GAIN * self.unit:
            return best
        return trimmed

    def cost(self, x: FloatArray) -> tuple[float, FloatArray]:
        here = self.at(x)
        if here is None:
            return _NO_EQUILIBRIUM, np.zeros_like(x)
        return -here[1] / self.unit, -here[2] / self.scale / self.unit

    def gaps(self, x: FloatArray) -> FloatArray:
        here = self.at(x)
        return np.full(len(self.problem.count.names), -1.0) if here is None else here[0].gaps

    def gap_slopes(self, x: FloatArray) -> FloatArray:
        here = self.at(x)
        return np.zeros((len(self.problem.count.names), len(x))) if here is None else here[3] / self.scale


def cheapest(problem: TargetProblem, codes: tuple[str, ...], first: Point) -> Cheapest:
    """The least costly rates that a search from a point that meets the goal finds. Raises NotSolved at that point."""
    walk = _Walk(problem, codes, first)
    x = first.y * walk.scale
    if walk.at(x) is None:
        raise NotSolved(f"{problem.instruments.economy.name}: the slopes at the start of the search are not found")
    minimize(
        walk.cost,
        x,
        jac=True,
        method="SLSQP",
        bounds=[(0.0, float(high)) for high in problem.instruments.largest * walk.scale],
        constraints=NonlinearConstraint(walk.gaps, 0.0, np.where(walk.binds, 0.0, np.inf), jac=walk.gap_slopes),
        options={"ftol": _GAIN, "maxiter": _ITERATIONS},
    )
    point, worth, slope, gaps = walk.end()
    return Cheapest(SearchEnd(point), worth, _promised(problem, walk, point, slope, gaps))


def nearest(problem: TargetProblem, first: Point) -> Point:
    """A point that meets the goal, or the one with the smallest gap, by L-BFGS-B from a point that does not meet it."""
    best = last = first

    def minus_gap(y: FloatArray) -> tuple[float, FloatArray]:
        nonlocal best, last
        try:
            last = problem.at(y, last)
        except NotSolved:
            return _NO_EQUILIBRIUM, np.zeros_like(y)
        if last.gap > best.gap:
            best = last
        if last.gap >= 0:  # flat from there on: the search stops
            return 0.0, np.zeros_like(y)
        return -last.gap, -problem.slopes(last)[int(last.gaps.argmin())]

    limits = [(0.0, float(high)) for high in problem.instruments.largest]
    minimize(minus_gap, first.y, jac=True, method="L-BFGS-B", bounds=limits)
    return best


def _curvature(problem: TargetProblem, point: Point) -> FloatArray:
    """Spending on what each rate covers times 1 + θ, USD million, and at least a millionth of the largest."""
    goods, solution = problem.instruments.goods, point.solution
    each = problem.spent(point.y, solution) * (1 + solution.base.theta[goods.j])
    sums = np.array([each[instrument.rows].sum() for instrument in problem.instruments.each])
    return np.asarray(np.maximum(sums, 1e-6 * sums.max()))


def _promised(problem: TargetProblem, walk: _Walk, point: Point, slope: FloatArray, gaps: FloatArray) -> float:
    """The remaining slope after the binding levels are priced, in scaled rates that their bounds let move."""
    g, A = slope / walk.scale / walk.unit, gaps / walk.scale
    low, high = point.y <= BOUND, point.y >= problem.instruments.largest - BOUND
    free, binds = ~(low | high), walk.binds
    prices = np.zeros(len(A))
    if binds.any() and free.any():
        prices[binds] = np.linalg.lstsq(A[binds][:, free].T, -g[free], rcond=None)[0]
    left = g + prices @ A
    left = np.where(low, np.maximum(left, 0.0), np.where(high, np.minimum(left, 0.0), left))
    return float(0.5 * left @ left * walk.unit)


def best_of(searches: Sequence[Cheapest]) -> Cheapest:
    """The one that is worth most; where others ended elsewhere its note says so."""
    best = max(searches, key=lambda search: search.worth)
    others = [search.worth for search in searches if best.worth - search.worth > max(1e-3 * abs(best.worth), 1.0)]
    if not others:
        return best
    note = f"searches from other starts ended at {', '.join(f'{worth:,.0f}' for worth in others)} USD million"
    return replace(best, found=replace(best.found, note=note))
