"""What every concept of a fair deal is: a choice among packages, or along the edge of what lotteries can reach.

Egalitarian: both gain the same amount.

Kalai and Smorodinsky: each gains the same part of the most it could gain.

Nash: the largest product of gains, each raised to the side's weight.

Utilitarian: the largest weighted sum of payoffs that both still agree to.

What a fair deal is: one concept a file, found by looking into this package.

A concept is a class of `detente.bargaining.concepts.Concept`; a new file with one is listed in `CONCEPTS`
and tested by the battery that tests them all, by the axioms that it promises.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Literal, get_args

import numpy as np

from detente.bargaining.frontier import Chain, undominated
from detente.inputs import BoolArray, FloatArray, IntArray

Over = Literal["packages", "lotteries"]
"""packages: one of the packages, and every one that ties with it. lotteries: a chance of one package against another,
which fills the convex hull, so that the axioms of the textbooks apply."""

Axiom = Literal[
    "efficiency",
    "symmetry",
    "scale invariance",
    "common scale invariance",
    "independence of irrelevant alternatives",
    "restricted monotonicity",
    "monotonicity of the least gain",
]
"""efficiency: nothing in the set is as good for both and better for one. symmetry: exchanging the sides exchanges the
pick. scale invariance: a unit of its own for each side changes nothing; common: the same unit for both. independence of
irrelevant alternatives: packages that are not picked can go without changing the pick. restricted monotonicity: more
packages at the same ideal point make nobody worse off. monotonicity of the least gain: more packages never lower the
gain of the side that gains less."""

#: Scores of packages tie within this, relative to the largest.
TIES = 1e-9


class Concept(ABC):
    """A concept of a fair deal. Subclasses have no state, one a file, and define what is abstract here.

    Gains are over no deal, per side and not negative; a gain within rounding of zero arrives as zero. Weights (2,) are
    positive and sum to one.
    """

    name: ClassVar[str]
    #: Axioms that hold for equal weights (symmetry) and for any (the rest), by what is picked from.
    promises: ClassVar[Mapping[Over, tuple[Axiom, ...]]]

    @abstractmethod
    def best(self, gains: FloatArray, weights: FloatArray) -> IntArray:
        """Rows of gains (Z, 2), at least one row, that are picked: all that tie."""

    @abstractmethod
    def along(self, chain: Chain, weights: FloatArray) -> tuple[float, float]:
        """From which to which position on a chain of gains all tie; the same twice where one is best."""


def ties(scores: FloatArray) -> BoolArray:
    """Which scores (Z,) are the largest, within rounding."""
    top = scores.max()
    if not np.isfinite(top):
        return np.asarray(scores == top)
    return np.asarray(scores >= top - TIES * max(abs(top), 1e-300))


def least_first(scaled: FloatArray) -> IntArray:
    """Rows of scaled gains (Z, 2) with the largest smaller entry, and among those the largest other: all that tie."""
    rows = np.flatnonzero(ties(scaled.min(1)))
    return np.asarray(rows[ties(scaled[rows].max(1))], dtype=np.int64)


def even(chain: Chain, unit: FloatArray) -> float:
    """The position at which gains in their units (2,) are alike, or the nearest end where nowhere they are.

    The smaller scaled gain is largest there, and the other as large as it can be beside it.
    """
    stops = chain.stops()
    gains = np.array([chain.point(float(s)) for s in stops]) / unit
    ahead = gains[:, 0] - gains[:, 1]  # falls along the chain
    if ahead[0] <= 0.0:
        return chain.low
    if ahead[-1] >= 0.0:
        return chain.high
    return float(np.interp(0.0, -ahead, stops))


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


#: Name → concept, sorted by name.
CONCEPTS: dict[str, Concept] = {one.name: one() for one in sorted(Concept.__subclasses__(), key=lambda one: one.name)}

__all__ = ["CONCEPTS", "Axiom", "Concept", "Over"]
