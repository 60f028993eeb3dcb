"""Tit for tat: what the other did, once it has done it often enough."""

from __future__ import annotations

from dataclasses import dataclass

from detente.inputs import whole
from detente.optimal_tariffs.retaliation.in_kind import InKind
from detente.optimal_tariffs.retaliation.rule import Answer, Rule, Standoff
from detente.policy.measure import Measure
from detente.policy.retaliation import Match


@dataclass(frozen=True)
class TitForTat(Rule):
    """Starts with nothing, then does to the other in kind what the other has in force, and stops when it stops.

    With ``patience`` of two it is tit for two tats: it answers only what the other has kept up for two rounds in a row.
    Rapoport's rule in Axelrod (1980), "Effective Choice in the Prisoner's Dilemma"; tit for two tats in Axelrod (1984),
    "The Evolution of Cooperation", chapter 2.
    """

    name = "tit-for-tat"
    match: Match = "rate"
    patience: int = 1

    def __post_init__(self) -> None:
        InKind(self.match)  # refuses an unknown match
        whole(self.patience, "patience (rounds it waits)", least=1)

    def answer(
        self,
        standoff: Standoff,
        by: str,
        against: str,
        measures: tuple[Measure, ...],
        past: tuple[tuple[Measure, ...], ...],
        id: str,
    ) -> Answer:
        """The other's measures in kind, or nothing yet."""
        rounds = (*past, measures)
        if len(rounds) < self.patience or not all(rounds[-self.patience :]):
            note = f"{by} waits: {against} has not kept measures up for {self.patience} rounds in a row"
            return self.made(by, against, notes=[note] if measures else [])
        copied = InKind(self.match).answer(standoff, by, against, measures, past, id)
        return self.made(by, against, copied.measures, copied.notes, copied.reached)
