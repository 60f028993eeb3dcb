"""Undominated sums without a list of all sums: G. L. Nemhauser and Z. Ullmann (1969), Management Science 15.

Whatever else is added, a sum that is dominated stays dominated. So demands are added one by one, and after each only
what is undominated is kept. Values that are whole USD million and sum to V leave at most V of them. In the worst case,
distinct values that take from one side what they give to the other, nothing is dominated and every demand doubles the
number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.errors import BadInput
from detente.talks.bargaining.frontier import undominated

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

#: Points kept; with the sums being sorted they take about 0.3 GB.
MOST = 2**21


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
    if len(out.payoffs) > MOST:
        raise BadInput(
            f"with {name!r} there are {len(out.payoffs):,} undominated packages, over the {MOST:,} that are kept: "
            "values that take from one side what they give to the other leave nothing dominated; round them to whole "
            "USD million or coarser, or settle some demands"
        )
    return out


def summed_by_moves(
    found: dict[int, Frontier], more: Frontier, stays: NDArray[np.bool_], name: str
) -> dict[int, Frontier]:
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
    return {moves: _union(fronts) for moves, fronts in sorted(parts.items())}


def _union(fronts: list[Frontier]) -> Frontier:
    return start(
        np.concatenate([front.payoffs for front in fronts]), np.concatenate([front.packages for front in fronts])
    )  # fmt: skip


def _sums(a: Frontier, b: Frontier) -> tuple[FloatArray, IntArray]:
    """Payoffs and numbers of one of each, in all combinations."""
    payoffs = (a.payoffs[None, :, :] + b.payoffs[:, None, :]).reshape(-1, 2)
    return payoffs, (a.packages[None, :] + b.packages[:, None]).ravel()
