"""Moves and stability in the graph model of a conflict. Matrices (s, q) are from state s to state q.

One player moves in one step, several in legal sequences, in which no player moves twice in succession (Fang, Hipel &
Kilgour 1993, Interactive Decision Making, definitions 4.2.1 and 4.2.2). `shortest` finds the shortest way by legal
moves.

A state is stable for a player or a coalition by four notions, Nash, GMR, SMR and SEQ. They are those of Fang, Hipel &
Kilgour (1993), Interactive Decision Making, chapter 3, after Nash (1951), Howard (1971) for GMR and SMR, and Fraser &
Hipel (1979) for SEQ. For a coalition they are those of Inohara & Hipel (2008), Coalition analysis in the graph model
for conflict resolution: a coalition leaves a state only for one that all its members prefer, and is held back by a
state that at least one of them does not prefer.

The inverse problem: the least number of tiers passed that makes a state stable.

A state s is the more stable for a player the fewer states are over it, under every one of the four notions: moves to
states that are not over s are no improvements, and such states hold the player back. So s becomes stable by raising it,
by lowering some of what is over it to its tier, or by both; the least total of tiers passed is found exactly, for every
height of s, by an integer program.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, NamedTuple, get_args

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from detente.errors import NotSolved, UnknownName
from detente.graph_model.structure import Ways
from detente.inputs import BoolArray, IntArray


def one_step(codes: IntArray, own: int, ways: Ways) -> BoolArray:
    """Whether a player who holds the options with bits `own` can move from s to q by changing some of them at once."""
    start, end = codes[:, None], codes[None, :]
    changed = start ^ end
    undone = (changed & start & ways.up) | (changed & end & ways.down)
    return np.asarray((changed != 0) & (changed & ~own == 0) & (undone == 0))


def joint(steps: Sequence[BoolArray]) -> BoolArray:
    """The states that legal sequences of the steps of one player or more reach from each state.

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


StabilityConcept = Literal["nash", "gmr", "smr", "seq"]
"""nash: nobody can improve. gmr: every improvement can be punished by the others. smr: and there is no escape from the
punishment. seq: it is punished by moves that serve those who make them."""

CONCEPTS: Final[tuple[StabilityConcept, ...]] = get_args(StabilityConcept)


@dataclass(frozen=True, eq=False)
class Reachability:
    """The moves of one player or one coalition, and the answers to them; every matrix (s, q) is from s to q.

    Attributes
    ----------
    own
        Whether it can move there.
    over
        Whether all its members prefer q to s.
    steps, gains
        For each of the others, whether it can move there in one step, and whether such a step serves it.
    """

    own: BoolArray
    over: BoolArray
    steps: tuple[BoolArray, ...]
    gains: tuple[BoolArray, ...]

    @cached_property
    def others(self) -> BoolArray:
        """Whether the others can go there by legal sequences of moves."""
        return joint(self.steps) if self.steps else np.zeros_like(self.own)

    @cached_property
    def others_gain(self) -> BoolArray:
        """Whether they can by legal sequences of moves each of which serves its mover."""
        return joint(self.gains) if self.gains else np.zeros_like(self.own)

    def punishments(self, concept: StabilityConcept) -> BoolArray:
        """The states to which the others can go from q under a notion of stability; none under nash."""
        if concept == "nash":
            return np.zeros_like(self.own)
        return self.others_gain if concept == "seq" else self.others


def require_concept(concept: str) -> None:
    """Raise UnknownName for any other text."""
    if concept not in CONCEPTS:
        raise UnknownName(concept, CONCEPTS, "the notion of stability")


def stable(concept: StabilityConcept, at: Reachability) -> BoolArray:
    """Whether each state is stable (s,)."""
    return _held(concept, at, at.own, at.over)


def stable_if(concept: StabilityConcept, at: Reachability, row: int, over: BoolArray) -> bool:
    """Whether one state would be stable if the states in `over` (q,) were what is preferred to it."""
    return bool(_held(concept, at, at.own[row : row + 1], over[None, :])[0])


def _held(concept: StabilityConcept, at: Reachability, own: BoolArray, over: BoolArray) -> BoolArray:
    """Whether states with these moves, and these states over them (s, q), are stable (s,).

    An improvement q is held back if the others can go from q to a state that is not over s; under smr no move of the
    mover out of that state leads to anything over s either.
    """
    improves = own & over
    if concept == "nash":
        return np.asarray(~improves.any(1))
    holds = ~over
    if concept == "smr":
        holds &= ~product(over, at.own.T)
    return np.asarray(~(improves & ~product(holds, at.punishments(concept).T)).any(1))


@dataclass(frozen=True)
class Path:
    """A sequence of moves: the states passed, both ends among them, and who moved from each to the next."""

    states: tuple[int, ...]
    movers: tuple[str, ...]

    def __str__(self) -> str:
        steps = (f" {mover}→ {state}" for mover, state in zip(self.movers, self.states[1:], strict=True))
        return f"{self.states[0]}" + "".join(steps)


def shortest(steps: Mapping[str, BoolArray], start: int, end: int) -> Path | None:
    """A shortest sequence of steps (player → (s, q)) from row to row in which no player moves twice in succession.

    None where there is none; of several the one whose first movers come first in `steps`, then by lowest state.
    """
    if start == end:
        return Path((start + 1,), ())
    seen: dict[tuple[int, str], tuple[int, str]] = {}
    waiting: deque[tuple[int, str]] = deque([(start, "")])
    while waiting:
        row, last = waiting.popleft()
        for player, step in steps.items():
            if player == last:
                continue
            for to in map(int, np.flatnonzero(step[row])):
                if (to, player) in seen:
                    continue
                seen[to, player] = (row, last)
                if to == end:
                    return _trace(seen, (to, player))
                waiting.append((to, player))
    return None


def _trace(seen: Mapping[tuple[int, str], tuple[int, str]], node: tuple[int, str]) -> Path:
    states, movers = [node[0] + 1], [node[1]]
    while True:
        node = seen[node]
        states.append(node[0] + 1)
        if node[1] == "":
            return Path(tuple(states[::-1]), tuple(movers[::-1]))
        movers.append(node[1])


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
