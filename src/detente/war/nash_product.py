"""Nash's product: the tariffs at which the product of gains over no deal, each to its player's power, is largest.

Gains in USD are I (exp(g) − 1), and incomes only scale the product. Its logarithm Σ_n w_n ln(exp(g_n) − 1) is climbed
by L-BFGS-B from where gains are equal, since at no deal itself it is minus infinity; its slope is that of the gains
blended with weights w_n exp(g_n)/(exp(g_n) − 1), one adjoint.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.errors import NotSolved
from detente.war.equal_gain import EQUAL
from detente.war.gains import Gains, Reached, Walk
from detente.war.lbfgs import ascend

FloatArray = NDArray[np.float64]

#: A climb ends where a step gains less than this, in logs of the objective.
_GAIN = 1e-13
#: Climbs are begun anew, in units of the place reached, until one brings less than this in logs, at most so often.
_SETTLED, _MAX_UPDATES = 1e-11, 20


def nash_product(gains: Gains, start: Reached, power: FloatArray) -> Reached:
    """From equal gains to the largest product; power (P,) sums to one.

    Raises NotSolved where not everybody gains at the start, by more than gains called equal may differ.
    """
    if start.gains.min() <= EQUAL:
        raise NotSolved(
            f"{gains.game.economy.name}: at equal gains each player gains {start.gains.min():.3g}: no tariffs within "
            "the bounds were found that leave everybody better off than no deal, and the product of gains is zero"
        )
    levers = gains.game.levers
    y, walk = start.y, Walk(gains, start.y)
    for update in range(1, _MAX_UPDATES + 1):
        weights = _slopes(walk.at(y), power)
        unit = weights.sum()
        last = _logs(walk.at(y), power)

        def value(y: FloatArray, unit: float = unit) -> tuple[float, FloatArray]:
            found = walk.at(y)
            if found.min() <= 0:
                raise NotSolved("a player gains nothing here, so that the product has no logarithm")
            return _logs(found, power) / unit, walk.slope(_slopes(found, power) / unit)

        y = ascend(value, y, gains.curvature(walk.solution, weights / unit), levers, _GAIN)
        found = walk.at(y)
        if (_logs(found, power) - last) / unit <= _SETTLED:
            multipliers = _slopes(found, power)
            return Reached(y, walk.solution, found, multipliers / multipliers.sum(), start.updates + update)
    raise NotSolved(f"{gains.game.economy.name}: after {_MAX_UPDATES} climbs the product of gains still rises")


def mean_gain(gains: FloatArray, power: FloatArray) -> float:
    """The geometric mean of gains (P,), a fraction; zero where one gains nothing."""
    return float(np.exp(_logs(gains, power))) if gains.min() > 0 else 0.0


def _logs(gains: FloatArray, power: FloatArray) -> float:
    return float(power @ np.log(np.expm1(gains)))


def _slopes(gains: FloatArray, power: FloatArray) -> FloatArray:
    return np.asarray(power / -np.expm1(-gains))
