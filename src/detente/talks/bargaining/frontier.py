"""Which of finitely many payoffs are undominated, and the outer edge of what lotteries over them can reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def undominated(payoffs: FloatArray) -> IntArray:
    """Rows of payoffs (P, 2) than which no other is as good for both and better for one.

    The first side's best comes first. Rows with the same payoffs are all kept, in their order. Payoffs are
    compared exactly.
    """
    if not len(payoffs):
        return np.zeros(0, dtype=np.int64)
    order = np.argsort(-payoffs[:, 0], kind="stable")
    first, second = payoffs[order, 0], payoffs[order, 1]
    opens = np.concatenate([[True], first[1:] < first[:-1]])  # where a lower payoff of the first side begins
    group = np.cumsum(opens) - 1
    best = np.maximum.reduceat(second, np.flatnonzero(opens))
    before = np.concatenate([[-np.inf], np.maximum.accumulate(best)[:-1]])
    return np.asarray(order[(second == best[group]) & (second > before[group])], dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Chain:
    """The undominated edge of the convex hull: corners (V, 2), the first side's best first, and the row of each.

    Along it the first side loses and the second gains, at ever worse terms. A position s is a corner's number plus the
    share of the way to the next; positions from ``low`` to ``high`` leave both sides what they insist on.
    """

    corners: FloatArray
    rows: IntArray
    low: float
    high: float

    @classmethod
    def of(cls, payoffs: FloatArray) -> Chain:
        """The edge of the hull of payoffs (P, 2), at least one row. Corners on a straight line are left out."""
        rows = undominated(payoffs)
        kept: list[int] = []
        for row in rows.tolist():
            point = payoffs[row]
            if kept and bool((payoffs[kept[-1]] == point).all()):
                continue
            while len(kept) > 1 and _turns_in(payoffs[kept[-2]], payoffs[kept[-1]], point):
                kept.pop()
            kept.append(row)
        return cls(payoffs[kept], np.array(kept, dtype=np.int64), 0.0, float(len(kept) - 1))

    def above(self, floor: FloatArray, tolerance: FloatArray) -> Chain | None:
        """The part on which each side has its floor (2,), or None where there is none; within a tolerance (2,)."""
        top = np.arange(len(self.corners), dtype=np.float64)
        if (self.corners.max(0) < floor - tolerance).any():
            return None
        high = float(np.interp(-floor[0], -self.corners[:, 0], top))
        low = float(np.interp(floor[1], self.corners[:, 1], top))
        if low > high:
            low = high = 0.5 * (low + high)
            if (self.point(low) < floor - tolerance).any():
                return None
        return Chain(self.corners, self.rows, low, high)

    def point(self, s: float) -> FloatArray:
        """Payoffs (2,) at a position."""
        k, share = self._place(s)
        return np.asarray((1.0 - share) * self.corners[k] + share * self.corners[min(k + 1, len(self.rows) - 1)])

    def mix(self, s: float) -> tuple[IntArray, FloatArray]:
        """The one or two rows that are mixed at a position, and their chances."""
        k, share = self._place(s)
        if share == 0.0:
            return self.rows[k : k + 1], np.ones(1)
        return self.rows[k : k + 2], np.array([1.0 - share, share])

    def _place(self, s: float) -> tuple[int, float]:
        k = min(int(np.floor(s)), len(self.rows) - 1)
        return k, s - k

    def stops(self) -> FloatArray:
        """The positions of both ends and of the corners between them."""
        inner = np.arange(np.ceil(self.low), np.floor(self.high) + 1)
        return np.unique(np.concatenate([[self.low], inner, [self.high]]))


def _turns_in(a: FloatArray, b: FloatArray, c: FloatArray) -> bool:
    """Whether b lies on or inside of the line from a to c, going from the first side's best to the second's."""
    ab, ac = b - a, c - a
    return bool(ab[0] * ac[1] - ab[1] * ac[0] <= 0.0)
