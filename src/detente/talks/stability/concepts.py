"""When a state is stable for a player or a coalition: Nash, GMR, SMR and SEQ, in matrices (s, q) from state s to q.

The four notions are those of Fang, Hipel & Kilgour (1993), Interactive Decision Making, chapter 3, after Nash (1951),
Howard (1971) for GMR and SMR, and Fraser & Hipel (1979) for SEQ. For a coalition they are those of Inohara & Hipel
(2008), Coalition analysis in the graph model for conflict resolution: a coalition leaves a state only for one that all
its members prefer, and is held back by a state that at least one of them does not prefer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, get_args

import numpy as np

from detente.errors import UnknownName
from detente.talks.stability.moves import BoolArray, joint, product

Concept = Literal["nash", "gmr", "smr", "seq"]
"""nash: nobody can improve. gmr: every improvement can be punished by the others. smr: and there is no escape from the
punishment. seq: it is punished by moves that serve those who make them."""

CONCEPTS: Final[tuple[Concept, ...]] = get_args(Concept)


@dataclass(frozen=True, eq=False)
class Position:
    """What one player, or one coalition, can do and what it can be answered with; every matrix (s, q) is from s to q.

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

    def punishments(self, concept: Concept) -> BoolArray:
        """Where the others can go from q, as a notion of stability lets them; nowhere under nash."""
        if concept == "nash":
            return np.zeros_like(self.own)
        return self.others_gain if concept == "seq" else self.others


def require_concept(concept: str) -> None:
    """Raise UnknownName for any other text."""
    if concept not in CONCEPTS:
        raise UnknownName(concept, CONCEPTS, "the notion of stability")


def stable(concept: Concept, at: Position) -> BoolArray:
    """Whether each state is stable (s,)."""
    return _held(concept, at, at.own, at.over)


def stable_if(concept: Concept, at: Position, row: int, over: BoolArray) -> bool:
    """Whether one state would be stable if the states in `over` (q,) were what is preferred to it."""
    return bool(_held(concept, at, at.own[row : row + 1], over[None, :])[0])


def _held(concept: Concept, at: Position, own: BoolArray, over: BoolArray) -> BoolArray:
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
