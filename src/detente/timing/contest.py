"""The war of attrition between sides whose resolve lasts, with what it is worth to each resolve.

Both sides pay a loss a year while both stand. A side of resolve z that gives way pays z a year from then on; the other
then gains `wins` times its own resolve a year. So a side whose resolve is over its loss would rather stand for ever
than give way. In equilibrium lower resolves give way first (Fudenberg and Tirole 1986, with discounting).

Whoever would give way next is indifferent to waiting a moment longer. With r the impatience a year, side j's hazard is
r φ_i at the resolve z_i that gives way next, where φ_i = (loss_i/z_i − 1) / (1 + wins_i). Dividing one law of motion by
the other gives an integral K_i = ∫ φ_i dF_i/(1 − F_i), up to the resolve that never gives way, which is the same for
both sides at all times, and dt = |dK| / (r φ_1 φ_2). Whoever would have more of it to go through gives way at once with
the probability that makes both equal. Where one side has no resolve that gives way, or the other none that stands for
ever, the other gives way at once or never.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from detente.inputs import FloatArray
from detente.timing.offers import Pair
from detente.timing.posterior import Posterior

_FINE: Final = 160
"""Points of the grid of resolves. Doubling it moves no probability of a clock by 1e-3."""
_LOWEST: Final = 1e-9
"""The probability below which resolves are left out of the grid."""
_NOBODY: Final = 1e-12
"""The integral K up to which a side counts as one that never gives way."""


@dataclass(frozen=True, eq=False)
class Contest:
    """The equilibrium of a war of attrition.

    `years` (m,) rise from 0, the last is infinite; `marginal` (2, m) is the resolve of each side that gives way at each
    time, `standing` (2, m) the probability that it still stands. `gains` and `remains` (2, m) are, up to each time, the
    discounted probability that a side has given way, and the discount factor times the probability that it stands.
    Resolves over `losses` never give way.
    """

    losses: Pair
    wins: Pair
    years: FloatArray = field(repr=False)
    marginal: FloatArray = field(repr=False)
    standing: FloatArray = field(repr=False)
    gains: FloatArray = field(repr=False)
    remains: FloatArray = field(repr=False)

    def still(self, years: ArrayLike) -> FloatArray:
        """The probability that both sides still stand at times of 0 or later."""
        t = np.minimum(np.asarray(years, dtype=np.float64), self.years[-2])
        return np.asarray(np.prod([np.interp(t, self.years[:-1], each[:-1]) for each in self.standing], axis=0))

    def stops(self, side: int, resolve: ArrayLike) -> FloatArray:
        """When a side (0 or 1) of each resolve gives way if the other has not: years, infinite where never."""
        z = np.asarray(resolve, dtype=np.float64)
        when = np.interp(z, self.marginal[side, :-1], self.years[:-1])
        return np.where(z > self.marginal[side, -2], np.inf, when)

    def worth(self, side: int, resolve: ArrayLike) -> FloatArray:
        """What the contest is worth to a side (0 or 1) of each resolve at its start: USD million a year, for ever.

        Also for resolves that the other side does not believe in: they choose the time that is best for them.
        """
        z, other = np.asarray(resolve, dtype=np.float64), 1 - side
        gained = np.interp(z, self.marginal[side], self.gains[other])
        left = np.interp(z, self.marginal[side], self.remains[other])
        return np.asarray(z * (self.wins[side] * gained - left) - self.losses[side] * (1 - gained - left))


def contest(losses: Pair, beliefs: tuple[Posterior, Posterior], wins: Pair, rate: float) -> Contest:
    """The equilibrium under beliefs about both sides; at most one of them has no resolve over its loss.

    `losses` are USD million a year, `wins` parts of the own resolve, `rate` is impatience a year.
    """
    soft = [losses[i] > beliefs[i].low for i in (0, 1)]
    firm = [beliefs[i].high > losses[i] for i in (0, 1)]
    for i in (0, 1):
        if not soft[1 - i] or not firm[i]:
            return _settled(losses, beliefs, wins, i)
    grids = [_grid(losses[i], beliefs[i], wins[i]) for i in (0, 1)]
    for i in (0, 1):
        if not grids[i][1][0] > _NOBODY:  # next to no resolve of side i would ever give way
            return _settled(losses, beliefs, wins, 1 - i)
    most = min(grids[0][1][0], grids[1][1][0])
    k = np.unique(np.concatenate([g[1][g[1] <= most] for g in grids] + [np.array([0.0, most])]))[::-1]
    marginal = np.stack([np.interp(-k, -g[1], g[0]) for g in grids])
    phi = np.stack([_phi(losses[i], marginal[i, :-1], wins[i]) for i in (0, 1)])
    pace = k[:-1] / np.maximum(phi[0] * phi[1], 1e-300)
    steps = -np.diff(np.log(k[:-1])) * (pace[1:] + pace[:-1]) / (2 * rate)
    years = np.concatenate([[0.0], np.cumsum(steps), [np.inf]])
    standing = np.stack([beliefs[i].above(marginal[i]) for i in (0, 1)])
    return _valued(losses, wins, years, marginal, standing, rate)


def _settled(losses: Pair, beliefs: tuple[Posterior, Posterior], wins: Pair, yielding: int) -> Contest:
    """The contest in which a side gives way at once or never, and the other never does."""
    edge = np.array([max(loss, 0.0) for loss in losses])
    edge[1 - yielding] = min(edge[1 - yielding], beliefs[1 - yielding].low)
    marginal = np.stack([edge, np.nextafter(edge, np.inf)], axis=1)
    stands = np.array([1.0, 1.0])
    stands[yielding] = beliefs[yielding].above(edge[yielding])
    standing = np.stack([stands, stands], axis=1)
    return _valued(losses, wins, np.array([0.0, np.inf]), marginal, standing, 1.0)


def _valued(
    losses: Pair, wins: Pair, years: FloatArray, marginal: FloatArray, standing: FloatArray, rate: float
) -> Contest:
    discount = np.exp(-rate * years)
    ends = -np.diff(standing, axis=1) * (discount[1:] + discount[:-1]) / 2
    gains = np.concatenate([1 - standing[:, :1], ends], axis=1).cumsum(1)
    arrays = (years, marginal, standing, gains, discount * standing)
    for array in arrays:
        array.setflags(write=False)
    return Contest(losses, wins, *arrays)


def _phi(loss: float, z: FloatArray, wins: float) -> FloatArray:
    return (loss / z - 1) / (1 + wins)


def _grid(loss: float, belief: Posterior, wins: float) -> tuple[FloatArray, FloatArray]:
    """Resolves up to the loss (m,), closer together near it, and K from each of them to the loss, falling to 0."""
    lowest = max(min(float(belief.quantile(_LOWEST)), loss / 2), belief.low)
    logs = math.log(loss) - math.log(loss / lowest) * np.linspace(1.0, 0.0, _FINE) ** 2
    z = np.exp(logs)
    z[-1] = loss
    rises = _phi(loss, z, wins) * belief.hazard(z)
    areas = (rises[1:] + rises[:-1]) / 2 * np.diff(logs)
    K = np.concatenate([np.cumsum(areas[::-1])[::-1], [0.0]])
    return z, K
