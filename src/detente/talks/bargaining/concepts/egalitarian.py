"""Egalitarian: both gain the same amount."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, get_args

from detente.talks.bargaining.concepts.concept import Axiom, Concept, FloatArray, IntArray, Over, even, least_first
from detente.talks.bargaining.frontier import Chain


class Egalitarian(Concept):
    """E. Kalai (1977), "Proportional Solutions to Bargaining Situations", Econometrica 45; with weights, in proportion.

    Where equal gains are not efficient, the smaller gain is made as large as it can be and then the other, as K. Imai
    (1983, Econometrica 51) does. Gains are compared across sides, so that both must be in one unit.
    """

    name = "egalitarian"
    promises: ClassVar[Mapping[Over, tuple[Axiom, ...]]] = dict.fromkeys(
        get_args(Over),
        (
            "efficiency",
            "symmetry",
            "common scale invariance",
            "independence of irrelevant alternatives",
            "monotonicity of the least gain",
        ),
    )

    def best(self, gains: FloatArray, weights: FloatArray) -> IntArray:
        """The rows at which the smaller weighted gain is largest."""
        return least_first(gains / weights)

    def along(self, chain: Chain, weights: FloatArray) -> tuple[float, float]:
        """Where gains are in proportion to weights."""
        at = even(chain, weights)
        return at, at
