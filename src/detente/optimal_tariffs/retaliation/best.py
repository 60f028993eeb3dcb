"""Best: the duties that serve its own government most, given what the other does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import get_args

from detente.data.quantities import HIGHEST_RATE
from detente.inputs import one_of
from detente.optimal_tariffs.best_responses import best_response
from detente.optimal_tariffs.governments import Objective, Rates
from detente.optimal_tariffs.rate_bounds import Floor
from detente.optimal_tariffs.retaliation.rule import Answer, Rule, Standoff, as_law, check_rate
from detente.policy.measure import Measure


@dataclass(frozen=True)
class Best(Rule):
    """The duty on every goods sector of the other side that serves ``objective`` best (`best_response`).

    A best response taxes whether or not the other does, so it moves first too. ``rates``: a duty for each sector, or
    ``one`` for all. Duties lie between zero and ``most``, or with ``floor`` no lower than those in force; they take the
    place of what it added before. Johnson (1953), "Optimum Tariffs and Retaliation"; sector by sector as in Ossa
    (2014), "Trade Wars and Trade Talks with Data".
    """

    name = "best"
    objective: Objective = field(default_factory=Objective)
    rates: Rates = "sector"
    most: float = 5.0
    seed: int = 0
    floor: Floor | None = None

    def __post_init__(self) -> None:
        one_of(self.rates, "rates", get_args(Rates))
        if self.floor is not None:
            one_of(self.floor, "floor", get_args(Floor))
        check_rate("most", self.most, HIGHEST_RATE)

    def answer(
        self,
        standoff: Standoff,
        by: str,
        against: str,
        measures: tuple[Measure, ...],
        past: tuple[tuple[Measure, ...], ...],
        id: str,
    ) -> Answer:
        """One measure that replaces what it added before, with the certificate among the notes."""
        found = best_response(
            standoff.economy,
            by,
            [against],
            standoff.shock(measures),
            sectors=standoff.world.goods,
            rates=self.rates,
            bounds=(0.0, self.most),
            objective=self.objective,
            seed=self.seed,
            floor=self.floor,
        )
        n, i = standoff.economy.index(by), standoff.economy.index(against)
        made = as_law(standoff, by, against, found.tariffs[n, i], id, f"{by} at its best", measures)
        notes = [
            f"best duties of {by} on goods of {against} by {found.objective}: gain {found.gain:+.4%} over not moving; "
            f"{found.certificate}"
        ]
        if found.note:
            notes.append(found.note)
        if standoff.horizon == "short":
            notes.append("chosen for the long run, in which labour moves between sectors")
        return self.made(by, against, [made], notes)
