"""The inverse problem: the least number of tiers passed that makes a state stable.

A state s is the more stable for a player the fewer states are over it, under every one of the four notions: moves to
states that are not over s are no improvements, and such states hold the player back. So s becomes stable by raising it,
by lowering some of what is over it to its tier, or by both; the least total of tiers passed is found exactly, for every
height of s, by an integer program.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from detente.errors import NotSolved
from detente.graph_model.stability import Reachability, StabilityConcept, stable_if
from detente.inputs import BoolArray, IntArray


class Lift(NamedTuple):
    """A change of one player's ranking: tiers by which a state rises, rows lowered to its new tier, tiers passed."""

    rise: int
    lowered: tuple[int, ...]
    passed: int


def slack(at: Reachability, rank: IntArray, row: int, concept: StabilityConcept) -> int | None:
    """The number of further tiers over a state until it is not stable; see `Conflict.strength`."""
    for more in range(int(rank.max()) - int(rank[row]) + 2):
        over = rank < rank[row] + more
        over[row] = False
        if not stable_if(concept, at, row, over):
            return more
    return None


def least_lift(at: Reachability, rank: IntArray, row: int, concept: StabilityConcept) -> Lift:
    """The change that makes a state stable for a player, fewest tiers passed; of equal ones the least rise."""
    top = int(rank[row])
    best = Lift(top, (), top)  # where nothing is over it, it is stable
    for rise in range(top):
        if rise >= best.passed:
            break
        goal = int(rank[row]) - rise
        lowered = _lowered(at, rank < goal, goal - rank, row, concept)
        passed = rise + int((goal - rank[lowered]).sum())
        if (passed, rise) < (best.passed, best.rise):
            best = Lift(rise, tuple(map(int, lowered)), passed)
    return best


def _lowered(at: Reachability, over: BoolArray, cost: IntArray, row: int, concept: StabilityConcept) -> IntArray:
    """The rows to lower so that the state is stable, at the least cost.

    Unknowns: x[q], whether q over s is lowered; u[z], whether z can hold the player back. For every improvement q:
    x[q] + Σ_z u[z] ≥ 1 over what the others can reach from q; u[z] ≤ x[q] for z itself if it is over s, and under smr
    for every state over s to which the player could escape from z.
    """
    improving = np.flatnonzero(at.own[row] & over)
    if improving.size == 0:
        return improving
    punish = at.punishments(concept)
    n = len(over)
    entries: list[tuple[int, int, float]] = []
    least: list[float] = []
    for q in improving:
        entries += [(len(least), int(q), 1.0), *((len(least), n + int(z), 1.0) for z in np.flatnonzero(punish[q]))]
        least.append(1.0)
    for z in np.flatnonzero(punish[improving].any(0)):
        needed = over & at.own[z] if concept == "smr" else np.zeros_like(over)
        needed[z] |= over[z]
        for q in np.flatnonzero(needed):
            entries += [(len(least), int(q), 1.0), (len(least), n + int(z), -1.0)]
            least.append(0.0)
    rows, columns, values = zip(*entries, strict=True)
    matrix = coo_array((values, (rows, columns)), shape=(len(least), 2 * n)).tocsr()
    objective = np.concatenate([np.where(over, cost, 0), np.zeros(n)])
    upper = np.concatenate([over, punish[improving].any(0)]).astype(np.float64)
    found = milp(
        objective,
        integrality=np.ones(2 * n, dtype=np.int64),
        bounds=Bounds(0, upper),
        constraints=LinearConstraint(matrix, least),
    )
    if not found.success:
        raise NotSolved(f"the least change of preferences for state {row + 1} was not found: {found.message}")
    return np.flatnonzero(np.round(found.x[:n]) > 0)
