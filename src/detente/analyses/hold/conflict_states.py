"""The graph model of a dispute: what each side can do, the state that every pair of moves leads to, and who would move.

A side can do nothing new, act (carry out its threat, or answer in kind), charge its best tariffs against what the other
does, or give way. Best tariffs are on the menu, so that a state in which a side would rather charge them is no
equilibrium.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from detente.analyses.hold.compliance_game import ComplianceGame
from detente.graph_model.conflict import Conflict
from detente.graph_model.stability import CONCEPTS
from detente.inputs import FloatArray, IntArray
from detente.model.shock import Wedges

MenuMove = Literal["none", "act", "best", "give way"]
TIE: Final = 1e-9
"""Payoffs within this, in logs, are equal: the audit of solutions leaves as much open."""
BEST: Final = "charge its best tariffs"
GIVE_WAY: Final = "give way"


def menu(game: ComplianceGame, side: str) -> tuple[MenuMove, ...]:
    """The moves of a side; without a threat or an answer of its own it has no act."""
    return ("none", "act", "best", "give way") if side in game.acts else ("none", "best", "give way")


def conflict_of(game: ComplianceGame) -> tuple[Conflict, dict[str, Wedges]]:
    """The graph model of the dispute, from the payoffs of its states, and the state of each pattern.

    A side takes one of its options at most. Raises NotSolved, BadMeasure.
    """
    first, second = game.pair
    options = {side: [_words(game, side, move) for move in menu(game, side)[1:]] for side in game.pair}
    states = {
        _pattern(game, first, a) + _pattern(game, second, b): _state(game, {first: a, second: b})
        for b in menu(game, second)
        for a in menu(game, first)
    }
    order = sorted(states, key=lambda pattern: int(pattern[::-1], 2))
    payoffs = np.array([game.payoffs(states[pattern]) for pattern in order])
    conflict = Conflict.from_payoffs(
        game.pair, options, order, {side: payoffs[:, k].tolist() for k, side in enumerate(game.pair)}, tie=TIE
    )
    return conflict, states


def _pattern(game: ComplianceGame, side: str, move: MenuMove) -> str:
    """The signs of one side, one an option: 1 for the move it makes."""
    return "".join("1" if each == move else "0" for each in menu(game, side)[1:])


def _words(game: ComplianceGame, side: str, move: MenuMove) -> str:
    if move != "act":
        return BEST if move == "best" else GIVE_WAY
    other = game.acts.get(game.other(side))
    answers = other is not None and game.threatens(game.other(side)) and not game.threatens(side)
    return "retaliate" if answers else "carry out the threat"


def _state(game: ComplianceGame, moves: Mapping[str, MenuMove]) -> Wedges:
    """The state that moves lead to. Best tariffs of one side are best against the move of the other; of both, Nash."""
    best = [side for side, move in moves.items() if move == "best"]
    if len(best) == 2:
        return game.nash().solution.wedges
    measures = [measure for side, move in moves.items() if move == "act" for measure in game.acts[side][1]]
    duties = {side: game.conceding(side) for side, move in moves.items() if move == "give way"}
    others = game.having(measures, duties)
    return game.best(best[0], others).solution.wedges if best else others


def state_frame(game: ComplianceGame, conflict: Conflict, states: Mapping[str, Wedges]) -> pd.DataFrame:
    """`Hold.states`: one row a state, payoffs and real income of both sides, better moves, equilibria by notion."""
    table = conflict.states
    frame = pd.DataFrame({"state": table["state"], "pattern": table["pattern"]})
    frame["title"] = [_title(game, conflict, state) for state in table["state"]]
    payoffs = np.array([game.payoffs(states[pattern]) for pattern in table["pattern"]])
    usd = np.array([game.usd(states[pattern])[game.seats] for pattern in table["pattern"]])
    for k, side in enumerate(game.pair):
        frame[f"payoff of {side}"], frame[f"real_income_usd of {side}"] = payoffs[:, k], usd[:, k]
        frame[f"tier of {side}"] = table[f"tier of {side}"]
        to = best_move(conflict, side, payoffs[:, k])
        frame[f"better of {side}"] = np.where(to == np.arange(len(frame)), 0, to + 1)
        frame[f"better_usd of {side}"] = usd[to, k] - usd[:, k]
    for concept in CONCEPTS:
        frame[concept] = table["state"].isin(conflict.equilibria(concept))
        for side, stable in conflict.stable(concept).items():
            frame[f"{concept} for {side}"] = table["state"].isin(stable)
    return frame


def best_move(conflict: Conflict, side: str, payoffs: FloatArray) -> IntArray:
    """The row that the best improving move of a side leads to from each state (s,); its own where no move is better."""
    reached = np.where(conflict.improvements(side), payoffs, -np.inf)
    return np.where(np.isfinite(reached.max(1)), reached.argmax(1), np.arange(len(conflict)))


def _title(game: ComplianceGame, conflict: Conflict, state: int) -> str:
    taken = {option.player: option.name for option in conflict.taken(state)}
    return "; ".join(f"{side}: {taken.get(side, 'nothing new')}" for side in game.pair)


def route_frame(conflict: Conflict) -> pd.DataFrame:
    """`Hold.routes`: how each equilibrium is reached from what is in force, state 1."""
    frames = [conflict.routes(1, concept).assign(concept=concept) for concept in CONCEPTS]
    found = pd.concat(frames, ignore_index=True)
    for column in ("steps", "improving_steps"):
        found[column] = found[column].astype("float64")
    return found[["concept", "state", "pattern", "steps", "path", "improving_steps", "improving_path"]]


def wish_frame(conflict: Conflict, states: pd.DataFrame) -> pd.DataFrame:
    """`Hold.wishes`: for every state and notion, the changes of preferences that would make it an equilibrium."""
    columns = ["wished", "concept", "player", "state", "before", "after", "passed", "beside", "usd"]
    rows = []
    for wished in range(1, len(conflict) + 1):
        for concept in CONCEPTS:
            for change in conflict.wish(wished, concept).changes.to_dict("records"):
                row: dict[str, Any] = {str(name): value for name, value in change.items()}
                rows.append({"wished": wished, "concept": concept} | row | {"usd": _worth(states, row)})
    return pd.DataFrame(rows, columns=columns)


def _worth(states: pd.DataFrame, change: Mapping[str, Any]) -> float:
    """The value that a state must add for a player to pass its tiers, beside real income, USD million a year."""
    usd = dict(zip(states["state"], states[f"real_income_usd of {change['player']}"], strict=True))
    return float(usd[change["beside"]] - usd[change["state"]])
