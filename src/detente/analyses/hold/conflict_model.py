"""The dispute as a conflict of options: each side carries out what it says, gives way, or does nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from detente.analyses.hold.compliance_game import ComplianceGame
from detente.graph_model.conflict import Conflict
from detente.graph_model.stability import CONCEPTS
from detente.model.shock import Wedges

TIE: Final = 1e-9
"""Payoffs within this, in logs, are equal: the audit of solutions leaves as much open."""
PLAIN: Final = ("00", "10", "01")
"""What one side can do: nothing, act, give way; never both at once."""


def conflict_of(game: ComplianceGame) -> tuple[Conflict, dict[str, Wedges]]:
    """The graph model of the dispute, from the payoffs of its states, and the state of each pattern.

    Each side has two options: to act (its threat, its answer in kind, or else its Nash tariffs) and to give way
    (`ComplianceGame.conceding`). Raises NotSolved, BadMeasure.
    """
    first, second = game.pair
    options = {side: [_act(game, side), "give way"] for side in game.pair}
    states: dict[str, Wedges] = {}
    for b in PLAIN:
        for a in PLAIN:
            acting = [side for side, plain in ((first, a), (second, b)) if plain[0] == "1"]
            measures = [measure for side in acting if side in game.acts for measure in game.acts[side][1]]
            duties = {side: game.conceding(side) for side, plain in ((first, a), (second, b)) if plain[1] == "1"}
            duties |= {side: _war_duties(game, side) for side in acting if side not in game.acts}
            states[a + b] = game.having(measures, duties) if acting or duties else game.standing
    order = sorted(states, key=lambda pattern: int(pattern[::-1], 2))
    payoffs = np.array([game.payoffs(states[pattern]) for pattern in order])
    conflict = Conflict.from_payoffs(
        game.pair, options, order, {side: payoffs[:, k].tolist() for k, side in enumerate(game.pair)}, tie=TIE
    )
    return conflict, states


def _act(game: ComplianceGame, side: str) -> str:
    if side not in game.acts:
        return "charge its best duties"
    other = game.acts.get(game.other(side))
    answers = other is not None and game.threatens(game.other(side)) and not game.threatens(side)
    return "retaliate" if answers else "carry out the threat"


def _war_duties(game: ComplianceGame, side: str) -> Any:
    """The duties of a side without a threat or a response of its own if it acts: its best duties now (j,)."""
    best = game.best(side, game.standing)
    return best.tariffs[game.economy.index(side), game.economy.index(game.other(side))]


def state_frame(game: ComplianceGame, conflict: Conflict, states: Mapping[str, Wedges]) -> pd.DataFrame:
    """`Hold.states`: one row a state, payoffs and real income of both sides, and equilibria by every notion."""
    table = conflict.states
    frame = pd.DataFrame({"state": table["state"], "pattern": table["pattern"]})
    frame["title"] = [_title(game, conflict, state) for state in table["state"]]
    payoffs = np.array([game.payoffs(states[pattern]) for pattern in table["pattern"]])
    usd = np.array([game.usd(states[pattern])[game.seats] for pattern in table["pattern"]])
    for k, side in enumerate(game.pair):
        frame[f"payoff of {side}"], frame[f"real_income_usd of {side}"] = payoffs[:, k], usd[:, k]
        frame[f"tier of {side}"] = table[f"tier of {side}"]
    for concept in CONCEPTS:
        frame[concept] = table["state"].isin(conflict.equilibria(concept))
        for side, stable in conflict.stable(concept).items():
            frame[f"{concept} for {side}"] = table["state"].isin(stable)
    return frame


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
