"""Utilitarian: the largest weighted sum of payoffs that both still agree to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, get_args

import numpy as np

from detente.talks.bargaining.concepts.concept import Axiom, Concept, FloatArray, IntArray, Over, ties
from detente.talks.bargaining.frontier import Chain


class Utilitarian(Concept):
    """J. C. Harsanyi (1955), "Cardinal Welfare", Journal of Political Economy 63; here within the zone of agreement.

    No deal matters only through the zone. Payoffs are added, so that both must be in one unit. Over lotteries a whole
    piece of the edge can tie; the pick is its middle, which keeps symmetry.
    """

    name = "utilitarian"
    promises: ClassVar[Mapping[Over, tuple[Axiom, ...]]] = dict.fromkeys(
        get_args(Over),
        ("efficiency", "symmetry", "common scale invariance", "independence of irrelevant alternatives"),
    )

    def best(self, gains: FloatArray, weights: FloatArray) -> IntArray:
        """The rows of the largest sum."""
        return np.flatnonzero(ties(gains @ weights)).astype(np.int64)

    def along(self, chain: Chain, weights: FloatArray) -> tuple[float, float]:
        """The stop of the largest sum, or the piece between two such stops."""
        stops = chain.stops()
        best = stops[ties(np.array([chain.point(float(s)) for s in stops]) @ weights)]
        return float(best[0]), float(best[-1])
