"""Structural demands with values that are stated, stated as a range, or unknown, and what refusals say about them.

Unknowns are stacked as x (2S,): what each of S demands is worth to the side that asks, then what it costs the side that
is asked, all at least zero. A package that meets z (S,) of them adds to the payoff of side i the values of its own
demands that are met and takes the costs of the other's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from detente.errors import BadInput, NotSolved
from detente.talks.packages import Packages, UnknownDemand

FloatArray = NDArray[np.float64]
Range = tuple[float, float]
Corner = Literal["stated", "best", "worst"]
"""stated: the middle of each range. best: values at their highest and costs at their lowest. worst: the other way
round. What is not stated counts as zero."""


@dataclass(frozen=True)
class Structural:
    """A demand that the trade model cannot price, USD million a year.

    ``asker`` is the side that asks, 0 or 1. ``value`` to it and ``cost`` to the other are ranges at least zero, twice
    the same number where it is exact, and None where unknown. ``level`` is 1 where the asker insists on it, 0 where the
    other never grants it, None where it is open.
    """

    demand: str
    asker: int
    value: Range | None = None
    cost: Range | None = None
    level: Literal[0, 1] | None = None

    def __post_init__(self) -> None:
        if self.asker not in (0, 1):
            raise BadInput(f"{self.demand!r} is asked by side {self.asker}: give 0 or 1")
        for what, given in (("value", self.value), ("cost", self.cost)):
            if given is not None and not 0 <= given[0] <= given[1] < np.inf:
                raise BadInput(
                    f"the {what} of {self.demand!r} is {given[0]:g} to {given[1]:g}: both at least zero, the lower "
                    "first; a value is what the asker gains, a cost what the other loses"
                )

    @property
    def stated(self) -> bool:
        """Whether both its value and its cost are."""
        return self.value is not None and self.cost is not None

    def at(self, corner: Corner) -> tuple[float, float]:
        """Payoffs of both sides (2,) that it adds when met, at a corner of the ranges."""
        value = _of(self.value, {"stated": 0.5, "best": 1.0, "worst": 0.0}[corner])
        cost = _of(self.cost, {"stated": 0.5, "best": 0.0, "worst": 1.0}[corner])
        return (value, -cost) if self.asker == 0 else (-cost, value)


@dataclass(frozen=True)
class Refusal:
    """A side turned down a package with no deal at hand, so that it is worth no more to the side than no deal.

    ``met`` are all demands of the package, of the table and structural; ``no_deal`` what the side had instead, None for
    today's no deal.
    """

    side: int
    met: tuple[str, ...]
    no_deal: float | None = None

    def __str__(self) -> str:
        return f"side {self.side} refused {', '.join(self.met) or 'the empty package'}"


@dataclass(frozen=True, eq=False)
class Unknowns:
    """What is known of x (2S,): bounds, and refusals as ``rows`` (R, 2S) · x ≤ ``limits`` (R,)."""

    demands: tuple[Structural, ...]
    low: FloatArray
    high: FloatArray
    rows: FloatArray
    limits: FloatArray

    @classmethod
    def of(
        cls, trade: Packages, demands: Sequence[Structural], refusals: Sequence[Refusal], no_deal: FloatArray
    ) -> Unknowns:
        """From demands and refusals. Raises BadInput, UnknownDemand."""
        names = [its.demand for its in demands]
        clash = sorted({name for name in names if names.count(name) > 1 or name in trade.demands})
        if clash:
            raise BadInput(f"demand {clash[0]!r} is there twice: name each once, in the table or among the others")
        ranges = [its.value or (0.0, np.inf) for its in demands] + [its.cost or (0.0, np.inf) for its in demands]
        low, high = np.array(ranges, dtype=np.float64).reshape(-1, 2).T
        rows, limits = np.zeros((len(refusals), len(low))), np.zeros(len(refusals))
        for r, refusal in enumerate(refusals):
            if refusal.side not in (0, 1):
                raise BadInput(f"a refusal is by side {refusal.side}: give 0 or 1")
            for name in refusal.met:
                if name not in (*trade.demands, *names):
                    raise UnknownDemand(name, (*trade.demands, *names), "a refusal")
            levels = [trade.levels[k] - 1 if name in refusal.met else 0 for k, name in enumerate(trade.demands)]
            rows[r] = payoff_row(demands, refusal.side, np.array([name in refusal.met for name in names], dtype=float))
            fallback = no_deal[refusal.side] if refusal.no_deal is None else refusal.no_deal
            limits[r] = fallback - trade.at(trade.index(levels))[refusal.side]
        return cls(tuple(demands), low, high, rows, limits)

    def bounds(self) -> FloatArray | None:
        """The lowest and highest of each unknown (2S, 2) that refusals leave, or None where they leave nothing."""
        found = np.column_stack([self.low, self.high])
        if not len(self.rows):
            return found
        if not self._feasible(np.arange(len(self.rows))):
            return None
        unit = self._unit
        for k in range(len(self.low)):
            for end, sign in ((0, 1.0), (1, -1.0)):
                c = np.zeros(len(self.low))
                c[k] = sign
                x = self._programme(c, np.arange(len(self.rows)))
                found[k, end] = sign * -np.inf if x is None else x[k] * unit  # there is one, so that none is best
        return found

    def contradiction(self) -> tuple[int, ...]:
        """Refusals that cannot all be true, none of which could be left out; empty where all can be true."""
        kept = np.arange(len(self.rows))
        if self._feasible(kept):
            return ()
        for r in range(len(self.rows)):
            fewer = kept[kept != r]
            if not self._feasible(fewer):
                kept = fewer
        return tuple(kept.tolist())

    @property
    def _unit(self) -> float:
        """Money is scaled by this, since the programmes' tolerances are absolute."""
        sizes = np.abs(np.concatenate([self.limits, self.low, self.high[np.isfinite(self.high)]]))
        return float(sizes.max()) or 1.0

    def _feasible(self, kept: NDArray[np.int64]) -> bool:
        return bool(self._programme(np.zeros(len(self.low)), kept) is not None)

    def _programme(self, c: FloatArray, kept: NDArray[np.int64]) -> FloatArray | None:
        """The x that makes c·x least, in the unit; None where there is no x or none is least."""
        unit = self._unit
        solved = linprog(
            c,
            A_ub=self.rows[kept],
            b_ub=self.limits[kept] / unit,
            bounds=[(float(a), float(b)) for a, b in zip(self.low / unit, self.high / unit, strict=True)],
            method="highs",
            options={"presolve": False},  # which cannot always tell unbounded from infeasible
        )
        if solved.status not in (0, 2, 3):
            raise NotSolved(f"bounds from refusals: {solved.message}")
        return np.asarray(solved.x, dtype=np.float64) if solved.status == 0 else None


def payoff_row(demands: Sequence[Structural], side: int, met: FloatArray) -> FloatArray:
    """What x (2S,) is multiplied by in the payoff of a side, for a package that meets some demands (S,)."""
    mine = np.array([its.asker == side for its in demands], dtype=bool)
    return np.concatenate([met * mine, -met * ~mine])


def _of(given: Range | None, share: float) -> float:
    return 0.0 if given is None else given[0] + share * (given[1] - given[0])
