"""Who can move a conflict where: one player in one step, several in legal sequences. Matrices (s, q), from s to q.

In a legal sequence no player moves twice in succession (Fang, Hipel & Kilgour 1993, Interactive Decision Making,
definitions 4.2.1 and 4.2.2).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detente.talks.stability.given import IntArray, Ways

BoolArray = NDArray[np.bool_]


def one_step(codes: IntArray, own: int, ways: Ways) -> BoolArray:
    """Whether a player who holds the options with bits `own` can move from s to q by changing some of them at once."""
    start, end = codes[:, None], codes[None, :]
    changed = start ^ end
    undone = (changed & start & ways.up) | (changed & end & ways.down)
    return np.asarray((changed != 0) & (changed & ~own == 0) & (undone == 0))


def joint(steps: Sequence[BoolArray]) -> BoolArray:
    """Where legal sequences of the steps of one player or more lead from each state.

    Sequences are followed by their last mover: `last[k]` holds the states that k was the last to move to, and from any
    of them everybody but k can go on.
    """
    if len(steps) == 1:
        return steps[0]
    last = np.array(steps, dtype=np.bool_)
    grew = True
    while grew:
        further = last.copy()
        for k, step in enumerate(steps):
            by_others = np.delete(last, k, axis=0)
            further[k] |= product(np.logical_or.reduce(by_others, axis=0), step)
        grew = bool((further != last).any())
        last = further
    return np.asarray(last.any(0))


def product(left: BoolArray, right: BoolArray) -> BoolArray:
    """Whether some r has left (s, r) and right (r, q). Sums of at most 4096 ones are exact in 32-bit floats."""
    return np.asarray(left.astype(np.float32) @ right.astype(np.float32) > 0.5)
