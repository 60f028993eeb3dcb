"""A conflict: players with options, the states that can be, what each player prefers, and where it can rest."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import Any, Self

import numpy as np
import pandas as pd

from detente.data.exported import Exported
from detente.errors import BadInput
from detente.graph_model.stability import (
    CONCEPTS,
    Path,
    Reachability,
    StabilityConcept,
    joint,
    least_lift,
    one_step,
    require_concept,
    shortest,
    slack,
    stable,
)
from detente.graph_model.structure import (
    ConflictOption,
    OneWay,
    Pattern,
    Tier,
    codes_of,
    options_of,
    players_of,
    ranks_of,
    require_player,
    tiers_of,
    ways_of,
)
from detente.inputs import BoolArray, IntArray

MOST_PLAYERS = 12
"""Coalitions are listed one by one: 4095 of twelve players."""


@dataclass(frozen=True, eq=False)
class Conflict(Exported):
    """The graph model of a conflict (Fang, Hipel & Kilgour 1993).

    A state says of every option whether it is taken. In one step a player changes any of its own options. States are
    numbered from 1 in increasing order of the number whose bits are the options, the first option lowest.

    Parameters
    ----------
    players
        Their names.
    options
        player → names of its options; a state's options stand in this order.
    feasible
        The states that can be, as patterns: one sign for each option, the first option first: 1 taken, 0 not taken,
        - either. A state is feasible if it fits one of them. Text such as "10-1", or a sequence of signs.
    preferences
        player → tiers of states, the best first; a tier is a state's number, or several that tie. Every feasible
        state is in one tier of each player.
    irreversible
        Options that change one way only: (option, from, to) lets its owner change it from `from` to `to` and never
        back. ("modify", 0, 1): once modified, always modified. An option's name that two players share is written
        (player, option).

    Raises
    ------
    BadInput
        Where no state is feasible, a pattern has the wrong length, preferences leave a state out or name it twice (they
        are cyclic), or names are given twice.
    UnknownName
        Where a player or an option is not there.
    """

    players: Sequence[str]
    options: Mapping[str, Sequence[str]]
    feasible: Sequence[Pattern]
    preferences: Mapping[str, Sequence[Tier]]
    irreversible: Sequence[OneWay] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "players", players_of(self.players, self.options))
        listed = options_of(self.options)
        states = len(codes_of(self.feasible, listed))
        object.__setattr__(self, "options", {name: tuple(its) for name, its in self.options.items()})
        object.__setattr__(self, "feasible", tuple(self.feasible))
        object.__setattr__(self, "irreversible", tuple(self.irreversible))
        for name in self.preferences:
            require_player(name, self.players, "preferences")
        missing = [name for name in self.players if name not in self.preferences]
        if missing:
            raise BadInput(f"preferences say nothing of player {missing[0]!r}: give its tiers, the best first")
        kept = {name: ranks_of(name, self.preferences[name], states)[0] for name in self.players}
        object.__setattr__(self, "preferences", kept)
        ways_of(self.irreversible, listed)

    @classmethod
    def from_payoffs(
        cls,
        players: Sequence[str],
        options: Mapping[str, Sequence[str]],
        feasible: Sequence[Pattern],
        payoffs: Mapping[str, Sequence[float]],
        irreversible: Sequence[OneWay] = (),
        *,
        tie: float = 0.0,
    ) -> Self:
        """The conflict in which players prefer higher payoffs: player → one for each state, in the order of states.

        Payoffs within `tie` of the next are equal (`tiers_of`). Raises BadInput, UnknownName.
        """
        tiers = {name: tiers_of(values, tie) for name, values in payoffs.items()}
        return cls(players, options, feasible, tiers, irreversible)

    def __repr__(self) -> str:
        return f"<Conflict of {', '.join(self.players)}: {len(self.listed)} options, {len(self)} states>"

    def __len__(self) -> int:
        return len(self._codes)

    def tables(self) -> dict[str, pd.DataFrame]:
        """The states, and in which of them who would rest by which notion.

        stability has one row a state and notion: state, pattern, concept, each player (bool), equilibrium.
        """
        return {"states": self.states, "stability": self._stability()}

    @cached_property
    def listed(self) -> tuple[ConflictOption, ...]:
        """Every option with its owner and its bit, in the order of a pattern."""
        return options_of(self.options)

    @cached_property
    def _codes(self) -> IntArray:
        return codes_of(self.feasible, self.listed)

    @cached_property
    def states(self) -> pd.DataFrame:
        """One row a state: state, code (the number of its bits), pattern, and every option (bool), as "player: option".

        Then the tier of each player, as "tier of player", 1 the best.
        """
        table: dict[str, Any] = {"state": np.arange(1, len(self) + 1), "code": self._codes}
        table["pattern"] = [self.pattern(state) for state in range(1, len(self) + 1)]
        table |= {f"{option.player}: {option.name}": self._codes >> option.bit & 1 == 1 for option in self.listed}
        return pd.DataFrame(table | {f"tier of {player}": self._rank[player] + 1 for player in self.players})

    def pattern(self, state: int) -> str:
        """The signs of a state, the first option first. Raises BadInput for a number that is no state's."""
        code = int(self._codes[self.row(state)])
        return "".join(str(code >> option.bit & 1) for option in self.listed)

    def taken(self, state: int) -> tuple[ConflictOption, ...]:
        """The options that are taken in a state."""
        code = int(self._codes[self.row(state)])
        return tuple(option for option in self.listed if code >> option.bit & 1)

    def row(self, state: int) -> int:
        """The row of a state in every matrix, one less than its number. Raises BadInput where there is no such."""
        if not 1 <= state <= len(self):
            raise BadInput(f"there is no state {state}: the feasible ones are 1 to {len(self)}")
        return int(state) - 1

    def moves(self, player: str) -> BoolArray:
        """Whether a player can move from state s to state q in one step (s, q). Raises UnknownName."""
        require_player(player, self.players, "moves")
        return self._moves[player]

    @cached_property
    def _moves(self) -> dict[str, BoolArray]:
        ways = ways_of(self.irreversible, self.listed)
        own = {player: sum(1 << o.bit for o in self.listed if o.player == player) for player in self.players}
        return {player: one_step(self._codes, own[player], ways) for player in self.players}

    @cached_property
    def _rank(self) -> dict[str, IntArray]:
        return {player: ranks_of(player, self.preferences[player], len(self))[1] for player in self.players}

    @cached_property
    def over(self) -> Mapping[str, BoolArray]:
        """player → whether it prefers state q to state s (s, q)."""
        return {player: rank[None, :] < rank[:, None] for player, rank in self._rank.items()}

    def improvements(self, player: str) -> BoolArray:
        """Whether a player can move from s to a state q that it prefers (s, q). Raises UnknownName."""
        return np.asarray(self.moves(player) & self.over[player])

    def position(self, coalition: Collection[str]) -> Reachability:
        """The moves of a coalition (or one player), and the answers of the others. Raises UnknownName, BadInput."""
        members = self._members(coalition)
        rest = [player for player in self.players if player not in members]
        return Reachability(
            own=joint([self.moves(player) for player in members]),
            over=np.asarray(np.logical_and.reduce([self.over[player] for player in members])),
            steps=tuple(self.moves(player) for player in rest),
            gains=tuple(self.improvements(player) for player in rest),
        )

    def _members(self, coalition: Collection[str]) -> tuple[str, ...]:
        named = (coalition,) if isinstance(coalition, str) else tuple(coalition)
        for name in named:
            require_player(name, self.players, "the coalition")
        if not named:
            raise BadInput("a coalition has at least one member")
        return tuple(player for player in self.players if player in named)

    @cached_property
    def _positions(self) -> dict[str, Reachability]:
        return {player: self.position([player]) for player in self.players}

    def stable(self, concept: StabilityConcept) -> dict[str, list[int]]:
        """player → the states that are stable for it, increasing, by "nash", "gmr", "smr" or "seq".

        Raises UnknownName for any other notion of stability.
        """
        return {player: _numbers(mask) for player, mask in self._masks(concept).items()}

    def _masks(self, concept: StabilityConcept) -> dict[str, BoolArray]:
        require_concept(concept)
        return {player: stable(concept, position) for player, position in self._positions.items()}

    def equilibria(self, concept: StabilityConcept) -> list[int]:
        """The states that are stable for every player, increasing. Raises UnknownName."""
        return _numbers(np.logical_and.reduce(list(self._masks(concept).values())))

    def coalition_stable(self, concept: StabilityConcept, coalition: Collection[str]) -> list[int]:
        """The states that a coalition would not leave together, increasing (Inohara & Hipel 2008).

        It leaves by legal sequences of its members' moves, and only for a state that every member prefers; it is held
        back by what at least one member does not prefer. The others punish by legal sequences of single moves, under
        "seq" each of which serves its mover. A coalition of one is the player. Raises UnknownName, BadInput.
        """
        require_concept(concept)
        return _numbers(stable(concept, self.position(coalition)))

    def strong_equilibria(self, concept: StabilityConcept) -> list[int]:
        """The equilibria that no coalition would leave together, increasing. Raises UnknownName, BadInput."""
        if len(self.players) > MOST_PLAYERS:
            raise BadInput(f"{len(self.players)} players have too many coalitions; {MOST_PLAYERS} is the most")
        kept = set(self.equilibria(concept))
        for size in range(2, len(self.players) + 1):
            for coalition in combinations(self.players, size):
                kept &= set(self.coalition_stable(concept, coalition))
        return sorted(kept)

    def table(self, name: str = "stability") -> pd.DataFrame:
        """A table of `tables` by name, by default where everybody would rest. Raises BadInput for any other name."""
        return super().table(name)

    def _stability(self) -> pd.DataFrame:
        """One row a state and notion of stability: state, pattern, concept, each player (bool), equilibrium."""
        frames = []
        for concept in CONCEPTS:
            masks = self._masks(concept)
            every = np.logical_and.reduce(list(masks.values()))
            rows = {"state": self.states["state"], "pattern": self.states["pattern"], "concept": concept}
            frames.append(pd.DataFrame(rows | masks | {"equilibrium": every}))
        return pd.concat(frames, ignore_index=True)

    def path(self, start: int, end: int, *, improving: bool = False) -> Path | None:
        """A shortest legal sequence of moves between two states, or None where there is none; see `paths.shortest`.

        With `improving` every move serves the player that makes it. Raises BadInput.
        """
        steps = {player: self.improvements(player) if improving else self.moves(player) for player in self.players}
        return shortest(steps, self.row(start), self.row(end))

    def routes(self, start: int, concept: StabilityConcept) -> pd.DataFrame:
        """The paths to each equilibrium from a state, such as the status quo.

        One row an equilibrium: state, pattern, steps and path by any moves, steps and path by moves that serve their
        movers (improving_steps, improving_path); steps are missing and paths empty where there is no way.
        Raises UnknownName, BadInput.
        """
        rows = []
        for state in self.equilibria(concept):
            found, gaining = self.path(start, state), self.path(start, state, improving=True)
            rows.append(
                {
                    "state": state,
                    "pattern": self.pattern(state),
                    "steps": None if found is None else len(found.movers),
                    "path": str(found or ""),
                    "improving_steps": None if gaining is None else len(gaining.movers),
                    "improving_path": str(gaining or ""),
                }
            )
        columns = ["state", "pattern", "steps", "path", "improving_steps", "improving_path"]
        return pd.DataFrame(rows, columns=columns).astype({"steps": "Int64", "improving_steps": "Int64"})

    def wish(self, state: int, concept: StabilityConcept) -> Wish:
        """The least change of preferences, in tiers passed, that makes a state an equilibrium; see `granted`.

        Raises UnknownName, BadInput.
        """
        require_concept(concept)
        self.row(state)
        return granted(self, state, concept)

    def strength(self, state: int, concept: StabilityConcept) -> dict[str, int | None]:
        """player → how many tiers over a state it takes until the state is not stable for that player.

        Counted from what is over it now: 0 where it is not stable, 1 where it would not be with one more tier over it,
        None where it is stable even as the worst state. Raises UnknownName, BadInput.
        """
        require_concept(concept)
        row = self.row(state)
        return {player: slack(self._positions[player], self._rank[player], row, concept) for player in self.players}

    def preferring(self, preferences: Mapping[str, Sequence[Tier]]) -> Self:
        """The same conflict with other preferences for some players. Raises BadInput, UnknownName."""
        return replace(self, preferences=dict(self.preferences) | dict(preferences))


