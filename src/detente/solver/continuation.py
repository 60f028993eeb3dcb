"""A shock raised from nothing in steps, each equilibrium the start of the next, where one leap does not arrive.

Rates and trade costs rise evenly in logs and deficits evenly, so that a step is about as hard for a subsidy as for a
prohibitive tariff, whatever the elasticity. A border that closes altogether does so as d̂ = 1/(1 − a).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NamedTuple, Protocol, TypeVar

import numpy as np

from detente.inputs import FloatArray
from detente.model.benchmark import Benchmark
from detente.model.shock import Wedges
from detente.solver.fixed_point import Unknowns

#: The first step, the factor by which a step grows after one that arrives, and the least step before giving up.
_FIRST, _GROWS, _LEAST = 0.25, 1.5, 1 / 128


class Located(Protocol):
    """What a solve hands back: at least the unknowns that it ended with."""

    @property
    def x(self) -> Unknowns:
        """The unknowns."""


S = TypeVar("S", bound=Located)


class Continued(NamedTuple, Generic[S]):
    """How far the shock was raised: ``last`` holds at ``reached`` (1 is all of it), ``failed`` does not at ``tried``.

    ``last`` is None where not even the first step holds, ``failed`` is None where the whole shock was reached.
    """

    reached: float
    last: S | None
    tried: float
    failed: S | None


def raised(at: Callable[[float, Unknowns], S], start: Unknowns, holds: Callable[[S], bool]) -> Continued[S]:
    """The shock raised from ``start``, the benchmark.

    ``at(a, x)`` solves for the shock raised to a from the unknowns x. A step begins from where the last two equilibria
    point; it is halved where it fails, and grows where it does not.
    """
    here, there, x, step = 0.0, 0.0, start, _FIRST
    before: tuple[float, Unknowns] | None = None
    last: S | None = None
    failed: S | None = None
    while here < 1 and step >= _LEAST:
        there = min(1.0, here + step)
        solved = at(there, _ahead(x, before, here, there))
        if holds(solved):
            before, here, x, last, failed = (here, x), there, solved.x, solved, None
            step *= _GROWS
        else:
            failed = solved
            step /= 2
    return Continued(here, last, there, failed)


def _ahead(x: Unknowns, before: tuple[float, Unknowns] | None, here: float, there: float) -> Unknowns:
    """The straight line through the last two equilibria."""
    if before is None:
        return x
    reach = (there - here) / (here - before[0])
    return x.unstacked(x.stacked() + reach * (x.stacked() - before[1].stacked()))


def part_of(wedges: Wedges, economy: Benchmark, D: FloatArray, a: float) -> tuple[Wedges, FloatArray]:
    """The wedges, and deficits on the way to D, of the shock raised to a."""
    if a == 1:
        return wedges, D
    open_ = wedges.K > 0
    K = np.where(open_, np.where(open_, wedges.K, 1.0) ** a, (1 - a) ** economy.theta)
    v = economy.v ** (1 - a) * wedges.v**a
    h = None if wedges.h is None else wedges.h**a
    T = None if wedges.T_cf is None else a * wedges.T_cf
    varying = None if wedges.varying is None else wedges.varying.part(economy, a)
    return Wedges(K, v, wedges.D_cf, h, T, varying), (1 - a) * economy.D + a * D
