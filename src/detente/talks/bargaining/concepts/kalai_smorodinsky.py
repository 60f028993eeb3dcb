"""Kalai and Smorodinsky: each gains the same part of the most it could gain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from detente.talks.bargaining.concepts.concept import Axiom, Concept, FloatArray, IntArray, Over, even, least_first
from detente.talks.bargaining.frontier import Chain


class KalaiSmorodinsky(Concept):
    """E. Kalai and M. Smorodinsky (1975), "Other Solutions to Nash's Bargaining Problem", Econometrica 43.

    The most a side could gain is the most in the zone, where the other side still agrees. With weights, parts are in
    proportion to them. Among packages the smaller of the two parts is made as large as it can be, then the other.
    """

    name = "kalai-smorodinsky"
    promises: ClassVar[Mapping[Over, tuple[Axiom, ...]]] = {
        "packages": ("efficiency", "symmetry", "scale invariance"),
        "lotteries": ("efficiency", "symmetry", "scale invariance", "restricted monotonicity"),
    }

    def best(self, gains: FloatArray, weights: FloatArray) -> IntArray:
        """The rows at which the smaller part of the ideal gains is largest."""
        ideal = gains.max(0)
        return least_first(np.divide(gains, ideal, out=np.zeros_like(gains), where=ideal > 0) / weights)

    def along(self, chain: Chain, weights: FloatArray) -> tuple[float, float]:
        """Where the line from no deal to the ideal point meets the chain."""
        ideal = np.array([chain.point(chain.low)[0], chain.point(chain.high)[1]])
        if (ideal <= 0).any():  # one cannot gain, so that the chain is a point
            return chain.low, chain.low
        at = even(chain, weights * ideal)
        return at, at
