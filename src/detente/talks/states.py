"""Every state that a set of promises can lead to, solved together: equal states once, each from its neighbours.

With m promises there are 2^m states. They are solved in the order of how many promises are kept. Promises hardly
interact, so that the unknowns x of a state follow from those of states with a promise or two fewer,
x(S) ≈ x(S∖a) + x(S∖b) − x(S∖{a, b}), and few passes are left. States of one order do not need each other and share
the processors.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
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

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_WORKERS: Final = 4
"""Threads at most: a solve is bound by memory, so that more of them wait for each other."""


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
    gap
        The largest relative gap of any audit.
    solved
        How many states were solved: the others are equal to one of them.
    """

    W_hat: FloatArray
    bought: FloatArray
    balance: FloatArray
    gap: float
    solved: int

    @classmethod
    def of(cls, solutions: Iterable[Solution], parties: Sequence[int]) -> Outcomes:
        """The rows of solutions that are at hand already."""
        rows = [_Row.of(solution, parties) for solution in solutions]
        return cls(
            np.stack([row.W_hat for row in rows]),
            np.stack([row.bought for row in rows]),
            np.stack([row.balance for row in rows]),
            max(row.gap for row in rows),
            len(rows),
        )

    def at(self, rows: Sequence[int]) -> Outcomes:
        """Some of the rows."""
        place = list(rows)
        return Outcomes(self.W_hat[place], self.bought[place], self.balance[place], self.gap, self.solved)


@dataclass(frozen=True, eq=False)
class _Row:
    W_hat: FloatArray
    bought: FloatArray
    balance: FloatArray
    gap: float
    unknowns: Unknowns

    @classmethod
    def of(cls, solution: Solution, parties: Sequence[int]) -> _Row:
        pair = np.ix_(parties, parties)
        M = solution.pi_cf[pair] * solution.wedges.v[pair] * solution.X_cf[list(parties)][:, None, :]
        kept = Unknowns(*(np.asarray(part) for part in solution.unknowns))  # type: ignore[arg-type]
        return cls(solution.W_hat, M, -solution.D_cf, solution.gap, kept)


def solve_states(
    economy: Benchmark,
    wedges: Callable[[int], Wedges],
    keys: Sequence[bytes],
    parties: Sequence[int],
    horizon: Horizon = "long",
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Outcomes:
    """The equilibria of all 2^m states; bit a of a state's number says whether promise a is kept.

    Parameters
    ----------
    wedges
        K and v of a state; called once for each state that is solved.
    keys
        One a state: equal keys are equal states.
    parties
        Positions of the economies whose trade with each other is kept.
    workers
        Threads; by default the processors there are, at most four.
    progress
        Told how many states are solved, of how many, after each order.

    Raises
    ------
    NotSolved
        Where a state has no equilibrium.
    """
    order = sorted(range(len(keys)), key=lambda s: (s.bit_count(), s))
    first: dict[bytes, int] = {}
    for s in order:
        first.setdefault(keys[s], s)
    rows: dict[int, _Row] = {}

    def solve(s: int) -> _Row:
        near = _start(s, lambda k: rows[first[keys[k]]].unknowns)
        return _Row.of(equilibrium(economy, wedges(s), horizon, start=near), parties)

    unique = list(first.values())
    threads = workers or min(_WORKERS, os.cpu_count() or 1)
    with ThreadPoolExecutor(threads) as pool:
        for count in sorted({s.bit_count() for s in unique}):
            wave = [s for s in unique if s.bit_count() == count]
            rows.update(zip(wave, pool.map(solve, wave), strict=True))
            if progress is not None:
                progress(len(rows), len(unique))
    each = [rows[first[key]] for key in keys]
    return Outcomes(
        np.stack([row.W_hat for row in each]),
        np.stack([row.bought for row in each]),
        np.stack([row.balance for row in each]),
        max(row.gap for row in rows.values()),
        len(rows),
    )


def _start(s: int, known: Callable[[int], Unknowns]) -> Unknowns | None:
    """Where the iteration of a state begins: additive in its promises, from states with fewer of them."""
    kept = [1 << a for a in range(s.bit_length()) if s >> a & 1]
    if not kept:
        return None
    if len(kept) == 1:
        return known(0)
    a, b = kept[-1], kept[-2]
    parts = zip(known(s ^ a), known(s ^ b), known(s ^ a ^ b), strict=True)
    return Unknowns(*(one + other - both for one, other, both in parts))
