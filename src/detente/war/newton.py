"""How far a government would move its rates: slopes over the curvature of its payoff as its own trade responds.

At given world prices a tariff changes real income by Σ t dM. With s the shares of the cells set in a market on which X
is spent, the second derivatives over ln(1+t) in that market are, over income,

    −(X/I) · [ (1+θ) diag(s) − θ s sᵀ ],

whose inverse is written out: one partner's tariff moves trade among partners, with 1+θ, and all of them together only
between those and the rest, with 1 + θ(1 − Σs). Terms of trade are in the slopes; what they add to the curvature, and
what revenue adds to spending, is left to acceleration.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.solve.solution import Solution
from detente.war.levers import Levers

FloatArray = NDArray[np.float64]


def newton(levers: Levers, solution: Solution, slope: FloatArray) -> tuple[FloatArray, FloatArray]:
    """How far each rate would move, in ln(1+t), and the size of the payoff's second derivative over it alone.

    Parameters
    ----------
    slope
        Of each owner's payoff over its rates. A rate on which nothing is spent has no curvature and does not move.
    """
    n, i, j = levers.cells
    theta, share = solution.base.theta[j], solution.pi_cf[n, i, j]
    market = solution.X_cf[n, j] / solution.I_cf[n]
    rest = np.maximum(1.0 - np.bincount(levers.market, share)[levers.market], 0.0)
    if levers.size < len(levers.group):
        curvature = levers.sums(share * market * (1.0 + theta * rest))
        return _over(slope, curvature), curvature
    curvature = levers.sums(share * market * (1.0 + theta * (1.0 - share)))
    g = slope[levers.group]
    together = np.bincount(levers.market, g).astype(np.float64)[levers.market]
    move = (_over(g, share * market) + theta * _over(together, market * (1.0 + theta * rest))) / (1.0 + theta)
    return levers.sums(np.where(share * market > 0, move, 0.0)), curvature


def _over(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.asarray(np.divide(a, b, out=np.zeros_like(a), where=b > 0), dtype=np.float64)
