"""What every concept of a fair deal is: a choice among packages, or along the edge of what lotteries can reach."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from detente.talks.bargaining.frontier import Chain

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

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


def ties(scores: FloatArray) -> NDArray[np.bool_]:
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
