"""The war of attrition: who gives way when both sides pay for every day on which neither does.

Two sides pay c a year while both stand; who gives way first gets nothing more, the other its prize v. In equilibrium a
side that has not given way is indifferent, so the other's hazard times its own prize is its own cost: side i gives way
at the rate c_j/v_j (Maynard Smith 1974; Hendricks, Weiss and Wilson 1988). A side that may be one which never gives
way, or whose prize is private, gives way until only those are left who never would, both sides at the same time
(Fudenberg and Tirole 1986; Abreu and Gul 2000); whoever would take longer gives way at once with some probability.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import cumulative_simpson

from detente.errors import BadInput
from detente.inputs import FloatArray
from detente.timing.offers import Pair
from detente.timing.prior import Resolve

_FINE = 801
"""Points of the grid of resolves: an odd number, for Simpson's rule. Doubling it moves no probability by 1e-6."""
_LOWEST = 1e-9
"""The probability below which resolves are left out of the grid."""


@dataclass(frozen=True)
class Attrition:
    """The equilibrium of a war of attrition with known costs and prizes.

    `hazards` a year, while it lasts; `at_once` the probability that a side gives way at the start; `at_deadline` the
    probability that a side still standing at the deadline gives way on it; `ends` the year from which nobody gives way
    any more (infinite where nobody is tough).
    """

    hazards: Pair
    at_once: Pair
    at_deadline: Pair
    ends: float
    deadline: float

    def standing(self, years: ArrayLike) -> FloatArray:
        """The probability that each side has not given way, were the other never to: (2, ...)."""
        years = np.minimum(np.asarray(years, dtype=np.float64), self.ends)
        return np.stack([(1 - self.at_once[i]) * np.exp(-self.hazards[i] * years) for i in (0, 1)])

    def first(self, years: ArrayLike) -> FloatArray:
        """The probability that each side has given way first by a time before the deadline: (2, ...)."""
        years = np.minimum(np.asarray(years, dtype=np.float64), self.ends)
        total = sum(self.hazards)
        left = (1 - self.at_once[0]) * (1 - self.at_once[1])
        gone = left * -np.expm1(-total * years) / total
        return np.stack([self.at_once[i] + self.hazards[i] * gone for i in (0, 1)])


def attrition(
    costs: Pair, prizes: Pair, *, tough: Pair = (0.0, 0.0), deadline: float = math.inf, losses: Pair | None = None
) -> Attrition:
    """The equilibrium with known costs (a year) and prizes.

    On the deadline a side that stands and is not tough gives way with the probability ℓ_j/(v_j + ℓ_j) that leaves the
    other, j, indifferent, or surely where too few are left for that. If that held for one side alone, the other would
    wait: the side with more to give then gives way at once with the least probability that leaves it just enough.
    Both giving way on the deadline is worth no more than giving way.

    Parameters
    ----------
    tough
        The probability that each side never gives way.
    deadline
        Years until the war of attrition ends in a clash that costs `losses` if both still stand.
    losses
        With a deadline: what the clash costs each side that is not tough, beyond giving way.

    Raises
    ------
    BadInput
        Where a cost, prize or loss is not positive, a probability is none, or a deadline has no losses.
    """
    _check_attrition(costs, prizes, tough, deadline, losses)
    hazards = (costs[1] / prizes[1], costs[0] / prizes[0])
    takes = [-math.log(tough[i]) / hazards[i] if tough[i] > 0 else math.inf for i in (0, 1)]
    ends = min(takes)
    if deadline >= ends:
        at_once = [1 - tough[i] * math.exp(hazards[i] * ends) if takes[i] > ends else 0.0 for i in (0, 1)]
        # where one side is never tough and the other may be, the first would stand for ever alone: it gives way at once
        return Attrition(hazards, (at_once[0], at_once[1]), (0.0, 0.0), ends, deadline)
    if losses is None:
        return Attrition(hazards, (0.0, 0.0), (0.0, 0.0), ends, deadline)
    wanted = [losses[1 - i] / (prizes[1 - i] + losses[1 - i]) for i in (0, 1)]
    soft = [1 - tough[i] * math.exp(hazards[i] * deadline) for i in (0, 1)]
    at_once, at_deadline = [0.0, 0.0], [min(soft[i], wanted[i]) for i in (0, 1)]
    for i in (0, 1):
        if soft[i] > wanted[i] and soft[1 - i] < wanted[1 - i]:
            at_once[i] = 1 - tough[i] * math.exp(hazards[i] * deadline) / (1 - wanted[i])
    return Attrition(hazards, (at_once[0], at_once[1]), (at_deadline[0], at_deadline[1]), ends, deadline)


