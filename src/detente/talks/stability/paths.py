"""The shortest way from one state to another by legal moves."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from detente.talks.stability.moves import BoolArray


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
