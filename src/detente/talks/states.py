"""Every state that a set of promises can lead to, solved together: equal states once, each from its neighbours.

With m promises there are 2^m states. They are solved in the order of how many promises are kept. Promises hardly
interact, so that the unknowns x of a state follow from those of states with a promise or two fewer,
x(S) ≈ x(S∖a) + x(S∖b) − x(S∖{a, b}), and few passes are left. States of one order do not need each other and share
the processors. Promises of trade by amount (`Pledge`) are kept exactly in each state.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detente.model.benchmark import Benchmark
from detente.model.shock import Wedges
from detente.solve import Solution
from detente.solve.equilibrium import equilibrium
from detente.solve.joint import Horizon, Unknowns
from detente.talks.pledges import Pledge, Pledges

FloatArray = NDArray[np.float64]

_WORKERS: Final = 4
"""Threads at most: a solve is bound by memory, so that more of them wait for each other."""


@dataclass(frozen=True, eq=False)
class Row:
    """What is kept of one equilibrium, relative to the economy as calibrated; see `Outcomes`."""

    W_hat: FloatArray
    bought: FloatArray
    balance: FloatArray
    gap: float
    unknowns: Unknowns

    @classmethod
    def of(cls, solution: Solution, parties: Sequence[int]) -> Row:
        """From a solution; ``parties`` are positions of economies."""
        pair = np.ix_(parties, parties)
        M = solution.pi_cf[pair] * solution.wedges.v[pair] * solution.X_cf[list(parties)][:, None, :]
        kept = Unknowns(*(np.asarray(part) for part in solution.unknowns))  # type: ignore[arg-type]
        return cls(solution.W_hat, M, -solution.D_cf, solution.gap, kept)


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What is kept of many equilibria, one row a state; relative to the economy as calibrated.

    Attributes
    ----------
    W_hat
        (s, n): real income, new over old.
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

    W_hat: FloatArray
    bought: FloatArray
    balance: FloatArray
    paid: FloatArray
    short: FloatArray
    gap: float
    solved: int


@dataclass(frozen=True, eq=False)
class _Found:
    row: Row
    paid: FloatArray
    short: FloatArray
    slope: FloatArray


def solve_states(
    economy: Benchmark,
    wedges: Callable[[int, FloatArray], Wedges],
    keys: Sequence[bytes],
    parties: Sequence[int],
    *,
    pledges: Sequence[tuple[int, Pledge]] = (),
    horizon: Horizon = "long",
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Outcomes:
    """The equilibria of all 2^m states; bit a of a state's number says whether promise a is kept.

    Parameters
    ----------
    wedges
        K and v of a state where pledges are paid for by y (c,).
    keys
        One a state, for everything but what is paid for pledges: equal keys with equal pledges are equal states.
    parties
        Positions of the economies whose trade with each other is kept.
    pledges
        Promises of trade by amount: the bit that makes each, and what it is.
    workers
        Threads; by default the processors there are, at most four.
    progress
        Told how many states are solved, of how many, after each order.

    Raises
    ------
    NotSolved
        Where a state has no equilibrium, or none is found that keeps its pledges.
    """
    made = Pledges(pledges)
    order = sorted(range(len(keys)), key=lambda s: (s.bit_count(), s))
    named = [(keys[s], made.of(s)) for s in range(len(keys))]
    first: dict[tuple[bytes, tuple[int, ...]], int] = {}
    for s in order:
        first.setdefault(named[s], s)
    found: dict[int, _Found] = {}

    def known(s: int) -> _Found:
        return found[first[named[s]]]

    def solve(s: int) -> _Found:
        def at(y: FloatArray, near: Unknowns | None) -> Row:
            return Row.of(equilibrium(economy, wedges(s, y), horizon, start=near), parties)

        start, y, slope = _start(s, made, known)
        return _Found(*made.settle(s, at, y, start, slope))

    unique = list(first.values())
    threads = workers or min(_WORKERS, os.cpu_count() or 1)
    with ThreadPoolExecutor(threads) as pool:
        for count in sorted({s.bit_count() for s in unique}):
            wave = [s for s in unique if s.bit_count() == count]
            found.update(zip(wave, pool.map(solve, wave), strict=True))
            if progress is not None:
                progress(len(found), len(unique))
    return _together([known(s) for s in range(len(keys))], len(found))


def _together(each: Sequence[_Found], solved: int) -> Outcomes:
    return Outcomes(
        np.stack([one.row.W_hat for one in each]),
        np.stack([one.row.bought for one in each]),
        np.stack([one.row.balance for one in each]),
        np.stack([one.paid for one in each]),
        np.stack([one.short for one in each]),
        max(one.row.gap for one in each),
        solved,
    )


def _bits(s: int) -> list[int]:
    return [1 << a for a in range(s.bit_length()) if s >> a & 1]


def _start(
    s: int, made: Pledges, known: Callable[[int], _Found]
) -> tuple[Unknowns | None, FloatArray, FloatArray | None]:
    """Where the iteration of a state begins: additive in its promises, from states with fewer of them."""
    if not s:
        return None, made.first(s), None
    plain = [bit for bit in _bits(s) if not made.of(bit)]
    pledged = [bit for bit in _bits(s) if made.of(bit)]
    if len(plain) >= 2:
        a, b = plain[-1], plain[-2]
        one, other, both = known(s ^ a), known(s ^ b), known(s ^ a ^ b)
        parts = zip(one.row.unknowns, other.row.unknowns, both.row.unknowns, strict=True)
        y = np.maximum(one.paid + other.paid - both.paid, 0.0)
        return Unknowns(*(x + z - both_ for x, z, both_ in parts)), y, one.slope
    if plain:
        near = known(s ^ plain[0])
        return near.row.unknowns, near.paid, near.slope
    y = made.first(s)
    near = known(s ^ pledged[int(len(pledged) > 1)])
    return near.row.unknowns, y, near.slope
