"""Equal gains: the tariffs that raise what every player wants by the same percentage, the most that can be.

They maximise the smallest gain over no deal, which is where gains are equal, since tariffs can shift income between any
two economies that trade. In a bargain that is the egalitarian solution; Ossa (2014) calls such tariffs cooperative.

The smallest of the gains g is smoothed to −ln(Σ_n μ_n exp(−ρ g_n))/ρ, whose slope over every tariff takes one adjoint,
and climbed by L-BFGS-B. Then μ_n ← μ_n exp(−ρ g_n), scaled to sum to one, and again, until gains are equal: the
exponential method of multipliers, exact at any ρ (P. Tseng and D. P. Bertsekas 1993, Mathematical Programming 60).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, softmax

from detente.errors import NotSolved
from detente.war.gains import Gains, Reached, Walk
from detente.war.lbfgs import ascend

FloatArray = NDArray[np.float64]

#: Gains are equal where they differ by no more than this, in logs: 1e-5 %.
EQUAL = 1e-7
#: Sharpness of the smoothed minimum, per log point of gain.
_RHO = 1000.0
_MAX_UPDATES = 60
#: A round ends where a step gains less than this, in logs.
_GAIN = 1e-12


def equal_gain(gains: Gains, y: FloatArray) -> Reached:
    """From rates y to equal gains. Raises NotSolved where they do not become equal."""
    levers = gains.game.levers
    multipliers = np.full(len(levers.players), 1.0 / len(levers.players))
    walk = Walk(gains, y)
    curvature = gains.curvature(walk.solution, multipliers)
    for update in range(1, _MAX_UPDATES + 1):

        def value(y: FloatArray, last: FloatArray = multipliers) -> tuple[float, FloatArray]:
            exponent = np.log(last) - _RHO * walk.at(y)
            return -float(logsumexp(exponent)) / _RHO, walk.slope(softmax(exponent))

        y = ascend(value, y, curvature, levers, _GAIN)
        found = walk.at(y)
        multipliers = np.maximum(softmax(np.log(multipliers) - _RHO * found), 1e-12)
        if np.ptp(found) <= EQUAL:
            return Reached(y, walk.solution, found, multipliers / multipliers.sum(), update)
    raise NotSolved(
        f"{gains.game.economy.name}: after {_MAX_UPDATES} rounds gains still differ by {np.ptp(found):.3g}: they may "
        "not be equal at the best, as where bounds stop a player from paying another: widen them, or give another start"
    )
