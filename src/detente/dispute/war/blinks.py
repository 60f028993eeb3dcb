"""Who blinks: which side of a clash is better off giving up its own move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

from detente.dispute.moves import Move, Name

#: A payoff is over another where it is by more than this, in logs; the audit of solutions leaves that much open.
_OVER: Final = 1e-9

Pair = tuple[str, str]
NamePair = tuple[Name, Name]


def blinks(players: Pair, moves: Mapping[str, tuple[Move, ...]], payoffs: pd.DataFrame) -> pd.DataFrame:
    """One row a player: its payoff in the clash, and where it alone backs down; see `War.blinks`.

    The clash is each side doing what the file says: its threat, or else its answer in kind. A side that backs down goes
    back to what is in force; where it is the only one that threatens, the answer of the other falls with its threat.
    Where neither threatens anything, the clash is what is in force, and backing down is to withdraw; where nothing is
    in force either, both are at their Nash tariffs, and backing down is to charge nothing new.
    """
    known = {
        (first, second, economy): payoff
        for first, second, economy, payoff in payoffs[["first_move", "second_move", "economy", "payoff"]].itertuples(
            index=False, name=None
        )
    }
    names = [{move.name for move in moves[side]} for side in players]
    clash = _clash(names)
    rows = []
    for k, side in enumerate(players):
        back = _back(names, clash, k)
        at_clash, at_back = known[clash[0], clash[1], side], known[back[0], back[1], side]
        rows.append(
            {
                "player": side,
                "clash_first": clash[0],
                "clash_second": clash[1],
                "back_first": back[0],
                "back_second": back[1],
                "clash": at_clash,
                "back": at_back,
                "gain": at_back - at_clash,
                "blinks": at_back - at_clash > _OVER,
            }
        )
    return pd.DataFrame(rows)


def _clash(names: Sequence[set[Name]]) -> NamePair:
    """The move of each side in the clash."""
    if any("threat" in its for its in names):
        moves: list[Name] = ["threat" if "threat" in its else "in kind" for its in names]
        return moves[0], moves[1]
    return ("none", "none") if any("withdraw" in its for its in names) else ("Nash", "Nash")


def _back(names: Sequence[set[Name]], clash: NamePair, k: int) -> NamePair:
    """The moves of both sides where side k backs down alone."""
    if clash[k] == "threat" and clash[1 - k] == "in kind":
        return ("none", "none")
    own: Name = "withdraw" if clash[k] == "none" and "withdraw" in names[k] else "none"
    return (own, clash[1]) if k == 0 else (clash[0], own)


def verdict(rows: pd.DataFrame) -> str:
    """The finding in a sentence, with codes for names."""
    ready = rows[rows["blinks"]]
    first, second = rows["player"]
    if ready.empty:
        return f"neither {first} nor {second} gains by backing down alone"
    if len(ready) == 1:
        firm = second if ready["player"].iloc[0] == first else first
        return f"{ready['player'].iloc[0]} blinks: it gains by backing down alone, {firm} does not"
    more = ready.sort_values("gain", ascending=False, kind="stable")["player"]
    return f"both gain by backing down alone, {more.iloc[0]} more than {more.iloc[1]}"
