"""The four notions of stability word for word from their definitions, over sets of states and sequences of moves.

Independent of the package: states are tuples of 0 and 1, moves are found by trying every change of a player's options,
and sequences of moves by walking them one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

State = tuple[int, ...]


@dataclass
class ByDefinition:
    """A conflict: who owns each option, the states, the tier of each state for each player, options one way only."""

    owners: Sequence[str]
    states: Sequence[State]
    tier: Mapping[str, Mapping[State, int]]
    one_way: Iterable[tuple[int, int, int]] = ()

    @property
    def players(self) -> list[str]:
        return list(self.tier)

    def reach(self, player: str, s: State) -> set[State]:
        """R_i(s)."""
        mine = [k for k, owner in enumerate(self.owners) if owner == player]
        found = set()
        for values in product((0, 1), repeat=len(mine)):
            q = list(s)
            for k, value in zip(mine, values, strict=True):
                q[k] = value
            undoes = any(s[k] == end and q[k] == start for k, start, end in self.one_way)
            if tuple(q) != s and tuple(q) in self.states and not undoes:
                found.add(tuple(q))
        return found

    def gains(self, player: str, s: State) -> set[State]:
        """R_i^+(s)."""
        return {q for q in self.reach(player, s) if self.tier[player][q] < self.tier[player][s]}

    def sequences(self, coalition: Sequence[str], s: State, step: Callable[[str, State], set[State]]) -> set[State]:
        """Every state at the end of a legal sequence from s: nobody moves twice in succession."""
        seen: set[tuple[State, str]] = set()

        def walk(at: State, last: str) -> None:
            for player in coalition:
                if player != last:
                    for q in step(player, at):
                        if (q, player) not in seen:
                            seen.add((q, player))
                            walk(q, player)

        walk(s, "")
        return {q for q, _ in seen}

    def all_prefer(self, coalition: Sequence[str], q: State, s: State) -> bool:
        return all(self.tier[player][q] < self.tier[player][s] for player in coalition)

    def stable(self, concept: str, coalition: Sequence[str], s: State) -> bool:
        others = [player for player in self.players if player not in coalition]
        improvements = [q for q in self.sequences(coalition, s, self.reach) if self.all_prefer(coalition, q, s)]
        if concept == "nash":
            return not improvements
        step = self.gains if concept == "seq" else self.reach
        for q in improvements:
            if not any(self._punishes(concept, coalition, s, z) for z in self.sequences(others, q, step)):
                return False
        return True

    def _punishes(self, concept: str, coalition: Sequence[str], s: State, z: State) -> bool:
        if self.all_prefer(coalition, z, s):
            return False
        escapes = self.sequences(coalition, z, self.reach) if concept == "smr" else set()
        return not any(self.all_prefer(coalition, w, s) for w in escapes)
