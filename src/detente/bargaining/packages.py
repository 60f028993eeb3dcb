"""All packages of demands: a table over those that the trade model prices, and sums of values for the others.

A package gives every demand a level: 0 not met, 1 met, or steps between. Its number counts in mixed radix with the
first demand slowest, as `numpy.ravel_multi_index` does; demands of the table come first. Packages that make no sense
are refused, each with what was found.

Undominated sums are found without a list of all sums (G. L. Nemhauser and Z. Ullmann 1969, Management Science 15).
Whatever else is added, a sum that is dominated stays dominated. So demands are added one by one, and after each only
what is undominated is kept. Values that are whole USD million and sum to V leave at most V of them. In the worst case,
distinct values that take from one side what they give to the other, nothing is dominated and every demand doubles the
number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import prod

import numpy as np
from numpy.typing import ArrayLike

from detente.bargaining.bargain import Bargain
from detente.bargaining.concepts import undominated
from detente.data.exported import Shown
from detente.errors import BadInput, UnknownName
from detente.inputs import BoolArray, FloatArray, IntArray, floats, mapping, names, shown, whole

#: Points kept; with the sums being sorted they take about 0.3 GB.
MOST_UNDOMINATED = 2**21
#: Rows of the table, each of which somebody had to solve: 12 demands that are met or not.
MOST_ROWS = 2**12
#: A package's number is a 64-bit integer.
_MOST_NUMBERED = 2**62
#: Packages whose payoffs are written out, 16 bytes each.
MOST_LISTED = 2**22
#: Up to so many a bargain holds every package; beyond, the undominated ones.
MOST_COMPLETE = 2**20


@dataclass(frozen=True, eq=False)
class Frontier:
    """Undominated payoffs (F, 2), the first side's best first, and the number of one package for each."""

    payoffs: FloatArray
    packages: IntArray


def start(payoffs: FloatArray, packages: IntArray) -> Frontier:
    """The undominated among payoffs (P, 2) of packages (P,), of equal ones the first."""
    rows = undominated(payoffs)
    kept = payoffs[rows]
    new = np.concatenate([[True], (kept[1:] != kept[:-1]).any(1)])
    return Frontier(kept[new], packages[rows[new]])


def combine(found: Frontier, more: Frontier, name: str) -> Frontier:
    """The undominated sums of one of each; numbers of packages are added.

    Parameters
    ----------
    name
        Of the demand that is being added, for the message.

    Raises
    ------
    BadInput
        Where more than 2^21 points are undominated.
    """
    out = start(*_sums(found, more))
    if len(out.payoffs) > MOST_UNDOMINATED:
        raise BadInput(
            f"with {name!r} there are {len(out.payoffs):,} undominated packages, over the {MOST_UNDOMINATED:,} that "
            "are kept: values that take from one side what they give to the other leave nothing dominated; round them "
            "to whole USD million or coarser, or settle some demands"
        )
    return out


def summed_by_moves(found: dict[int, Frontier], more: Frontier, stays: BoolArray, name: str) -> dict[int, Frontier]:
    """`combine` for each number of moves; a level of `more` (L,) that does not stay where it was is one more.

    Raises
    ------
    BadInput
        As `combine` does.
    """
    parts: dict[int, list[Frontier]] = {}
    for moves, front in found.items():
        for same in (True, False):
            kept = stays if same else ~stays
            if kept.any():
                levels = Frontier(more.payoffs[kept], more.packages[kept])
                parts.setdefault(moves + (not same), []).append(combine(front, levels, name))
    return {
        moves: start(
            np.concatenate([front.payoffs for front in fronts]), np.concatenate([front.packages for front in fronts])
        )
        for moves, fronts in sorted(parts.items())
    }


def _sums(a: Frontier, b: Frontier) -> tuple[FloatArray, IntArray]:
    """Payoffs and numbers of one of each, in all combinations."""
    payoffs = (a.payoffs[None, :, :] + b.payoffs[:, None, :]).reshape(-1, 2)
    return payoffs, (a.packages[None, :] + b.packages[:, None]).ravel()


def steps_of(name: str, values: ArrayLike) -> FloatArray:
    """The payoff of each level of a demand (L, 2), zero at level 0. Raises BadInput."""
    array = floats(values, f"what {name!r} adds")
    steps = array[None] if array.ndim == 1 else array
    if steps.ndim != 2 or steps.shape[1] != 2 or not len(steps) or not np.isfinite(steps).all():
        raise BadInput(
            f"values of {name!r} are {array.tolist()}: give one number a side when it is met, or a row for each level"
        )
    return np.concatenate([np.zeros((1, 2)), steps])


