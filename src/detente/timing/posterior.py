"""What is believed of a side's resolve after something was seen: the prior, cut off below and above."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_ndtr, ndtri_exp

from detente.inputs import FloatArray
from detente.timing.prior import Resolve


@dataclass(frozen=True)
class Posterior:
    """The belief that a resolve lies over `low` and at most at `high`, and else is as in the prior.

    Amounts are USD million a year. Masses are kept as logarithms, so that a range far in a tail is still a belief.
    """

    prior: Resolve
    low: float = 0.0
    high: float = math.inf

    def cut(self, low: float = 0.0, high: float = math.inf) -> Posterior:
        """The belief once it is also known that the resolve lies over `low` and at most at `high`."""
        return Posterior(self.prior, max(self.low, low), min(self.high, high))

    def above(self, amount: ArrayLike) -> FloatArray:
        """The probability that the resolve is over an amount."""
        within = np.clip(np.asarray(amount, dtype=np.float64), self.low, self.high)
        return np.exp(self._log_mass(within, self.high) - self._log_mass(self.low, self.high))

    def below(self, amount: ArrayLike) -> FloatArray:
        """The probability that the resolve is at most an amount."""
        return np.asarray(1 - self.above(amount))

    def hazard(self, amount: ArrayLike) -> FloatArray:
        """Density over the probability of more, per log point, at an amount between both ends."""
        z = np.asarray(amount, dtype=np.float64)
        score = self.prior.score(z)
        density = -(score**2) / 2 - math.log(math.sqrt(2 * math.pi))
        return self.prior.slope(z) * np.exp(density - self._log_mass(z, self.high))

    def quantile(self, probability: ArrayLike) -> FloatArray:
        """The amount that the resolve is at most with a probability under 1."""
        p = np.asarray(probability, dtype=np.float64)
        above = np.logaddexp(np.log1p(-p) + self._log_mass(self.low, self.high), log_ndtr(-self.prior.score(self.high)))
        return np.clip(self.prior.at(-ndtri_exp(above)), self.low, self.high)

    def _log_mass(self, low: ArrayLike, high: ArrayLike) -> FloatArray:
        """The logarithm of the prior's mass between two amounts, from the tail in which it is the smaller."""
        a, b = self.prior.score(low), self.prior.score(high)
        upper = a > -b
        far, near = np.where(upper, -b, a), np.where(upper, -a, b)
        outer, inner = log_ndtr(far), log_ndtr(near)
        with np.errstate(divide="ignore"):  # nothing lies between equal amounts
            return np.asarray(inner + np.log1p(-np.exp(np.minimum(outer - inner, 0.0))))
