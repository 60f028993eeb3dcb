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
    shifted = [
        (found.payoffs + by, found.packages + number) for by, number in zip(more.payoffs, more.packages, strict=True)
    ]
    out = start(np.concatenate([sums for sums, _ in shifted]), np.concatenate([numbers for _, numbers in shifted]))
    if len(out.payoffs) > MOST:
        raise BadInput(
            f"with {name!r} there are {len(out.payoffs):,} undominated packages, over the {MOST:,} that are kept: "
            "values that take from one side what they give to the other leave nothing dominated; round them to whole "
            "USD million or coarser, or settle some demands"
        )
    return out
