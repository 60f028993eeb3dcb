"""Promises of trade by amount, kept in a state by subsidies on imports, and by no more than needed.

With y_c = −ln(1−z_c) ≥ 0, z the part of the price that the buyer's treasury pays, every pledge c asks for a level of
trade: 0 ≤ y_c ⟂ level_c − asked_c ≥ 0. Of pledges on the same goods the stricter one binds, and the other costs
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from detente.errors import NotSolved
from detente.solve.joint import Unknowns

FloatArray = NDArray[np.float64]

KEPT: Final = 1e-6
"""A pledge is kept within this part of what it promises."""
MOST: Final = float(-np.log(0.1))
"""The largest y: nine tenths of the price are paid."""
_ROUNDS: Final = 60


class Solved(Protocol):
    """An equilibrium from which a next iteration can begin."""

    @property
    def unknowns(self) -> Unknowns:
        """Where it begins."""


Found = TypeVar("Found", bound=Solved)


@dataclass(frozen=True, eq=False)
class Pledge:
    """A level of trade between two parties that is promised.

    ``weights`` (p, p, j) sum trade to the level, that in the goods of ``cover`` where these are parts of cells;
    ``asked`` is that level and ``size`` the change promised, USD million a year; ``first`` is a y to begin from.
    """

    cover: str
    weights: FloatArray
    asked: float
    size: float
    first: float

    def short(self, level: float) -> float:
        """What is missing, as a part of the change promised; negative where there is more than asked."""
        return (self.asked - level) / self.size

    def part(self, part: float) -> Pledge:
        """The same for a part of the change it promises."""
        before = self.asked - self.size
        return replace(self, asked=before + part * self.size, size=part * self.size, first=part * self.first)


class Pledges:
    """Pledges that states can make, several of them by one promise: (which promise, pledge)."""

    def __init__(self, pledges: Sequence[tuple[int, Pledge]]) -> None:
        self._promises = tuple(promise for promise, _ in pledges)
        self._pledges = tuple(pledge for _, pledge in pledges)

    def first(self, made: Sequence[int]) -> FloatArray:
        """A y (c,) to begin from: the dearest promise by itself, which mostly keeps the others."""
        y = np.zeros(len(self._pledges))
        if made:
            dearest = self._promises[max(made, key=lambda c: self._pledges[c].first)]
            own = [c for c in made if self._promises[c] == dearest]
            y[own] = [self._pledges[c].first for c in own]
        return y

    def settle(
        self,
        made: Sequence[int],
        at: Callable[[FloatArray, Unknowns | None], tuple[Found, FloatArray]],
        y: FloatArray,
        start: Unknowns | None,
        slope: FloatArray | None = None,
    ) -> tuple[Found, FloatArray, FloatArray, FloatArray]:
        """The equilibrium that keeps the pledges ``made``, what is paid (c,), what is missing (c,), and slopes (c,).

        ``at`` finds the equilibrium where y is paid, and the level of each pledge (c,). One y at a time moves by a
        secant step, the one whose pledge misses most; ``slope`` is how much less is missing for one more unit of each
        y, known from a neighbour (zero where it is not). A pledge that nine tenths of the price do not keep stays
        short. Raises NotSolved where no end is found.
        """
        paid = np.where(np.isin(np.arange(len(y)), list(made)), y, 0.0)
        slope = np.zeros(len(y)) if slope is None else slope.copy()
        for own in made:
            slope[own] = slope[own] or 1.0 / max(self._pledges[own].first, 0.01)
        found, level = at(paid, start)
        last: tuple[int, float, float] | None = None
        for _ in range(_ROUNDS):
            short = np.zeros(len(paid))
            short[list(made)] = [self._pledges[c].short(float(level[c])) for c in made]
            if last is not None:
                moved, step, before = last
                if step and (before - short[moved]) / step > 0:
                    slope[moved] = (before - short[moved]) / step
            c = _worst(made, paid, short)
            if c is None:
                return found, paid, short, slope
            move = float(np.clip(paid[c] + short[c] / slope[c], 0.0, MOST) - paid[c])
            last = (c, move, float(short[c]))
            paid = paid.copy()
            paid[c] += move
            found, level = at(paid, found.unknowns)
        raise NotSolved(
            f"pledges of trade are not kept after {_ROUNDS} steps, short by {short.max():.2g} of what is promised: ask "
            "for less, or leave one of them out"
        )


def _worst(made: Sequence[int], paid: FloatArray, short: FloatArray) -> int | None:
    """The pledge that misses most; of those that none misses, the one that is paid for and more than kept."""
    missed = [c for c in made if short[c] > KEPT and paid[c] < MOST]
    if missed:
        return max(missed, key=lambda c: float(short[c]))
    over = [c for c in made if short[c] < -KEPT and paid[c] > 0]
    # where another on the same goods binds, what this one pays can go
    return max(over, key=lambda c: float(-short[c])) if over else None
