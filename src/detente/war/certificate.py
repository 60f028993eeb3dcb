"""Why a point is a Nash equilibrium: what each player could still gain by moving alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from detente.war.game import Game, Position
from detente.war.response import respond, starts_of

#: The largest gain from deviating that a certificate allows, in logs of the payoff: 1e-4 %.
BOUND = 1e-6
#: Players whose deviations are searched for; all of them where they are no more.
SAMPLE = 8


@dataclass(frozen=True, eq=False)
class NashCertificate:
    """Why a point is a Nash equilibrium.

    ``deviation``: the largest gain of a player from moving alone, in logs of its payoff, found by searches.
    ``searched``: one row a player and start of a search (player, start, gain). ``expected``: half of slope²/curvature
    summed over a player's rates, the gain that its slopes promise, for every player. ``move``: the longest move that a
    rate would make, in ln(1+t). ``undetermined`` counts rates that nothing depends on.
    """

    deviation: float
    searched: pd.DataFrame
    expected: pd.Series
    move: float
    undetermined: int
    note: str = ""

    @property
    def holds(self) -> bool:
        """Whether no player found or was promised more than 1e-4 % of its payoff."""
        return self.deviation <= BOUND and float(self.expected.max()) <= BOUND

    def __str__(self) -> str:
        players = self.searched["player"].nunique()
        verdict = "holds" if self.holds else "does NOT hold"
        return f"certificate {verdict}: largest deviation gain {self.deviation:.1e} of {players} players searched"


def certified(game: Game, position: Position, search: bool, seed: int, note: str = "") -> NashCertificate:
    """Every player's promised gain, and the gain that searches of a sample of players find."""
    set_by, economy = game.levers, game.economy
    promised = 0.5 * np.where(position.room(set_by), position.slope * position.move, 0.0)
    expected = np.bincount(set_by.owner, weights=promised, minlength=len(set_by.players))
    by_income = sorted(set_by.players, key=lambda name: -economy.I[economy.index(name)])
    sample = by_income[:SAMPLE] if search else []
    tables = [deviation(game, position, player, seed) for player in sample]
    searched = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["player", "start", "gain"])
    move = np.clip(position.y + position.move, set_by.lower, set_by.upper) - position.y
    if len(sample) < len(set_by.players):
        part = f"deviations searched for {len(sample)} of {len(set_by.players)} players, the largest by income"
        note = "; ".join(filter(None, (note, part)))
    return NashCertificate(
        deviation=max(0.0, float(searched["gain"].max())) if len(searched) else 0.0,
        searched=searched,
        expected=pd.Series(expected, index=list(set_by.players)),
        move=float(np.abs(move).max()),
        undetermined=int((~position.determined).sum()),
        note=note,
    )


def deviation(game: Game, position: Position, player: str, seed: int) -> pd.DataFrame:
    """What one player gains over the position from each start of a search: player, start, gain."""
    alone = game.alone(position, player)
    answer = respond(alone, alone.at(alone.first()), starts_of(alone, seed))
    table = answer.certificate.starts[["start", "payoff"]].rename(columns={"payoff": "gain"})
    table.insert(0, "player", player)
    return table
