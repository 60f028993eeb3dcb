"""Promises of trade by amount, kept in a state by subsidies on imports, and by no more than needed.

With y_c = −ln(1−z_c) ≥ 0, z the part of the price that the buyer's treasury pays, every pledge c asks for a level of
trade: 0 ≤ y_c ⟂ level_c − asked_c ≥ 0. Of pledges on the same goods the stricter one binds, and the other costs
nothing.

Every state that a set of promises can lead to, solved together: equal states once, each from its neighbours.

A state has a level of each promise: 0 not kept, 1, 2, ... kept in part, the highest in full. States are solved in the
order of how many promises they keep. Promises hardly interact, so that the unknowns x of a state follow from those of
states with a promise or two fewer,
x(S) ≈ x(S∖a) + x(S∖b) − x(S∖{a, b}), and few passes are left. States of one order do not need each other and share
the processors. Promises of trade by amount (`Pledge`) are kept exactly in each state.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Final, Protocol, TypeVar

import numpy as np

from detente.errors import NotSolved
from detente.inputs import FloatArray, IntArray
from detente.model.benchmark import Benchmark
from detente.model.shock import Wedges
from detente.solver.equilibrium import equilibrium
from detente.solver.fixed_point import NO_RATES, Horizon, Unknowns
from detente.solver.solution import Solution

KEPT: Final = 1e-6
"""A pledge is kept within this part of what it promises."""
MOST: Final = float(-np.log(0.1))
"""The largest y: nine tenths of the price are paid."""
_ROUNDS: Final = 60


class Solved(Protocol):
    """An equilibrium from which a next iteration can begin."""

    @property
    def unknowns(self) -> Unknowns:
        """The start of the iteration."""


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
        """The missing amount, as a part of the promised change; negative if there is more than asked."""
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


_WORKERS: Final = 4
"""Threads at most: a solve is bound by memory, so that more of them wait for each other."""


@dataclass(frozen=True, eq=False)
class StoredEquilibrium:
    """The stored numbers of one equilibrium, relative to the economy as calibrated; see `Outcomes`."""

    welfare_hat: FloatArray
    bought: FloatArray
    balance: FloatArray
    gap: float
    unknowns: Unknowns

    @classmethod
    def of(cls, solution: Solution, parties: Sequence[int]) -> StoredEquilibrium:
        """From a solution; ``parties`` are positions of economies."""
        pair = np.ix_(parties, parties)
        M = solution.pi_cf[pair] * solution.wedges.v[pair] * solution.X_cf[list(parties)][:, None, :]
        kept = Unknowns(*(np.asarray(part) for part in solution.unknowns))._replace(ln_r=NO_RATES)
        return cls(solution.welfare_hat, M, -solution.net_imports_cf, solution.gap, kept)


@dataclass(frozen=True, eq=False)
class State:
    """The input of the model for a state: duties and subsidies, and the count of its pledges.

    ``weights`` (c, p, p, j): what trade between the parties adds to the level of each pledge.
    """

    wedges: Wedges
    weights: FloatArray = field(default_factory=lambda: np.zeros((0, 1, 1, 1)))

    def settled(
        self, economy: Benchmark, parties: Sequence[int], horizon: Horizon, near: Unknowns | Solution | None
    ) -> tuple[StoredEquilibrium, FloatArray]:
        """Its equilibrium, and the level of each pledge (c,), USD million a year. Raises NotSolved."""
        row = StoredEquilibrium.of(equilibrium(economy, self.wedges, horizon, start=near), parties)
        return row, np.asarray((self.weights * row.bought).sum((1, 2, 3)))


@dataclass(frozen=True, eq=False)
class Outcomes:
    """The stored numbers of many equilibria, one row a state; relative to the economy as calibrated.

    Attributes
    ----------
    welfare_hat
        (s, n): 1 + (U' − U)/I, the change of real income where labour supply is fixed.
    bought
        (s, p, p, j): what the first of two parties buys from the second, net of duties, USD million a year.
    balance
        (s, n): exports − imports of everything, USD million a year.
    paid, short
        (s, c): for each pledge y = −ln(1−z), z the part of the price that the buyer's treasury pays, and what is
        missing, as a part of what is promised; zero where the pledge is not made.
    gap
        The largest relative gap of any audit.
    solved
        How many states were solved: the others are equal to one of them.
    """

    welfare_hat: FloatArray
    bought: FloatArray
    balance: FloatArray
    paid: FloatArray
    short: FloatArray
    gap: float
    solved: int


@dataclass(frozen=True, eq=False)
class _Found:
    row: StoredEquilibrium
    paid: FloatArray
    short: FloatArray
    slope: FloatArray


def solve_states(
    economy: Benchmark,
    lay: Callable[[int, FloatArray], State],
    levels: IntArray,
    keys: Sequence[bytes],
    parties: Sequence[int],
    *,
    pledges: Sequence[tuple[int, int, Pledge]] = (),
    horizon: Horizon = "long",
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Outcomes:
    """The equilibria of all states of some promises.

    Parameters
    ----------
    lay
        A state by number where pledges are paid for by y (c,).
    levels
        (s, m): the level of each promise in each state. Where a state keeps a promise, the same without it is there.
    keys
        One a state, for everything but what is paid for pledges: equal keys with equal pledges are equal states.
    parties
        Positions of the economies whose trade with each other is kept.
    pledges
        Promises of trade by amount: which promise makes each, at which level, and what it is.
    workers
        Threads; by default the processors there are, at most four.
    progress
        Told how many states are solved, of how many, after each order.

    Raises
    ------
    NotSolved
        Where a state has no equilibrium, or none is found that keeps its pledges.
    """
    plan = _Plan(levels, keys, pledges)
    made = Pledges([(promise, pledge) for promise, _, pledge in pledges])
    found: dict[int, _Found] = {}

    def solve(s: int) -> _Found:
        def at(y: FloatArray, near: Unknowns | None) -> tuple[StoredEquilibrium, FloatArray]:
            return lay(s, y).settled(economy, parties, horizon, near)

        start, y, slope = _start(plan, s, made, found)
        return _Found(*made.settle(plan.made[s], at, y, start, slope))

    unique = list(plan.first.values())
    threads = workers or min(_WORKERS, os.cpu_count() or 1)
    with ThreadPoolExecutor(threads) as pool:
        for count in sorted({plan.count(s) for s in unique}):
            wave = [s for s in unique if plan.count(s) == count]
            found.update(zip(wave, pool.map(solve, wave), strict=True))
            if progress is not None:
                progress(len(found), len(unique))
    return _together([found[plan.same(s)] for s in range(len(keys))], len(found))


class _Plan:
    """States by number: what they keep, which are equal, and which have a promise fewer."""

    def __init__(self, levels: IntArray, keys: Sequence[bytes], pledges: Sequence[tuple[int, int, Pledge]]) -> None:
        self.levels = [tuple(row) for row in levels.tolist()]
        self.made = [tuple(c for c, (a, level, _) in enumerate(pledges) if row[a] == level) for row in self.levels]
        self.pledging = {a for a, _, _ in pledges}
        self._spots = {row: s for s, row in enumerate(self.levels)}
        self._named = list(zip(keys, self.made, strict=True))
        self.first: dict[tuple[bytes, tuple[int, ...]], int] = {}
        for s in sorted(range(len(keys)), key=lambda s: (self.count(s), s)):
            self.first.setdefault(self._named[s], s)

    def count(self, s: int) -> int:
        """The number of promises that a state keeps."""
        return len(self.kept(s))

    def kept(self, s: int) -> list[int]:
        """The promises that a state keeps."""
        return [a for a, level in enumerate(self.levels[s]) if level]

    def same(self, s: int) -> int:
        """The state that is solved for a state."""
        return self.first[self._named[s]]

    def without(self, s: int, *promises: int) -> int:
        """The state that is solved for a state without some of its promises."""
        return self.same(self._spots[tuple(0 if a in promises else level for a, level in enumerate(self.levels[s]))])


def _together(each: Sequence[_Found], solved: int) -> Outcomes:
    return Outcomes(
        np.stack([one.row.welfare_hat for one in each]),
        np.stack([one.row.bought for one in each]),
        np.stack([one.row.balance for one in each]),
        np.stack([one.paid for one in each]),
        np.stack([one.short for one in each]),
        max(one.row.gap for one in each),
        solved,
    )


def _start(
    plan: _Plan, s: int, made: Pledges, found: dict[int, _Found]
) -> tuple[Unknowns | None, FloatArray, FloatArray | None]:
    """The start of the iteration of a state: additive in its promises, from states with fewer of them."""
    kept = plan.kept(s)
    if not kept:
        return None, made.first(plan.made[s]), None
    plain = [a for a in kept if a not in plan.pledging]
    if len(plain) >= 2:
        a, b = plain[:2]
        one, other, both = (found[plan.without(s, *those)] for those in ((a,), (b,), (a, b)))
        parts = zip(one.row.unknowns, other.row.unknowns, both.row.unknowns, strict=True)
        y = np.maximum(one.paid + other.paid - both.paid, 0.0)
        return Unknowns(*(x + z - both_ for x, z, both_ in parts)), y, one.slope
    if plain:
        near = found[plan.without(s, plain[0])]
        return near.row.unknowns, near.paid, near.slope
    near = found[plan.without(s, kept[-2] if len(kept) > 1 else kept[0])]
    return near.row.unknowns, made.first(plan.made[s]), near.slope