def _check_attrition(costs: Pair, prizes: Pair, tough: Pair, deadline: float, losses: Pair | None) -> None:
    for name, pair in (("costs", costs), ("prizes", prizes), ("losses", losses or (1.0, 1.0))):
        if not all(math.isfinite(value) and value > 0 for value in pair):
            raise BadInput(
                f"{name} of a war of attrition are {pair}: all must be positive; a side that loses nothing by standing "
                "never gives way, so count it as tough"
            )
    if not all(0 <= share <= 1 for share in tough):
        raise BadInput(f"tough={tough}: give two probabilities, from 0 to 1")
    if not deadline > 0 or (math.isfinite(deadline) and losses is None):
        raise BadInput(f"a deadline of {deadline:g} years: give a positive time, and what the clash on it costs")


@dataclass(frozen=True, eq=False)
class Spell:
    """A war of attrition in which each side's resolve is its own secret.

    `years` (m,) rise from 0; `marginal` (2, m) is the resolve that gives way at each time, `standing` (2, m) the
    probability that each side would still stand. Resolves over `highest` never give way.
    """

    years: FloatArray = field(repr=False)
    marginal: FloatArray = field(repr=False)
    standing: FloatArray = field(repr=False)
    highest: Pair

    @property
    def at_once(self) -> Pair:
        """The probability that each side gives way at the start."""
        return float(1 - self.standing[0, 0]), float(1 - self.standing[1, 0])

    def still(self, years: ArrayLike) -> FloatArray:
        """The probability that both sides still stand at times of 0 or later."""
        years = np.asarray(years, dtype=np.float64)
        return np.asarray(
            np.interp(years, self.years, self.standing[0]) * np.interp(years, self.years, self.standing[1])
        )

    def stops(self, side: int, resolve: ArrayLike) -> FloatArray:
        """When a side (0 or 1) of each resolve gives way if the other has not: years, infinite where never."""
        resolve = np.asarray(resolve, dtype=np.float64)
        if self.highest[side] <= 0:
            return np.full(resolve.shape, np.inf)
        when = np.interp(resolve, self.marginal[side], self.years)
        return np.where(resolve > self.highest[side], np.inf, when)


def attrition_under_prior(losses: Pair, resolves: tuple[Resolve, Resolve], rate: float) -> Spell:
    """The equilibrium where a side of resolve z pays its loss a year while both stand and counts a win as z/rate.

    A resolve over the side's loss would rather go on for ever than give way. With x_i the ratio of the marginal resolve
    to the loss, side j's hazard is rate/x_i; dividing one law of motion by the other gives an integral K_i = ∫ dF_i /
    ((1 − F_i) x_i), up to x_i = 1, that is the same for both sides at all times, and dt = x_1 x_2 |dK| / rate. Losses
    are USD million a year, the rate a year.

    Raises BadInput where the rate is not positive or a loss is not finite.
    """
    if not (math.isfinite(rate) and rate > 0):
        raise BadInput(f"rate={rate!r}: impatience is a positive number a year")
    if not all(map(math.isfinite, losses)):
        raise BadInput(f"losses {losses} of a war of attrition are not finite")
    stays = [float(resolves[i].above(losses[i])) if losses[i] > 0 else 1.0 for i in (0, 1)]
    if max(stays) == 1.0:
        # who loses nothing, or less than any resolve, never gives way; knowing that, the other does at once or never
        highest = (max(losses[0], 0.0), max(losses[1], 0.0))
        return Spell(np.zeros(1), np.array(highest)[:, None], np.array(stays)[:, None], highest)
    grids = [_grid(losses[i], resolves[i]) for i in (0, 1)]
    most = min(grids[0][1][0], grids[1][1][0])
    k = np.unique(np.concatenate([g[1][g[1] <= most] for g in grids] + [np.array([0.0, most])]))[::-1]
    marginal = np.stack([np.interp(-k, -g[1], g[0]) for g in grids])
    ratio = (marginal[0] / losses[0]) * (marginal[1] / losses[1])
    years = np.concatenate([[0.0], np.cumsum(-np.diff(k) * (ratio[1:] + ratio[:-1]) / 2)]) / rate
    standing = np.stack([resolves[i].above(marginal[i]) for i in (0, 1)])
    for array in (years, marginal, standing):
        array.setflags(write=False)
    return Spell(years, marginal, standing, losses)


def _grid(loss: float, resolve: Resolve) -> tuple[FloatArray, FloatArray]:
    """Resolves up to the loss (m,), and K from each of them to the loss, falling to 0."""
    lowest = min(float(resolve.quantile(_LOWEST)), loss / 2)
    logs = np.linspace(math.log(lowest), math.log(loss), _FINE)
    z = np.exp(logs)
    integrand = loss / z * resolve.hazard(z)
    along = cumulative_simpson(integrand, x=logs, initial=0.0)
    K = np.maximum(along[-1] - along, 0.0)
    return z, np.minimum.accumulate(K)
