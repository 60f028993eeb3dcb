"""What each measure of a book does to the parts, kept for the parts that it reaches.

A book of a whole law has tens of measures on tens of thousands of parts, and a part is reached by three or four of
them. A table of measures and parts is made only of the measures that hold in the state asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detente.inputs import BoolArray, FloatArray, IntArray
from detente.policy.coverage import Covered
from detente.policy.stacking import NONE, Kinds


@dataclass(frozen=True, eq=False)
class OfMeasure:
    """What one measure does to the parts at `rows` (r,); kinds, rates, of, claimed, unit (r,) as in `Covered`."""

    rows: IntArray
    kinds: Kinds
    rates: FloatArray
    of: FloatArray
    claimed: BoolArray
    unit: FloatArray


@dataclass(frozen=True, eq=False)
class PartColumns:
    """What m measures do to `parts` parts; to a part that is not among its rows a measure does nothing."""

    parts: int
    measures: tuple[OfMeasure, ...]

    @classmethod
    def of_pairs(cls, found: Sequence[Covered], positions: Sequence[Sequence[int]], width: int) -> PartColumns:
        """The columns of `width` measures, from those of each pair, whose measures are at `positions`."""
        pieces: list[list[OfMeasure]] = [[] for _ in range(width)]
        start = 0
        for each, its in zip(found, positions, strict=True):
            there = (each.kinds != NONE) | each.claimed | (each.rates != 0) | (each.of != 1) | (each.unit != 0)
            for column, m in enumerate(its):
                rows = np.flatnonzero(there[:, column])
                if len(rows):
                    own = (getattr(each, name)[rows, column] for name in ("kinds", "rates", "of", "claimed", "unit"))
                    pieces[m].append(OfMeasure((rows + start).astype(np.int64), *own))
            start += len(each.share)
        return cls(start, tuple(map(_joined, pieces)))

    def kinds(self, columns: Sequence[int]) -> Kinds:
        """What the measures at `columns` do to each part (a, c); see `detente.policy.stacking`."""
        found = np.full((len(columns), self.parts), NONE, dtype=np.int8)
        for place, m in enumerate(columns):
            found[place, self.measures[m].rows] = self.measures[m].kinds
        return found.T

    def rates(self, columns: Sequence[int]) -> FloatArray:
        """The rates of measures on each part (a, c), fractions."""
        return self._table("rates", columns, 0.0)

    def of(self, columns: Sequence[int]) -> FloatArray:
        """The share of the value of each part that measures are charged on (a, c)."""
        return self._table("of", columns, 1.0)

    def unit(self, columns: Sequence[int]) -> FloatArray:
        """Duties by the unit on each part (a, c), fractions of the price at the border in the base year."""
        return self._table("unit", columns, 0.0)

    @property
    def claimed(self) -> BoolArray:
        """Whether the goods of each part are outside a measure because they claim its preference (a, m)."""
        found = np.zeros((len(self.measures), self.parts), dtype=bool)
        for place, its in enumerate(self.measures):
            found[place, its.rows] = its.claimed
        return found.T

    def shared(self) -> IntArray:
        """The number of parts that each two measures are both charged on (m, m)."""
        there = self.kinds(range(len(self.measures))) != NONE
        count = there.astype(np.float32)  # whole numbers below 2^24 are exact
        return np.asarray(np.rint(count.T @ count), dtype=np.int64)

    def _table(self, name: str, columns: Sequence[int], otherwise: float) -> FloatArray:
        """One row a part and one column a measure, column after column in memory, as duties are stacked."""
        found = np.full((len(columns), self.parts), otherwise)
        for place, m in enumerate(columns):
            found[place, self.measures[m].rows] = getattr(self.measures[m], name)
        return found.T


def _joined(pieces: Sequence[OfMeasure]) -> OfMeasure:
    """The pieces of one measure, one a pair."""
    blank = np.zeros(0)
    empty = OfMeasure(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int8), blank, blank, blank.astype(bool), blank)
    every = [empty, *pieces]
    return OfMeasure(
        *(
            np.concatenate([getattr(piece, name) for piece in every])
            for name in ("rows", "kinds", "rates", "of", "claimed", "unit")
        )
    )
