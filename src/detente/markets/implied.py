"""The probability of war that a market move implies, and the expected move if talks break down.

With V_war and V_peace the value of equity in either outcome and p the probability of war, the price is p V_war +
(1 − p) V_peace. A move changes p by move · price / (V_war − V_peace). Values are of equity: real income is none, and
enters by a stated multiplier. `exposure` tables say whose value added each outcome changes, by economy and sector.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from detente.errors import BadInput
from detente.inputs import number
from detente.solver.solution import Solution

UNEXPLAINED = "no change in probability explains this move"


def exposure(before: Solution, after: Solution, outcome: str) -> pd.DataFrame:
    """One row an economy and sector: what an outcome changes of value added.

    outcome, economy, sector, value_added (USD million a year in the base year), change (a fraction, deflated by the own
    consumer prices), change_usd (million a year at base-year prices), part (of the economy's whole value added). Both
    solutions are of the same benchmark. Missing where a sector produces nothing.

    Raises BadInput where the benchmarks differ.
    """
    if before.base is not after.base and (
        before.base.economies != after.base.economies or not np.array_equal(before.base.Y, after.base.Y)
    ):
        raise BadInput("the two states are not of the same benchmark: solve both from one economy")
    one, two = before.sectors(), after.sectors()
    change = (1 + two["value_added"]) / (1 + one["value_added"]) - 1
    levels = one["value_added_before"] * (1 + one["value_added"])
    whole = one["value_added_before"].groupby(one["economy"]).transform("sum")
    table = pd.DataFrame(
        {
            "outcome": outcome,
            "economy": one["economy"],
            "sector": one["sector"],
            "value_added": one["value_added_before"],
            "change": change,
            "change_usd": change * levels,
        }
    )
    table["part"] = table["change_usd"] / whole
    return table


@dataclass(frozen=True)
class Implied:
    """The implication of a move. `after` and `change` are None if no probability in [0, 1] explains it.

    `largest` is the move that certainty, of war or of peace, would bring in the direction of the move; `ratio` the move
    over it, infinite where outcomes differ in no value or in the other direction only.
    """

    move: float
    before: float
    after: float | None
    change: float | None
    largest: float
    ratio: float

    @property
    def statement(self) -> str:
        """The finding in a sentence."""
        if self.after is None:
            times = f"{self.ratio:.3g} times" if math.isfinite(self.ratio) else "without limit over"
            return f"{UNEXPLAINED}: it is {times} what certainty would bring ({self.largest:+.2%})"
        return f"the probability of war goes from {self.before:.1%} to {self.after:.1%}"


def price_of(probability: float, *, war: float, peace: float) -> float:
    """The price of equity worth `war` with a probability and else `peace`. Raises BadInput."""
    if not 0 <= number(probability, "the probability of war") <= 1:
        raise BadInput(f"a probability of war of {probability!r} is not between 0 and 1")
    for name, value in (("war", war), ("peace", peace)):
        if not number(value, f"the value of equity in {name}") > 0:
            raise BadInput(
                f"the value of equity in {name} is {value!r}: give a positive number, for both in the same unit"
            )
    return probability * war + (1 - probability) * peace


def implied_probability(move: float, *, probability: float, war: float, peace: float = 1.0) -> Implied:
    """The probability of war after a move of the price (a fraction), given that before it and both values of equity.

    Raises BadInput where the move is not finite or under −100 %, a value is not positive, or a probability none.
    """
    if not number(move, "the move of the price") > -1:
        raise BadInput(f"a move of {move!r}: give a finite fraction over -1, such as -0.025")
    price = price_of(probability, war=war, peace=peace)
    ends = [(war - price) / price, (peace - price) / price]
    largest = max(ends) if move > 0 else min(ends)
    if move == 0:
        return Implied(move, probability, probability, 0.0, 0.0, 0.0)
    if war != peace:
        change = move * price / (war - peace)
        if 0 <= probability + change <= 1:
            return Implied(move, probability, probability + change, change, largest, move / largest)
    ratio = move / largest if largest != 0 else math.inf
    return Implied(move, probability, None, None, largest, ratio)


def expected_move(probability: float, *, war: float, peace: float = 1.0) -> tuple[float, float]:
    """The moves to expect if war, or else peace, becomes certain: fractions of the price. Raises BadInput."""
    price = price_of(probability, war=war, peace=peace)
    return (war - price) / price, (peace - price) / price


def equity_value(change: float, multiplier: float) -> float:
    """The value of equity, with none of the outcome's change as 1, at a multiplier of the change in real income.

    A multiplier of 1 moves equity in proportion to real income; profits that move more than income have a higher one.
    Raises BadInput where the multiplier is not positive or nothing would be left.
    """
    if not number(multiplier, "the multiplier of equity") > 0:
        raise BadInput(
            f"a multiplier of {multiplier!r}: give a positive number, the change of equity over that of income"
        )
    value = 1 + multiplier * number(change, "the change of real income")
    if not value > 0:
        raise BadInput(f"a change of {change:.3%} times {multiplier:g} leaves no equity: give a smaller multiplier")
    return value
