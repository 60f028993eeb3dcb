"""In kind: the same rate, value of goods, or duty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from detente.inputs import one_of
from detente.optimal_tariffs.retaliation.rule import Answer, Rule, Standoff, nothing_to_answer
from detente.policy.measure import Measure
from detente.policy.retaliation import Match, retaliate


@dataclass(frozen=True)
class InKind(Rule):
    """Each measure answered by one that equals it in ``match``: ``rate``, ``value`` or ``duty`` (`policy.mirror`).

    Goods are counted once: what one answer covers is not left for the next. China's list of 4 April 2018, 25 % on $50bn
    of US goods a day after 25 % on $50bn of Chinese ones, is in kind by value (Bown & Kolb, PIIE, "Trump's Trade War
    Timeline").
    """

    name = "in-kind"
    match: Match = "value"

    def __post_init__(self) -> None:
        one_of(self.match, "match", get_args(Match))

    def answer(
        self,
        standoff: Standoff,
        by: str,
        against: str,
        measures: tuple[Measure, ...],
        past: tuple[tuple[Measure, ...], ...],
        id: str,
    ) -> Answer:
        """One measure for each that is answered, while there are goods left."""
        if not measures:
            return self.made(by, against, notes=[nothing_to_answer(by, against)])
        made: list[Measure] = []
        notes: list[str] = []
        taken, reached = 0.0, True
        for k, measure in enumerate(measures):
            name = id if len(measures) == 1 else f"{id}-{k + 1}"
            found = retaliate(
                standoff.world,
                measure,
                by=by,
                match=self.match,
                taken=taken,
                name=name,
                schedules=standoff.books,
            )
            taken += found.covered
            made += [] if found.measure is None else [found.measure]
            notes += found.notes
            reached &= not found.shortfall > 0
        return self.made(by, against, made, notes, reached)
