"""No answer."""

from __future__ import annotations

from dataclasses import dataclass

from detente.optimal_tariffs.retaliation.rule import Answer, Rule, Standoff
from detente.policy.measure import Measure


@dataclass(frozen=True)
class Nothing(Rule):
    """Does nothing, whatever the other side does.

    The small open economy's rule: a tariff of its own would cost it more (Johnson 1953, "Optimum Tariffs and
    Retaliation", has it as the case of a country without power over its terms of trade).
    """

    name = "nothing"

    def answer(
        self,
        standoff: Standoff,
        by: str,
        against: str,
        measures: tuple[Measure, ...],
        past: tuple[tuple[Measure, ...], ...],
        id: str,
    ) -> Answer:
        """Nothing."""
        return self.made(by, against)
