"""Equal harm: the uniform additional rate that costs the other side as much as its measures cost this one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from scipy.optimize import brentq

from detente.data.quantities import HIGHEST_RATE, format_money
from detente.errors import BadInput
from detente.inputs import number, one_of
from detente.optimal_tariffs.retaliation.rule import Answer, Rule, Standoff, check_rate, in_words, nothing_to_answer
from detente.policy.measure import Goods, Measure

Unit = Literal["usd", "share"]
"""usd: the same amount. share: the same part of each side's real income."""

#: Rates tried in turn until one harms enough, fractions: each doubles the last.
_LADDER = tuple(0.05 * 2**k for k in range(8))
#: The rate is found to this, a fraction; harm is then equal to about as many digits.
_RATE_TOLERANCE = 1e-7


@dataclass(frozen=True)
class EqualHarm(Rule):
    """One additional rate on all goods of the other side, or on those of ``sectors``.

    Both harms are falls in exact real income: the measures' is counted from the standoff, the answer's from the state
    with the measures. ``factor`` asks for a multiple; ``most`` bounds the rate (a fraction). Where no rate up to it
    harms enough, the answer is the one that harms most, and the notes say how much that is.

    World Trade Organization, Dispute Settlement Understanding, article 22.4: the level of suspension of concessions is
    equivalent to the level of nullification or impairment. Arbitrators count trade effects; real income is what they
    cost.
    """

    name = "equal-harm"
    sectors: tuple[str, ...] | None = None
    unit: Unit = "usd"
    factor: float = 1.0
    most: float = HIGHEST_RATE

    def __post_init__(self) -> None:
        one_of(self.unit, "unit", get_args(Unit))
        if number(self.factor, "factor") <= 0:
            raise BadInput(f"factor={self.factor:g}: give a number over 0, such as 1 for equal harm")
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
        """The rate at which the harms are equal, or the one that harms most."""
        if not measures:
            return self.made(by, against, notes=[nothing_to_answer(by, against)])
        scale = {
            code: 1.0 if self.unit == "usd" else 1.0 / float(standoff.economy.I[standoff.economy.index(code)])
            for code in (by, against)
        }
        hit = standoff.solve(measures)
        suffered = standoff.loss(by, standoff.before, hit) * scale[by]
        if suffered <= 0:
            return self.made(
                by, against, notes=[f"the measures of {against} do {by} no harm, so there is none to equal"]
            )

        def of_rate(rate: float) -> Measure:
            goods = Goods(all=True) if self.sectors is None else Goods(sectors=self.sectors)
            return in_words(id, f"{by} answers with equal harm", by, against, goods, measures, add=rate)

        def harm(rate: float) -> float:
            after = standoff.solve((*measures, of_rate(rate)), near=hit)
            return standoff.loss(against, hit, after) * scale[against]

        asked = self.factor * suffered
        rate, done = self._rate(harm, asked)
        where = "all its goods" if self.sectors is None else ", ".join(self.sectors)
        figures = (
            f"the measures of {against} cost {by} {self._amount(suffered)}; {rate:.2%} more on {where} costs {against} "
            f"{self._amount(done)}"
        )
        if rate == 0:
            note = f"no rate up to {self.most:.0%} on these goods harms {against}: {by} does not answer"
            return self.made(by, against, notes=[note], reached=False)
        reached = done >= asked * (1 - 1e-4)
        short = f"{self._amount(asked)} is out of reach of any rate up to {self.most:.0%}: this one harms most"
        return self.made(by, against, [of_rate(rate)], [figures] if reached else [figures, short], reached)

    def _rate(self, harm: Callable[[float], float], asked: float) -> tuple[float, float]:
        """The lowest rate that harms as much as asked, else the one that harms most, and its harm."""
        lower = 0.0
        tried = {0.0: 0.0}
        for rate in (*(step for step in _LADDER if step < self.most), self.most):
            tried[rate] = harm(rate)
            if tried[rate] >= asked:
                found = float(brentq(lambda x: harm(x) - asked, lower, rate, xtol=_RATE_TOLERANCE))
                return found, harm(found)
            lower = rate
        most = max(tried, key=lambda rate: tried[rate])
        return most, tried[most]

    def _amount(self, harm: float) -> str:
        """A loss as a person reads it."""
        return f"{harm:.4%} of real income" if self.unit == "share" else format_money(round(harm, 1))
