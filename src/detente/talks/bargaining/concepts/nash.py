"""Nash: the largest product of gains, each raised to the side's weight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from detente.talks.bargaining.concepts.concept import Axiom, Concept, FloatArray, IntArray, Over, ties
from detente.talks.bargaining.frontier import Chain, undominated


class Nash(Concept):
    """J. F. Nash (1950), "The Bargaining Problem", Econometrica 18; weights: E. Kalai (1977), Int. J. Game Theory 6.

    Where no package leaves both with a gain every product is zero, and all undominated packages tie; independence is
    promised where both can gain.
    """

    name = "nash"
    promises: ClassVar[Mapping[Over, tuple[Axiom, ...]]] = {
        "packages": ("efficiency", "symmetry", "scale invariance", "independence of irrelevant alternatives"),
        "lotteries": ("efficiency", "symmetry", "scale invariance", "independence of irrelevant alternatives"),
    }

    def best(self, gains: FloatArray, weights: FloatArray) -> IntArray:
        """The rows of the largest Π g^w."""
        both = np.flatnonzero((gains > 0).all(1))
        if not len(both):
            return undominated(gains)
        unit = gains[both].max(0)
        return np.asarray(both[ties(((gains[both] / unit) ** weights).prod(1))])

    def along(self, chain: Chain, weights: FloatArray) -> tuple[float, float]:
        """On a straight piece a + t·δ the product is level where Σ w δ/(a + tδ) = 0, which is linear in t."""
        stops = chain.stops()
        ends = np.array([chain.point(float(s)) for s in stops])
        a, delta = ends[:-1], np.diff(ends, axis=0)
        level = -(weights[0] * delta[:, 0] * a[:, 1] + weights[1] * delta[:, 1] * a[:, 0]) / delta.prod(1)
        inside = stops[:-1] + np.clip(level, 0.0, 1.0) * np.diff(stops)
        tried = np.concatenate([stops, inside])
        points = np.maximum([chain.point(float(s)) for s in tried], 0.0)
        best = float(tried[int(np.argmax(((points / np.maximum(points.max(0), 1e-300)) ** weights).prod(1)))])
        return best, best