def table_of(trade: Sequence[str], counts: Sequence[int], table: ArrayLike) -> FloatArray:
    """The table as a fresh array (T, 2). Raises BadInput where it does not fit the demands' levels."""
    rows = np.array(floats(table, "the table"))
    if rows.ndim == 1 and not trade:
        rows = rows[None]
    want = prod(counts)
    if want > MOST_ROWS:
        raise BadInput(
            f"{len(trade)} demands that the trade model prices make {want:,} rows, over {MOST_ROWS:,} (12 demands that "
            "are met or not), each an equilibrium to solve: settle some of them first, or group those that go together"
        )
    if rows.shape != (want, 2) or not np.isfinite(rows).all():
        raise BadInput(
            f"the table has shape {rows.shape}, or an entry is not a number: {len(trade)} demands with levels "
            f"{list(counts)} make {want} rows, a column a side"
        )
    return rows


def require_numbered(names: Sequence[str], counts: Sequence[int]) -> None:
    """Raise BadInput where a name appears twice, a demand has one level, or packages are more than 64 bits count."""
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise BadInput(f"demand {twice!r} appears twice: name each once, in the table or among the others")
    few = [name for name, count in zip(names, counts, strict=True) if count < 2]
    if few:
        raise BadInput(f"{few[0]!r} has one level only: it is settled, and is not a part of a package")
    if prod(counts) > _MOST_NUMBERED:
        raise BadInput(
            f"{len(names)} demands make {prod(counts):.3g} packages, more than 64-bit numbers count: settle or group "
            "some"
        )


Levels = Mapping[str, int]


class UnknownDemand(UnknownName):
    """A demand that is not among those of the packages."""

    kind = "demand"


@dataclass(frozen=True)
class RedLines(Shown):
    """The red lines of one side: lowest levels of demands that it insists on, and highest levels that it grants."""

    low: Levels = field(default_factory=dict)
    high: Levels = field(default_factory=dict)

    def __post_init__(self) -> None:
        for levels, what in ((self.low, "low"), (self.high, "high")):
            for name, level in mapping(levels, f"the {what} levels of a red line").items():
                whole(level, f"a red line: the level of {name!r}", 0)


