"""Two sides, packages with payoffs, no deal and the truce: the zone of agreement, the frontier and solutions.

Payoffs that make no bargain are refused, each with what was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from detente.bargaining.concepts import (
    CONCEPTS,
    Axiom,
    Chain,
    Gap,
    Over,
    gap_over_lotteries,
    gap_over_packages,
    undominated,
)
from detente.data.exported import Exported
from detente.errors import BadInput, UnknownName
from detente.inputs import BoolArray, FloatArray, IntArray, floats, names, one_of, require

#: Payoffs that differ by less than this part of a side's largest gain or loss count as equal: sums in another order do.
ROUNDING = 1e-9


def payoffs_of(payoffs: ArrayLike) -> FloatArray:
    """Payoffs as a fresh array (P, 2). Raises BadInput."""
    array = np.array(floats(payoffs, "a table of payoffs"))
    if array.ndim != 2 or array.shape[1] != 2 or not len(array):
        raise BadInput(f"payoffs have shape {array.shape}: give one row a package, at least one, and a column a side")
    if not np.isfinite(array).all():
        row, side = (int(k) for k in np.argwhere(~np.isfinite(array))[0])
        raise BadInput(f"the payoff of side {side} in row {row} is {array[row, side]}: give a number")
    return array


def pair(what: str, values: ArrayLike) -> FloatArray:
    """One number a side, as a fresh array (2,). Raises BadInput."""
    array = np.array(floats(values, what))
    if array.shape != (2,) or not np.isfinite(array).all():
        raise BadInput(f"{what} is {array.tolist()}: give two numbers, one a side")
    return array


def one_a_package(what: str, values: ArrayLike, count: int, dtype: Any) -> NDArray[Any]:
    """An entry, or one for each side, of every package, as a fresh array. Raises BadInput."""
    array = np.array(values)
    sound = array.dtype.kind == "b" if dtype is bool else array.dtype.kind in "iu"
    if array.shape not in ((count,), (count, 2)) or (dtype is not bool and array.ndim > 1) or not sound:
        raise BadInput(
            f"`{what}` has shape {array.shape} and holds {array.dtype}; there are {count} packages: give one "
            f"{'true or false' if dtype is bool else 'whole number'} for each"
        )
    return array.astype(dtype)


def weights_of(weights: ArrayLike) -> FloatArray:
    """Weights (2,) that sum to one. Raises BadInput where one is not above zero."""
    array = pair("weights", weights)
    if (array <= 0).any():
        raise BadInput(f"weights are {array.tolist()}: both must be above zero; a side without weight has no say")
    return np.asarray(array / array.sum())


class UnknownConcept(UnknownName):
    """A concept of a fair deal that is not there."""

    kind = "concept of a fair deal"


@dataclass(frozen=True, eq=False)
class Pick:
    """The pick of one solution concept.

    ``payoffs`` (2,) and ``gains`` (2,) over no deal. Over packages, ``rows`` and ``packages`` list all that tie, the
    payoffs are of the first, and ``chances`` are ones, since each is a pick by itself. Over lotteries they list the one
    or two packages that are mixed, with the ``chances``. ``tied`` (T, 2) are the payoffs of all that tie; over
    lotteries the ends of the piece that ties, if more than a point does.
    """

    concept: str
    over: Over
    rows: IntArray
    packages: IntArray
    chances: FloatArray
    payoffs: FloatArray
    gains: FloatArray
    tied: FloatArray
    weights: FloatArray

    @property
    def axioms(self) -> tuple[Axiom, ...]:
        """The axioms that the concept satisfies over this kind of set."""
        return CONCEPTS[self.concept].promises[self.over]

    @property
    def unique(self) -> bool:
        """Whether nothing else ties with it."""
        return len(self.tied) == 1


@dataclass(frozen=True, eq=False)
class Bargain(Exported):
    """A finite set of packages with payoffs (P, 2) of two sides, what each has without a deal, and under the truce.

    ``honours`` (P, 2) says whether a package honours the red lines of each side; ``packages`` (P,) are the numbers by
    which the caller knows the rows. ``complete`` is false where dominated packages were left out beforehand.

    A side is willing where it has at least its floor: no deal, and with ``truce=True`` the truce too, which it could
    keep instead. The truce moves the zone of agreement and nothing else: gains are counted from no deal, as the
    principle of outside options has it (K. Binmore, A. Shaked and J. Sutton 1989, QJE 104).
    """

    payoffs: FloatArray
    no_deal: FloatArray
    truce: FloatArray
    honours: BoolArray
    packages: IntArray
    sides: tuple[str, str]
    complete: bool

    @classmethod
    def of(
        cls,
        payoffs: ArrayLike,
        no_deal: ArrayLike,
        truce: ArrayLike | None = None,
        *,
        honours: ArrayLike | None = None,
        packages: ArrayLike | None = None,
        sides: tuple[str, str] = ("1", "2"),
        complete: bool = True,
    ) -> Bargain:
        """A bargain from arrays.

        Parameters
        ----------
        payoffs
            (P, 2), at least one package, one unit for both sides.
        no_deal, truce
            (2,); without a truce it is as bad as no deal, so that it asks for nothing.
        honours
            (P, 2), or (P,) for both sides together; None where there is no red line.
        packages
            (P,) whole numbers; None for 0, 1, 2, ...

        Raises
        ------
        BadInput
            Where shapes do not fit or a number is not finite.
        """
        array = payoffs_of(payoffs)
        point = pair("no deal", no_deal)
        count = len(array)
        kept = np.ones((count, 2), dtype=bool) if honours is None else one_a_package("honours", honours, count, bool)
        if kept.ndim == 1:
            kept = np.column_stack([kept, kept])
        numbers = np.arange(count) if packages is None else one_a_package("packages", packages, count, np.int64)
        named = names(sides, "sides")
        if len(named) != 2 or named[0] == named[1]:
            raise BadInput(f"sides {named}: name two, each once")
        held = (array, point, point if truce is None else pair("truce", truce), kept, numbers)
        for part in held:
            part.flags.writeable = False
        return cls(*held, (named[0], named[1]), complete)

    def __repr__(self) -> str:
        both, every = len(self.zone()), len(self.payoffs)
        return f"<Bargain of {' and '.join(self.sides)}: both would sign {both} of {every} packages>"

    def tables(self) -> dict[str, pd.DataFrame]:
        """packages (payoffs, whether red lines are met, on the frontier, in the zone) and picks, by concept."""
        rows = np.arange(len(self.payoffs))
        payoffs = {side: self.payoffs[:, k] for k, side in enumerate(self.sides)}
        lines = {f"red lines of {side}": self.honours[:, k] for k, side in enumerate(self.sides)}
        where = {"frontier": np.isin(rows, self.frontier()), "zone": np.isin(rows, self.zone())}
        picks = [
            {
                "concept": name,
                "package": int(pick.packages[0]),
                **dict(zip(self.sides, pick.payoffs.tolist(), strict=True)),
            }
            for name, pick in self.picks().items()
            if pick is not None
        ]
        return {
            "packages": pd.DataFrame({"package": self.packages, **payoffs, **lines, **where}),
            "picks": pd.DataFrame(picks, columns=["concept", "package", *self.sides]),
        }

    def floor(self, truce: bool = True) -> FloatArray:
        """The floor of each side (2,): no deal, or the better of no deal and truce."""
        return np.maximum(self.no_deal, self.truce) if truce else self.no_deal

    @cached_property
    def rounding(self) -> FloatArray:
        """Differences (2,) that count as none."""
        return np.asarray(ROUNDING * np.abs(self.payoffs - self.no_deal).max(0))

    def allowed(self, red_lines: bool = True) -> IntArray:
        """Rows that honour the red lines of both sides; all rows if told to pass over them."""
        return np.flatnonzero(self.honours.all(1)) if red_lines else np.arange(len(self.payoffs))

    def zone(self, *, truce: bool = True, red_lines: bool = True) -> IntArray:
        """Rows (Z,) that both would sign: both at their floor or better and one better, red lines honoured.

        ``truce=False`` asks for no deal alone; with both flags false it is the classic zone of agreement.
        """
        rows = self.allowed(red_lines)
        over = self.payoffs[rows] - self.floor(truce)
        return np.asarray(rows[(over >= -self.rounding).all(1) & (over > self.rounding).any(1)])

    def frontier(self, *, red_lines: bool = True) -> IntArray:
        """Rows (F,) that no other row dominates, the first side's best first; nobody need like them."""
        rows = self.allowed(red_lines)
        return np.asarray(rows[undominated(self.payoffs[rows])])

    def hull(self, *, red_lines: bool = True) -> Chain | None:
        """The undominated edge of what lotteries over packages reach, or None where no package is allowed."""
        return self._hull_within if red_lines else self._hull_of_all

    def pick(
        self,
        concept: str,
        *,
        over: Over = "packages",
        weights: ArrayLike = (0.5, 0.5),
        truce: bool = True,
        red_lines: bool = True,
    ) -> Pick | None:
        """The pick of a solution concept from the zone of agreement, or None if there is no zone.

        Over lotteries there can be a zone where no single package is in one.

        Parameters
        ----------
        concept
            One of `CONCEPTS`.
        weights
            (2,), above zero, scaled to sum to one; what they do is said by each concept.

        Raises
        ------
        UnknownConcept, BadInput
            Where there is no such concept, or weights are not above zero.
        """
        require(str, concept, "concept", f"give the name of one: {', '.join(CONCEPTS)}")
        if concept not in CONCEPTS:
            raise UnknownConcept(concept, CONCEPTS)
        one_of(over, "over", get_args(Over))
        scaled = weights_of(weights)
        if over == "packages":
            return self._among_packages(concept, scaled, self.zone(truce=truce, red_lines=red_lines))
        return self._along_hull(concept, scaled, self.hull(red_lines=red_lines), self.floor(truce))

    def picks(
        self,
        *,
        over: Over = "packages",
        weights: ArrayLike = (0.5, 0.5),
        truce: bool = True,
        red_lines: bool = True,
    ) -> dict[str, Pick | None]:
        """`pick` of every concept."""
        return {
            name: self.pick(name, over=over, weights=weights, truce=truce, red_lines=red_lines) for name in CONCEPTS
        }

    def gap(self, *, over: Over = "packages", truce: bool = True, red_lines: bool = True) -> Gap | None:
        """The distance of the sides from a package that both would sign.

        Packages that leave both exactly at their floor, as the truce itself does, are no deal and are left out; None
        where no other package honours the red lines.
        """
        one_of(over, "over", get_args(Over))
        floor, rows = self.floor(truce), self.allowed(red_lines)
        rows = rows[(np.abs(self.payoffs[rows] - floor) > self.rounding).any(1)]
        if over == "lotteries":
            chain = self._hull_of(rows)
            return None if chain is None else gap_over_lotteries(chain, floor, self.packages, self.rounding)
        if not len(rows):
            return None
        return gap_over_packages(self.payoffs, rows, floor, self.packages, self.rounding, self.sides)

    @cached_property
    def _hull_within(self) -> Chain | None:
        return self._hull_of(self.allowed())

    @cached_property
    def _hull_of_all(self) -> Chain | None:
        return self._hull_of(self.allowed(red_lines=False))

    def _hull_of(self, rows: IntArray) -> Chain | None:
        if not len(rows):
            return None
        chain = Chain.of(self.payoffs[rows])
        return Chain(chain.corners, rows[chain.rows], chain.low, chain.high)

    def _among_packages(self, concept: str, weights: FloatArray, zone: IntArray) -> Pick | None:
        if not len(zone):
            return None
        gains = self.payoffs[zone] - self.no_deal
        rows = zone[CONCEPTS[concept].best(np.where(gains > self.rounding, gains, 0.0), weights)]
        payoffs = self.payoffs[rows]
        return Pick(
            concept, "packages", rows, self.packages[rows], np.ones(len(rows)), payoffs[0], payoffs[0] - self.no_deal,
            payoffs, weights,
        )  # fmt: skip

    def _along_hull(self, concept: str, weights: FloatArray, hull: Chain | None, floor: FloatArray) -> Pick | None:
        chain = None if hull is None else hull.above(floor, self.rounding)
        if chain is None:
            return None
        ends = np.array([chain.point(chain.low), chain.point(chain.high)])
        if (ends <= floor + self.rounding).all():
            return None
        gains = Chain(chain.corners - self.no_deal, chain.rows, chain.low, chain.high)
        first, last = CONCEPTS[concept].along(gains, weights)
        at = 0.5 * (first + last)
        rows, chances = chain.mix(at)
        payoffs = chain.point(at)
        tied = np.array([chain.point(s) for s in dict.fromkeys((first, last))])
        return Pick(
            concept, "lotteries", rows, self.packages[rows], chances, payoffs, payoffs - self.no_deal, tied, weights
        )  # fmt: skip