@dataclass(frozen=True, eq=False)
class Wish:
    """The least change of preferences that makes a state an equilibrium.

    Attributes
    ----------
    changes
        One row a state that moves in the ranking of a player: player, state, before, after (tiers, 1 the best, as the
        player's tiers are counted before the change), passed, beside (a state of the tier it comes
        to). Empty where the state is an equilibrium already.
    passed
        Tiers passed by all of them.
    conflict
        The conflict with these preferences, in which the state is an equilibrium.
    """

    state: int
    concept: StabilityConcept
    changes: pd.DataFrame = field(repr=False)
    passed: int
    conflict: Conflict


def granted(conflict: Conflict, state: int, concept: StabilityConcept) -> Wish:
    """The wish of a state that is there.

    Each player's change is the least given what the others prefer. Under nash, gmr and smr a player's change does not
    touch the others, so that the total is least too. Under seq it may undo a threat that held another back; then that
    one's preferences change further, and the total need not be the least.
    """
    now, rows = conflict, []
    while state not in now.equilibria(concept):
        player = next(name for name, its in now.stable(concept).items() if state not in its)
        rank = now.states[f"tier of {player}"].to_numpy() - 1
        lift = least_lift(now.position([player]), rank, state - 1, concept)
        goal = int(rank[state - 1]) - lift.rise
        moved = [*([state - 1] if lift.rise else []), *lift.lowered]
        rows += [
            {
                "player": player,
                "state": row + 1,
                "before": int(rank[row]) + 1,
                "after": goal + 1,
                "passed": abs(int(rank[row]) - goal),
                "beside": int(np.flatnonzero(rank == goal)[0]) + 1,
            }
            for row in moved
        ]
        rank[moved] = goal
        now = now.preferring(
            {player: [[int(row) + 1 for row in np.flatnonzero(rank == tier)] for tier in np.unique(rank)]}
        )
    changes = pd.DataFrame(rows, columns=["player", "state", "before", "after", "passed", "beside"])
    return Wish(state, concept, changes, int(changes["passed"].sum()), now)


def _numbers(mask: BoolArray) -> list[int]:
    return [int(row) for row in np.flatnonzero(mask) + 1]