@dataclass(frozen=True, eq=False)
class Packages(Shown):
    """Packages of demands and what they are worth to both sides.

    ``levels`` (K,) are the numbers of levels of ``demands``. ``table`` (T, 2) are payoffs over the first
    demands, ``traded`` of them; ``added`` holds for each of the others (L, 2), what a level adds, nothing at level 0.
    ``low`` and ``high`` (K,) are the levels that are allowed.
    """

    demands: tuple[str, ...]
    levels: IntArray
    traded: int
    table: FloatArray
    added: tuple[FloatArray, ...]
    low: IntArray
    high: IntArray

    @classmethod
    def of(
        cls,
        trade: Sequence[str],
        table: ArrayLike,
        structural: Mapping[str, ArrayLike] | None = None,
        *,
        levels: Levels | None = None,
    ) -> Packages:
        """Packages from a table and values.

        Parameters
        ----------
        trade
            Demands that the table is over.
        table
            (T, 2) payoffs of both sides with no other demand met, T the product of their levels; (2,) where there is
            no such demand.
        structural
            What the others add: (2,) when met, or (L−1, 2) at levels 1, 2, ..., of both sides.
        levels
            Of demands of the table that have more than two.

        Raises
        ------
        BadInput
            Where shapes do not fit, a number is not finite, a name is given twice, or there are too many demands.
        UnknownDemand
            Where levels name a demand that the table is not over.
        """
        trade, given = names(trade, "demands of the table"), mapping(levels or {}, "levels")
        for name, count in given.items():
            if name not in trade:
                raise UnknownDemand(name, trade, "levels")
            whole(count, f"the number of levels of {name!r}", 1)
        counts = np.array([given.get(name, 2) for name in trade], dtype=np.int64)
        require_numbered(trade, counts.tolist())
        rows = table_of(trade, counts.tolist(), table)
        alone = cls(trade, counts, len(trade), rows, (), np.zeros_like(counts), counts - 1)
        return alone.with_structural(structural or {})

    def with_structural(self, structural: Mapping[str, ArrayLike]) -> Packages:
        """The same with further demands outside the table, as in `of`. Raises BadInput."""
        added = {name: steps_of(name, values) for name, values in mapping(structural, "structural").items()}
        demands = (*self.demands, *names(tuple(added), "demands outside the table"))
        require_numbered(demands, [*self.levels.tolist(), *map(len, added.values())])
        more = np.array([len(steps) for steps in added.values()], dtype=np.int64)
        levels, low = np.concatenate([self.levels, more]), np.concatenate([self.low, np.zeros_like(more)])
        high = np.concatenate([self.high, more - 1])
        return Packages(demands, levels, self.traded, self.table, (*self.added, *added.values()), low, high)

    def most(self) -> dict[str, int]:
        """The highest level of each demand, that at which it is met in whole."""
        return dict(zip(self.demands, (self.levels - 1).tolist(), strict=True))

    @property
    def size(self) -> int:
        """The number of packages, those outside the allowed levels included."""
        return prod(self.levels.tolist())

    @property
    def count(self) -> int:
        """The number of packages within the allowed levels."""
        return prod((self.high - self.low + 1).tolist())

    def index(self, levels: ArrayLike) -> IntArray:
        """Numbers of packages from levels (..., K). Raises BadInput where a level is not there."""
        array = _whole_numbers(levels, "levels")
        if array.shape[-1:] != self.levels.shape or (array < 0).any() or (array >= self.levels).any():
            raise BadInput(f"levels {array.tolist()} do not fit {len(self.levels)} demands with {self.levels.tolist()}")
        return np.asarray(array @ self._strides)

    def levels_of(self, packages: ArrayLike) -> IntArray:
        """Levels (..., K) of packages by number. Raises BadInput where there is no such package."""
        array = _whole_numbers(packages, "numbers of packages")
        if (array < 0).any() or (array >= self.size).any():
            raise BadInput(f"there are {self.size} packages, numbered from 0: {array.tolist()} is not among them")
        return np.asarray(array[..., None] // self._strides % self.levels)

    def met(self, package: int) -> tuple[str, ...]:
        """Demands above level 0 in a package; those with more levels bear theirs, as in ``cut=2``."""
        found = zip(self.demands, self.levels_of(package).tolist(), self.levels.tolist(), strict=True)
        return tuple(name if most == 2 else f"{name}={level}" for name, level, most in found if level)

    def at(self, packages: ArrayLike) -> FloatArray:
        """Payoffs (..., 2) of packages by number, whether or not they are allowed."""
        levels = self.levels_of(packages)
        payoffs = self.table[levels[..., : self.traded] @ self._strides[: self.traded] // self._below]
        for k, steps in enumerate(self.added, self.traded):
            payoffs = payoffs + steps[levels[..., k]]
        return np.asarray(payoffs)

    def allowed(self) -> IntArray:
        """Numbers (P,) of the packages within the allowed levels, in order. Raises BadInput where they are too many."""
        self._require_listed()
        numbers = np.zeros(1, dtype=np.int64)
        for low, high, stride in zip(self.low.tolist(), self.high.tolist(), self._strides.tolist(), strict=True):
            numbers = (numbers[:, None] + np.arange(low, high + 1) * stride).ravel()
        return numbers

    def payoffs(self) -> FloatArray:
        """Payoffs (P, 2) of the packages within the allowed levels, in the order of `allowed`. Raises BadInput."""
        self._require_listed()
        payoffs = self.table[self._rows()]
        for steps in self._kept():
            payoffs = (payoffs[:, None] + steps).reshape(-1, 2)
        return payoffs

    def within(self, low: Levels | None = None, high: Levels | None = None) -> Packages:
        """The same packages with some levels ruled out, such as those behind a red line; numbers stay as they are.

        ``low={"end-tariffs": 1}`` insists on a demand and ``high={"end-subsidies": 0}`` refuses one.

        Raises
        ------
        UnknownDemand, BadInput
            Where a demand is not there, a level is not one of its, or nothing is left.
        """
        least, most = self._bounds(RedLines(low or {}, high or {}))
        clash = np.flatnonzero(least > most)
        if len(clash):
            k = int(clash[0])
            raise BadInput(
                f"{self.demands[k]!r} must have level {least[k]} or more and {most[k]} or less: the red lines leave no "
                "package"
            )
        return replace(self, low=least, high=most)

    def frontier(self) -> Frontier:
        """The undominated payoffs within the allowed levels, one package for each. Raises BadInput (see `combine`)."""
        rows = self._rows()
        found = start(self.table[rows], rows * self._below)
        for k, steps in enumerate(self._kept(), self.traded):
            found = combine(found, Frontier(steps, self._numbers(k)), self.demands[k])
        return found

    def by_moves(self, position: ArrayLike) -> dict[int, Frontier]:
        """The same among the packages that give another level than a position (K,) to 0, 1, 2, ... demands."""
        levels = self.levels_of(self.index(position))
        rows = self._rows()
        moves = (self.levels_of(rows * self._below)[:, : self.traded] != levels[: self.traded]).sum(1)
        found = {
            int(m): start(self.table[rows[moves == m]], rows[moves == m] * self._below) for m in np.unique(moves)
        }  # fmt: skip
        for k, steps in enumerate(self._kept(), self.traded):
            stays = np.arange(self.low[k], self.high[k] + 1) == levels[k]
            found = summed_by_moves(found, Frontier(steps, self._numbers(k)), stays, self.demands[k])
        return found

    def bargain(
        self,
        no_deal: ArrayLike,
        truce: ArrayLike | None = None,
        *,
        red_lines: tuple[RedLines, RedLines] | None = None,
        sides: tuple[str, str] = ("1", "2"),
    ) -> Bargain:
        """The bargain over the packages within the allowed levels.

        It has all of them up to 2^20; beyond, those that are undominated among all or among those behind the red lines,
        which is where every pick and distance lies, and one package of several with the same payoffs.

        Raises
        ------
        UnknownDemand, BadInput
            Where red lines name what is not there, or too many packages are undominated.
        """
        lines = red_lines or (RedLines(), RedLines())
        if not isinstance(lines, list | tuple) or len(lines) != 2 or not all(isinstance(x, RedLines) for x in lines):
            raise BadInput(f"red_lines is {shown(red_lines)}: give those of both sides, (RedLines(...), RedLines(...))")
        least, most = self._bounds(*lines)
        if self.count <= MOST_COMPLETE:
            numbers, payoffs = self.allowed(), self.payoffs()
        else:
            edges = [self.frontier()]
            if red_lines and (least <= most).all():
                edges.append(replace(self, low=least, high=most).frontier())
            numbers, first = np.unique(np.concatenate([edge.packages for edge in edges]), return_index=True)
            payoffs = np.concatenate([edge.payoffs for edge in edges])[first]
        honours = np.column_stack([self._honours(numbers, line) for line in lines])
        complete = self.count <= MOST_COMPLETE
        return Bargain.of(
            payoffs, no_deal, truce, honours=honours, packages=numbers, sides=sides, complete=complete
        )  # fmt: skip

    def _honours(self, numbers: IntArray, line: RedLines) -> BoolArray:
        """Whether packages by number honour a red line."""
        kept = np.ones(len(numbers), dtype=bool)
        for levels, over in ((line.low, np.greater_equal), (line.high, np.less_equal)):
            for name, level in levels.items():
                k = self.demands.index(name)
                kept &= over(numbers // self._strides[k] % self.levels[k], level)
        return kept

    def _bounds(self, *lines: RedLines) -> tuple[IntArray, IntArray]:
        """Lowest and highest level (K,) behind some red lines; the lowest is above the highest where these clash."""
        least, most = np.array(self.low), np.array(self.high)
        for line in lines:
            for name, level in (*line.low.items(), *line.high.items()):
                if name not in self.demands:
                    raise UnknownDemand(name, self.demands, "a red line")
                if not 0 <= level < self.levels[self.demands.index(name)]:
                    top = self.levels[self.demands.index(name)] - 1
                    raise BadInput(f"a red line puts {name!r} at level {level}: it has levels 0 to {top}")
            for name, level in line.low.items():
                k = self.demands.index(name)
                least[k] = max(int(least[k]), level)
            for name, level in line.high.items():
                k = self.demands.index(name)
                most[k] = min(int(most[k]), level)
        return least, most

    @property
    def _strides(self) -> IntArray:
        """The difference between the numbers of packages that differ by one level (K,)."""
        below = np.cumprod(np.concatenate([[1], self.levels[::-1]]))
        return np.asarray(below[-2::-1], dtype=np.int64)

    @property
    def _below(self) -> int:
        """The number of packages that share a row of the table."""
        return prod(self.levels[self.traded :].tolist())

    def _rows(self) -> IntArray:
        rows = np.zeros(1, dtype=np.int64)
        for k in range(self.traded):
            rows = (rows[:, None] * self.levels[k] + np.arange(self.low[k], self.high[k] + 1)).ravel()
        return rows

    def _numbers(self, k: int) -> IntArray:
        """The contribution of the allowed levels of a demand to a package's number."""
        return np.asarray(np.arange(self.low[k], self.high[k] + 1) * self._strides[k])

    def _kept(self) -> list[FloatArray]:
        """The contribution of the allowed levels of every demand outside the table."""
        bounds = zip(self.low[self.traded :].tolist(), self.high[self.traded :].tolist(), strict=True)
        return [steps[low : high + 1] for steps, (low, high) in zip(self.added, bounds, strict=True)]

    def _require_listed(self) -> None:
        if self.count > MOST_LISTED:
            raise BadInput(
                f"{len(self.demands)} demands make {self.count:,} packages, over the {MOST_LISTED:,} that are written "
                "out: use `frontier`, which needs no list, or settle some demands with `within`"
            )


def _whole_numbers(given: ArrayLike, what: str) -> IntArray:
    """An array of whole numbers. Raises BadInput."""
    whole = np.asarray(given)
    if whole.dtype.kind in "iu":  # a float does not hold every whole number over 2^53
        return np.array(whole, dtype=np.int64)
    array = floats(given, what)
    if not np.isfinite(array).all() or (array != np.floor(array)).any():
        raise BadInput(f"{what} are {array.tolist()}: give whole numbers")
    return np.array(array, dtype=np.int64)
