"""Alternating offers with a risk of breakdown, and offers to a side whose limit is its own secret."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from detente.errors import BadInput
from detente.inputs import FloatArray

Pair = tuple[float, float]
_CUTS: Final = 301
"""Points of the grid of limits. Doubling it moves no probability by 5e-3 and no demand by more than a step."""


def alternating_offers(
    discounts: Pair, *, pie: float = 1.0, breakdown: float = 0.0, outside: Pair = (0.0, 0.0)
) -> Pair:
    """The shares of the first proposer and of the other if offers alternate until one is accepted.

    Each refusal ends talks with probability `breakdown`, which leaves each side its `outside`; otherwise the other side
    proposes, and what comes then is discounted. A proposer offers the other what refusing is worth to it: with m_i what
    side i keeps when it proposes, m_1 = pie − d_2((1 − p) m_2 + p o_2), and the same with sides exchanged. Without
    breakdown it is Rubinstein (1982); without discounting and with a small risk it is the Nash solution from `outside`
    (Binmore, Rubinstein and Wolinsky 1986).

    Raises
    ------
    BadInput
        Where a discount factor is not in (0, 1], neither it nor the risk makes waiting cost anything, or the outside
        options together are worth more than the pie.
    """
    if not all(0 < d <= 1 for d in discounts) or not 0 <= breakdown <= 1:
        raise BadInput(f"discounts {discounts} must be over 0 and at most 1, breakdown {breakdown} a probability")
    if not all(map(math.isfinite, (pie, *outside))) or sum(outside) > pie:
        raise BadInput(f"outside options {outside} leave nothing of {pie:g} to share: no deal is better than any deal")
    stay = 1 - breakdown
    d1, d2 = discounts[0] * stay, discounts[1] * stay
    if d1 * d2 >= 1:
        raise BadInput("waiting costs nobody anything, so no offer is ever accepted: discounts below 1, or a breakdown")
    lost = [discounts[i] * breakdown * outside[i] for i in (0, 1)]
    keeps = (pie * (1 - d2) - lost[1] + d2 * lost[0]) / (1 - d1 * d2)
    return keeps, pie - keeps


@dataclass(frozen=True, eq=False)
class Offers:
    """Falling demands to a side whose limit is private; see `offers_under_prior`.

    `demands` (n,) are the parts of the demand asked for in each round, `limits` (n + 1,) the highest limit left before
    each round and after the last one, `open` (n + 1,) the probability that no deal has been made, before each and after
    the last.
    """

    demands: FloatArray = field(repr=False)
    limits: FloatArray = field(repr=False)
    open: FloatArray = field(repr=False)
    floor: float

    @property
    def deal(self) -> float:
        """The probability of a deal by the last round."""
        return float(1 - self.open[-1])


def offers_under_prior(
    limit_below: Callable[[FloatArray], FloatArray],
    rounds: int,
    discount: float,
    *,
    breakdown: float = 0.0,
    floor: float = 0.0,
    highest: float = 1.0,
) -> Offers:
    """Offers by one side to another whose limit b, the most it would give, is its own secret.

    `limit_below(x)` is the probability that b is at most x. In each of `rounds` rounds the one side demands x; the
    other accepts or waits; after a refusal talks break down with probability `breakdown`, and else what comes in the
    next round is worth `discount` as much. To the side that demands a deal is worth x − floor, to the other b − x.
    Found backwards on a grid of limits: in each round the limits over a cut b' accept the x that leaves b' indifferent
    to waiting (Sobel and Takahashi 1983; Fudenberg, Levine and Tirole 1985).

    Raises BadInput where there is no round, waiting costs nothing, or the floor is not below `highest`.
    """
    keep = discount * (1 - breakdown)
    if rounds < 1 or not 0 <= keep < 1:
        raise BadInput(
            f"{rounds} rounds, discount {discount:g}, breakdown {breakdown:g}: give a round or more, and a discount or "
            "a breakdown so that waiting costs"
        )
    if not floor < highest:
        raise BadInput(f"a floor of {floor:g} is not under {highest:g}: there is nothing to ask for")
    cuts = np.linspace(max(floor, 0.0), highest, _CUTS)
    below = np.asarray(limit_below(cuts), dtype=np.float64).copy()
    below[-1] = 1.0  # whoever would give more than all gives all
    value, price = np.zeros(_CUTS), cuts.copy()
    choices: list[tuple[np.ndarray, FloatArray]] = []
    for left in range(rounds):
        # demand that the limit at a cut is indifferent to: in the last round the limit itself
        ask = cuts if left == 0 else (1 - keep) * cuts + keep * price
        gain = (ask - floor)[None, :] * (below[:, None] - below[None, :]) + keep * value[None, :]
        gain = np.where(np.arange(_CUTS)[None, :] <= np.arange(_CUTS)[:, None], gain, -np.inf)
        best = gain.argmax(1)
        value, price = gain[np.arange(_CUTS), best], ask[best]
        choices.append((best, ask))
    demands, limits, at = [], [highest], _CUTS - 1
    left_open, talking = [1.0], 1.0
    for best, ask in reversed(choices):
        before, at = below[at], int(best[at])
        demands.append(float(ask[at]))
        limits.append(float(cuts[at]))
        left_open.append(left_open[-1] - talking * float(before - below[at]))
        talking *= 1 - breakdown
    arrays = [np.array(values) for values in (demands, limits, left_open)]
    for array in arrays:
        array.setflags(write=False)
    return Offers(arrays[0], arrays[1], arrays[2], floor)
